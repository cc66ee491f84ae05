import { createHash } from "node:crypto";
import type { Batch } from "./messages.ts";

/** SHA-256 of a text, 64 hexadecimal digits. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/**
 * JSON text with the keys of every object in order, so that equal data gives equal text on every
 * replica.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}

/** Digest of a batch, signatures of the clients included: who has the body can check it alone. */
export function batchDigest(batch: Batch): string {
  return sha256(
    JSON.stringify(
      batch.map(({ client, timestamp, operations, signature }) => [
        client,
        timestamp,
        operations,
        signature,
      ]),
    ),
  );
}

/** Digest of the empty batch, which a new view puts where nobody can have decided anything. */
export const emptyBatchDigest = batchDigest([]);
