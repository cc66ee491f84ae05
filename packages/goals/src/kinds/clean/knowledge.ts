import {
  columnSchema,
  duplicatesAreErrors,
  type Finding,
  findingSchema,
  profileSchema,
  type Quality,
  type QualityRule,
  qualitySchema,
  ruleSchema,
  schemaVersionSchema,
  type Version,
  versionSchema,
} from "@troupe/data";
import type { Fact } from "@troupe/planning";
import { z } from "zod";
import type { GoalState, TaskState } from "../../goal/state.ts";
import { type AdaptedSource, adapt } from "./drift.ts";
import { cleanGoalSchema, datasetName } from "./goal.ts";

/** What is known of a cleaning goal, read from what its tasks found out. */
export interface CleanKnowledge extends AdaptedSource {
  readonly dataset: string;
  readonly rules: readonly QualityRule[];
  /** Versions of the dataset, oldest first. */
  readonly versions: readonly Version[];
  readonly quality: Quality | undefined;
  /** Findings that the plan was repaired for, by column. */
  readonly findings: readonly Finding[];
}

export const recallTask = "recall";
export const profileTask = "profile";

/** What looking for an earlier version found. */
const recalledSchema = z.object({
  before: schemaVersionSchema.nullable(),
  profile: profileSchema.nullable(),
});

/** Task types that make a new version of the dataset. */
const reshaping: readonly string[] = [
  "stage",
  "stage-sparing",
  "normalise",
  "deduplicate",
  "deduplicate-sparing",
  "validate",
];

/** Reads a goal's state as a cleaning goal's. */
export function knowledgeOf(state: GoalState): CleanKnowledge {
  const done = Object.values(state.tasks)
    .filter(({ status }) => status === "done")
    .sort((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0));
  const factsOf = (type: string): unknown => done.findLast((task) => task.type === type)?.facts;
  const learned = state.replannings.flatMap(({ learned: finding }) => {
    const parsed = z.array(findingSchema).safeParse(finding);
    return parsed.success ? parsed.data : [];
  });
  const checked = qualitySchema.safeParse(factsOf("check"));
  const agreed = z.array(columnSchema).safeParse(state.agreement);
  const drafted = z.object({ rules: z.array(ruleSchema) }).safeParse(factsOf("draft-rules"));
  const goal = cleanGoalSchema.parse(state.goal);
  const dataset = datasetName(goal);
  const profile = profileSchema.parse(factsOf("profile"));
  const recalled = recalledSchema.safeParse(state.tasks[recallTask]?.facts);
  const before = recalled.success ? recalled.data : { before: null, profile: null };
  return {
    dataset,
    ...(agreed.success
      ? adapt(dataset, before, profile, agreed.data, goal.onDrift)
      : { profile, schema: [], refused: { schema: [], values: [] }, adapted: [] }),
    rules: drafted.success ? drafted.data.rules : [],
    versions: done.filter(({ type }) => reshaping.includes(type)).map(versionOf),
    quality: checked.success ? checked.data : undefined,
    findings: learned,
  };
}

function versionOf(task: TaskState): Version {
  return versionSchema.parse(task.facts);
}

/** What the planner starts from. */
export function initialFacts({ dataset, profile, schema }: CleanKnowledge): readonly Fact[] {
  const facts: Fact[] = [["agreed", dataset]];
  if (schema.some(({ type, placeholders }) => type === "text" && placeholders.length > 0)) {
    facts.push(["placeholders", dataset]);
  }
  if (duplicatesAreErrors(profile)) facts.push(["duplicates", dataset]);
  return facts;
}
