import type { Journal } from "@troupe/actor";
import { z } from "zod";
import { decodeJson, encodeJson, refusalSchema } from "../contract/replies.ts";

/** Most that are told at once, and most characters of what was published. */
const longestList = 200;
const longestText = 4000;
/** Most bytes of an answer, as JSON; the newest one is told whatever its size. */
const answerBytes = 256 * 1024;
/** Dead letters that are read at a time: each holds up to half a message. */
const batch = 20;

export const deadGoalsRequestSchema = z.object({
  limit: z.number().int().min(1).max(longestList).default(longestList),
});

/** Goals and commands that were refused, as they are answered to whoever asks for them. */
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

type DeadGoal = DeadGoals["dead"][number];

/** The newest dead letters of the goal stream, as many as are asked for and fit into one message. */
export async function readDeadGoals(
  journal: Journal,
  { limit }: z.output<typeof deadGoalsRequestSchema>,
): Promise<DeadGoals> {
  const newest = await journal.last("dead.goals");
  const last = newest?.sequence ?? 0;
  const oldest = Math.max(0, last - limit);
  const dead: DeadGoal[] = [];
  let bytes = 0;
  for (let end = last; end > oldest; end -= batch) {
    const after = Math.max(oldest, end - batch);
    const stored = await journal.read("dead.goals", { after, limit: end - after });
    for (const { payload } of stored.filter(({ sequence }) => sequence <= end).toReversed()) {
      const one = deadGoalOf(payload);
      bytes += encodeJson(one).length;
      if (dead.length > 0 && bytes > answerBytes) return { dead, more: true };
      dead.push(one);
    }
  }
  return { dead, more: oldest > 0 };
}

function deadGoalOf(letter: Uint8Array): DeadGoal {
  const { at, sequence, error, payload } = storedSchema.parse(decodeJson(letter));
  const text = Buffer.from(payload, "base64").toString("utf8");
  const { reason, description } = error;
  const shown = text.slice(0, longestText);
  return { at, sequence, reason, description, text: shown, cut: shown.length < text.length };
}
