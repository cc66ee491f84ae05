import type { Axis, Point } from "./series.ts";

/** A number for people: four digits that count, thousands apart. */
export function amount(value: number, { unit }: { readonly unit?: string } = {}): string {
  const digits = value.toLocaleString("en-US", { maximumSignificantDigits: 4 });
  const tidy = digits === "-0" ? "0" : digits;
  return unit === undefined ? tidy : `${tidy} ${unit}`;
}

/** A share as per cent. */
export function percent(share: number): string {
  return `${amount(Number((share * 100).toPrecision(3)))} %`;
}

/** A place along the bottom: years are not grouped like amounts, and midnight is a day. */
export function placeName(x: Point["x"], axis: Axis): string {
  if (typeof x === "string") return x;
  if (axis.kind === "time") {
    const iso = new Date(x).toISOString();
    return iso.endsWith("T00:00:00.000Z") ? iso.slice(0, 10) : `${iso.slice(0, 16)}Z`;
  }
  const isPlain = Number.isInteger(x) && Math.abs(x) < 10_000;
  return isPlain ? `${x}${axis.unit === undefined ? "" : ` ${axis.unit}`}` : amount(x, axis);
}

const day = 86_400_000;
/** Steps of time that trends are told in, the longest first, milliseconds. */
const steps: readonly { readonly name: string; readonly size: number }[] = [
  { name: "year", size: 365.2425 * day },
  { name: "month", size: (365.2425 / 12) * day },
  { name: "day", size: day },
  { name: "hour", size: day / 24 },
];

/** The step in which a change along an axis is told: the longest that fits twice into what there is. */
export function stepOf(
  axis: Axis,
  extent: number,
): { readonly name: string; readonly size: number } {
  if (axis.kind === "time") {
    return steps.find(({ size }) => extent >= 2 * size) ?? { name: "second", size: 1000 };
  }
  if (/year/i.test(axis.name)) return { name: "year", size: 1 };
  return { name: `${axis.unit ?? "step"} of ${axis.name}`, size: 1 };
}

/** "a year", "an hour". */
export function each(name: string): string {
  return `${/^([aeio]|hour)/i.test(name) ? "an" : "a"} ${name}`;
}

/** "1 row", "12,345 rows": every digit counts. */
export function counted(count: number, name: string, many = `${name}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? name : many}`;
}
