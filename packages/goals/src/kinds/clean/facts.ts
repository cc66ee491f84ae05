import {
  type ColumnSchema,
  columnSchema,
  duplicatesAreErrors,
  type Finding,
  findingSchema,
  type Profile,
  profileSchema,
  type Quality,
  type QualityRule,
  qualitySchema,
  ruleSchema,
  type Version,
  versionSchema,
} from "@troupe/data";
import type { Fact } from "@troupe/planning";
import { z } from "zod";
import type { GoalState, TaskState } from "../../goal/state.ts";
import { cleanGoalSchema, datasetName } from "./goal.ts";

/** What is known of a cleaning goal, read from what its tasks found out. */
export interface CleanKnowledge {
  readonly dataset: string;
  readonly profile: Profile;
  readonly schema: readonly ColumnSchema[];
  readonly rules: readonly QualityRule[];
  /** Versions of the dataset, oldest first. */
  readonly versions: readonly Version[];
  readonly quality: Quality | undefined;
  /** Findings that the plan was repaired for, by column. */
  readonly findings: readonly Finding[];
}

/** Task types that make a new version of the dataset. */
const reshaping: readonly string[] = ["stage", "normalise", "deduplicate", "validate"];

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
  return {
    dataset: datasetName(cleanGoalSchema.parse(state.goal)),
    profile: profileSchema.parse(factsOf("profile")),
    schema: agreed.success ? agreed.data : [],
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
