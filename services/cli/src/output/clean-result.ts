import { type CleanResult, cleanResultSchema, type GoalView } from "@troupe/goals";

/** The result of a goal of the kind `clean`; `undefined` for other kinds, and before there is one. */
export function readCleanResult(view: GoalView): CleanResult | undefined {
  if (view.kind !== "clean" || view.result === undefined) return undefined;
  return cleanResultSchema.safeParse(view.result).data;
}
