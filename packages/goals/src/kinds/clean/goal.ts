import { z } from "zod";
import { goalIdSchema } from "../../goal/goal.ts";
import { outputNameSchema } from "../output-name.ts";

/** "Turn this dirty file into a clean, typed, trusted dataset." */
export const cleanGoalSchema = z.strictObject({
  id: goalIdSchema.optional(),
  kind: z.literal("clean"),
  /** Path of the file, as the nodes see it. CSV, TSV, JSON, NDJSON or Parquet. */
  source: z.string("must be the path of a file").min(1, "must be the path of a file").max(4096),
  /** Path of a file of quality rules, JSON, as the nodes see it. Default: only rules that the data supports. */
  rules: z
    .string("must be the path of a file")
    .min(1, "must be the path of a file")
    .max(4096)
    .optional(),
  /** Name of the dataset. Default: the file's name without its extension. */
  output: outputNameSchema.optional(),
});
export type CleanGoal = z.output<typeof cleanGoalSchema>;

/** The dataset's name: as asked for, or from the file's name with odd characters replaced. */
export function datasetName(goal: CleanGoal): string {
  if (goal.output !== undefined) return goal.output;
  const file = goal.source.split(/[\\/]/).at(-1) ?? "";
  const stem = file.replace(/\.[^.]*$/, "").replaceAll(/[^A-Za-z0-9_-]+/g, "-");
  const name = stem.replace(/^[^A-Za-z0-9]+/, "").slice(0, 64);
  return name === "" ? "dataset" : name;
}
