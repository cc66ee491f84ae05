import type { Journal } from "@troupe/actor";
import { z } from "zod";
import { decodeJson, refusalSchema } from "../contract/replies.ts";

/** Most that are told at once, and most characters of what was published. */
const longestList = 200;
const longestText = 4000;

export const deadGoalsRequestSchema = z.object({
  limit: z.number().int().min(1).max(longestList).default(longestList),
});

export const deadGoalsSchema = z.object({
  /** Newest first. */
  dead: z.array(
    z.object({
      /** When it was refused, milliseconds since the epoch. */
      at: z.number(),
      /** Its position in the goal stream. */
      sequence: z.number(),
      reason: z.string(),
      description: z.string(),
      /** What was published, as text. */
      text: z.string(),
      /** `text` is only the beginning. */
      cut: z.boolean(),
    }),
  ),
  more: z.boolean(),
});
/** Goals and commands that were published and refused. */
export type DeadGoals = z.output<typeof deadGoalsSchema>;

const storedSchema = refusalSchema.extend({
  at: z.number(),
  sequence: z.number(),
  payload: z.base64(),
});

/** The newest dead letters of the goal stream. */
export async function readDeadGoals(
  journal: Journal,
  { limit }: z.output<typeof deadGoalsRequestSchema>,
): Promise<DeadGoals> {
  const newest = await journal.last("dead.goals");
  if (newest === undefined) return { dead: [], more: false };
  const after = Math.max(0, newest.sequence - limit);
  const stored = await journal.read("dead.goals", { after });
  const dead = stored.toReversed().flatMap(({ payload }) => {
    const { at, sequence, error, payload: published } = storedSchema.parse(decodeJson(payload));
    const text = Buffer.from(published, "base64").toString("utf8");
    const { reason, description } = error;
    const shown = text.slice(0, longestText);
    return { at, sequence, reason, description, text: shown, cut: shown.length < text.length };
  });
  return { dead, more: after > 0 };
}
