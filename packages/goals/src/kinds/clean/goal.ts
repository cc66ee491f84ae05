import {
  driftPolicySchema,
  inspectionChoiceSchema,
  isPattern,
  outputFormatSchema,
  sourceFileLimit,
  writtenRulesSchema,
} from "@troupe/data";
import { z } from "zod";
import { goalIdSchema } from "../../goal/goal.ts";
import { partitionSchema } from "../../parts/partition.ts";
import { outputNameSchema } from "../output-name.ts";

/** What zod tells of a value that is none of what it may be. */
interface WrongUnion {
  readonly input?: unknown;
  readonly errors?: readonly z.core.$ZodIssue[][];
}

const policySchema = driftPolicySchema.extend({
  /** Of values that went missing, or are not distributed as they were: `accept`: it is told; `refuse`: the goal ends. Default `accept`. */
  values: z.enum(["accept", "refuse"]).default("accept"),
  /** Whether people are asked about what is refused before the goal ends. Default false. */
  ask: z.boolean().default(false),
});
export type CleanDriftPolicy = z.output<typeof policySchema>;

const adapt = policySchema.parse({});
const refuse: CleanDriftPolicy = {
  added: "refuse",
  renamed: "refuse",
  retyped: "refuse",
  removed: "refuse",
  values: "refuse",
  ask: false,
};
const accept: CleanDriftPolicy = {
  added: "accept",
  renamed: "accept",
  retyped: "accept",
  removed: "accept",
  values: "accept",
  ask: false,
};

const aPath = "must be the path of a file";
const pathSchema = z.string(aPath).min(1, aPath).max(4096);
const pathsSchema = z
  .array(pathSchema, aPath)
  .min(1, "must name at least one file")
  .max(sourceFileLimit, `must be at most ${sourceFileLimit} files`)
  .refine((paths) => new Set(paths).size === paths.length, "must name no file twice");

/** What is wrong with a source that is neither a path nor a list of paths. */
function wrongSource({ input, errors = [] }: WrongUnion) {
  const [issue] = (Array.isArray(input) ? errors[1] : errors[0]) ?? [];
  if (issue === undefined) return undefined;
  return issue.path.length === 0 ? issue.message : `${issue.path.join(".")}: ${issue.message}`;
}

/** What is wrong with rules that are neither a path nor what they should be, by the place in them. */
function wrongRules({ input, errors = [] }: WrongUnion) {
  const issues = (typeof input === "string" ? errors[0] : errors[1]) ?? [];
  const places = issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join(".")}: ${message}`,
  );
  return places.length === 0 ? undefined : places.join("; ");
}

/** "Turn this dirty file into a clean, typed, trusted dataset." */
export const cleanGoalSchema = z.strictObject({
  id: goalIdSchema.optional(),
  kind: z.literal("clean"),
  /**
   * Path of the file, as the nodes see it. CSV, TSV, JSON, NDJSON or Parquet. Or several files of the same kind, which are one
   * dataset, one after the other: their paths, or a path whose last part is a pattern, such as `orders-*.csv`, for the files
   * whose names it matches, in the order of these.
   */
  source: z.union([pathSchema, pathsSchema], { error: wrongSource }),
  /**
   * Quality rules of the publisher: themselves, or the path of a file of them, YAML or JSON, as the nodes see it. Default: only
   * rules that the data supports.
   */
  rules: z
    .union(
      [
        z
          .string("must be the path of a file, or rules")
          .min(1, "must be the path of a file")
          .max(4096),
        writtenRulesSchema,
      ],
      { error: wrongRules },
    )
    .optional(),
  /** Which rules of the inspection are switched off: `{ "off": ["stuck"] }`. Default: none. */
  quality: inspectionChoiceSchema.optional(),
  /** Which files are worked on in parts. Default: those of more than 64 MiB, 500,000 rows a part. */
  partition: partitionSchema.optional(),
  /** Name of the dataset. Default: the file's name without its extension; of several, the first one's or the pattern's. */
  output: outputNameSchema.optional(),
  /** How its rows are written. Default `parquet`. */
  format: outputFormatSchema.optional(),
  /**
   * What is done when the file is not what that of the version before was. `adapt`: new columns are taken, renamed ones keep
   * their old names, others their old types if nearly all values can be read so; columns that are gone end the goal.
   * `refuse`: any change ends it, and `ask`: people are asked about any. `accept`: the file is taken as it is. Or an
   * object that says what is done about each. Default `adapt`.
   */
  onDrift: z
    .union(
      [
        z.literal("adapt").transform(() => adapt),
        z.literal("refuse").transform(() => refuse),
        z.literal("ask").transform(() => ({ ...refuse, ask: true })),
        z.literal("accept").transform(() => accept),
        policySchema,
      ],
      "must be 'adapt', 'refuse', 'ask', 'accept', or an object that says what is done about added, renamed, retyped and removed columns, about values, and whether to ask",
    )
    .default(adapt),
});
export type CleanGoal = z.output<typeof cleanGoalSchema>;

/**
 * The dataset's name: as asked for, or from the file's name with odd characters replaced; of several files from the first
 * one's, of a pattern from what it says.
 */
export function datasetName(goal: CleanGoal): string {
  if (goal.output !== undefined) return goal.output;
  const [path = ""] = [goal.source].flat();
  const file = path.split(/[\\/]/).at(-1) ?? "";
  const named = file.replace(/\.[^.]*$/, "").replaceAll(/[^A-Za-z0-9_-]+/g, "-");
  const stem = isPattern(file) ? named.replace(/[^A-Za-z0-9]+$/, "") : named;
  const name = stem.replace(/^[^A-Za-z0-9]+/, "").slice(0, 64);
  return name === "" ? "dataset" : name;
}
