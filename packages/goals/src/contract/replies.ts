import { z } from "zod";

/**
 * The answer to a goal published with a reply subject. `stream`, `seq` and `duplicate` are as in a
 * JetStream publish acknowledgement, so that JetStream clients take it for one.
 */
export const receiptSchema = z.object({
  goal: z.string(),
  stream: z.string(),
  seq: z.number(),
  duplicate: z.boolean(),
});
export type Receipt = z.output<typeof receiptSchema>;

/** An error answer; `code` as in HTTP and the JetStream API, `reason` as in the error classes. */
export const refusalSchema = z.object({
  error: z.object({
    code: z.number(),
    description: z.string(),
    reason: z.string(),
    retryable: z.boolean(),
    issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  }),
});
export type Refusal = z.output<typeof refusalSchema>;

const encoder = new TextEncoder();

/** JSON as bytes, for everything that people and other languages read. */
export function encodeJson(value: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}

/** The inverse of {@link encodeJson}; throws a SyntaxError on anything else. */
export function decodeJson(payload: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(payload));
}
