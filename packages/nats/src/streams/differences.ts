import type { StreamConfig } from "@nats-io/jetstream";

/**
 * The settings of `wanted` that `actual` does not have, as `name: actual, not wanted`. Servers
 * ignore what they do not know, so what they answer is compared, never what was sent.
 */
export function differences(
  wanted: Partial<StreamConfig>,
  actual: Partial<StreamConfig>,
): readonly { readonly name: string; readonly text: string }[] {
  const found: { name: string; text: string }[] = [];
  for (const [name, want] of Object.entries(wanted)) {
    const have: unknown = Reflect.get(actual, name);
    if (!same(want, have)) found.push({ name, text: `${name}: ${show(have)}, not ${show(want)}` });
  }
  return found;
}

function same(want: unknown, have: unknown): boolean {
  if (have === undefined) return want === false || want === 0 || want === undefined;
  if (typeof want === "object" && want !== null && typeof have === "object" && have !== null) {
    return Object.entries(want).every(([key, value]) => same(value, Reflect.get(have, key)));
  }
  return want === have;
}

function show(value: unknown): string {
  return value === undefined ? "absent" : JSON.stringify(value);
}
