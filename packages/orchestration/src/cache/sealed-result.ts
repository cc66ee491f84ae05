import { createHash } from "node:crypto";
import { z } from "zod";
import { canonicalJson } from "./canonical-json.ts";
import type { LogPosition } from "./invalidation-log.ts";

/** A result as bytes: JSON text, or the bytes it is. */
export interface EncodedResult {
  readonly kind: "json" | "bytes";
  readonly bytes: Uint8Array;
}

/** A result with what decides how long it holds. */
export interface HeldResult extends EncodedResult {
  readonly tags: readonly string[];
  /** Invalidations up to here do not concern it. */
  readonly since: LogPosition;
}

const digestBytes = 32;
const lineEnd = 0x0a;
const headerSchema = z.object({
  format: z.literal(1),
  key: z.string(),
  kind: z.enum(["json", "bytes"]),
  tags: z.array(z.string()),
  since: z.object({ origin: z.string(), number: z.int().nonnegative() }),
});

/** @throws NotPlainDataError for what is neither plain data nor bytes, and for undefined */
export function encodeResult(value: unknown): EncodedResult | undefined {
  if (value instanceof Uint8Array) return { kind: "bytes", bytes: value.slice() };
  const text = canonicalJson(value);
  if (text === undefined) return undefined;
  return { kind: "json", bytes: new TextEncoder().encode(text) };
}

/** A copy of its own for each caller, so that none can change what another gets. */
export function decodeResult({ kind, bytes }: EncodedResult): unknown {
  return kind === "bytes" ? new Uint8Array(bytes) : JSON.parse(new TextDecoder().decode(bytes));
}

/** An entry of the store: a digest of all that follows, one line of JSON, and the result. */
export function seal(key: string, { kind, bytes, tags, since }: HeldResult): Uint8Array {
  const header = new TextEncoder().encode(
    `${JSON.stringify({ format: 1, key, kind, tags, since })}\n`,
  );
  const sealed = new Uint8Array(digestBytes + header.length + bytes.length);
  sealed.set(header, digestBytes);
  sealed.set(bytes, digestBytes + header.length);
  sealed.set(digestOf(sealed.subarray(digestBytes)));
  return sealed;
}

/** Undefined for an entry that is damaged, of another key, or of another release's format. */
export function unseal(key: string, sealed: Uint8Array): HeldResult | undefined {
  const content = sealed.subarray(digestBytes);
  if (!digestOf(content).equals(sealed.subarray(0, digestBytes))) return undefined;
  try {
    const end = content.indexOf(lineEnd);
    const line = new TextDecoder().decode(content.subarray(0, end));
    const header = headerSchema.parse(JSON.parse(line));
    if (header.key !== key) return undefined;
    const { kind, tags, since } = header;
    const held: HeldResult = { kind, tags, since, bytes: content.slice(end + 1) };
    decodeResult(held);
    return held;
  } catch {
    return undefined;
  }
}

function digestOf(content: Uint8Array): Buffer {
  return createHash("sha256").update(content).digest();
}
