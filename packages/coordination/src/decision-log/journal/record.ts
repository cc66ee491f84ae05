import type { StoredRecord } from "@troupe/actor";
import { z } from "zod";
import { UnreadableDecisionError } from "../../errors.ts";
import type { Decision } from "../decision-log.ts";

const recordSchema = z.object({
  v: z.literal(1),
  index: z.number().int().min(1),
  id: z.string(),
  entry: z.json(),
});

/** A decision as it is stored. */
export function encode({ index, id, entry }: Decision): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ v: 1, index, id, entry }));
}

/** @throws UnreadableDecisionError when it is none, or of a version not known here */
export function decode({ subject, sequence, payload }: StoredRecord): Decision {
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder().decode(payload));
  } catch (cause) {
    throw new UnreadableDecisionError(subject, sequence, "it is not JSON", { cause });
  }
  const checked = recordSchema.safeParse(content);
  if (!checked.success) {
    throw new UnreadableDecisionError(subject, sequence, z.prettifyError(checked.error));
  }
  const { index, id, entry } = checked.data;
  return { index, id, entry };
}
