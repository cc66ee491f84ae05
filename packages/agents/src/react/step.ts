import { z } from "zod";

/** What an agent means to do next, and why. */
export const decisionSchema = z.object({
  thought: z.string(),
  /** The action's name; `final_result` ends the run. */
  action: z.string(),
  input: z.unknown(),
});
export type Decision = z.output<typeof decisionSchema>;

/** What came of a decision. */
const observationSchema = z.object({
  /** False when the action failed: `observation` then says how. */
  ok: z.boolean(),
  /** JSON data, bounded in size. */
  observation: z.unknown(),
  /** 0 to 1: what the tool says its result is worth; without its word 1, and 0 for a failure. */
  quality: z.number().min(0).max(1),
  durationMs: z.number(),
});

/** One round of thought, action and observation. */
export const stepSchema = decisionSchema.extend(observationSchema.shape);
export type Step = z.output<typeof stepSchema>;

/** The action by which a run ends with a result. */
export const finalAction = "final_result";

/** The same for equal JSON data, whatever the order of its fields. */
export function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_name, part: unknown) =>
      typeof part === "object" && part !== null && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
        : part,
    ) ?? "null"
  );
}

/** Names an action with its input: what an agent may be told not to do again. */
export function deedOf({ action, input }: Pick<Decision, "action" | "input">): string {
  return canonical([action, input]);
}
