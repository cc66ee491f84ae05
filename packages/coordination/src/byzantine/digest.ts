import { hash } from "node:crypto";
import type { Batch } from "./messages.ts";

/** SHA-256 of a text, 64 hexadecimal digits. */
export function sha256(text: string): string {
  return hash("sha256", text, "hex");
}

/**
 * JSON text with the keys of every object in order, so that equal data gives equal text on every
 * replica.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  if ("toJSON" in value && typeof value.toJSON === "function") return canonicalJson(value.toJSON());
  let fields = "";
  for (const name of Object.keys(value).sort()) {
    const inner: unknown = value[name as keyof typeof value];
    if (inner === undefined || typeof inner === "function") continue;
    fields += `${fields === "" ? "" : ","}${JSON.stringify(name)}:${canonicalJson(inner)}`;
  }
  return `{${fields}}`;
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
