import {
  type Finding,
  type Profile,
  type QualityRule,
  type Reason,
  schemaDriftInWords,
  valueDriftInWords,
} from "@troupe/data";
import type { GoalTask } from "../../goal/records.ts";
import type { GoalState } from "../../goal/state.ts";
import { approvalType } from "../../goal/task-book.ts";
import { partitionSchema } from "../../parts/partition.ts";
import { decisionsOf } from "../decisions.ts";
import type { TaskInput } from "../kind.ts";
import { waivedRules } from "./conference.ts";
import { cleanGoalSchema, datasetName } from "./goal.ts";
import { type CleanKnowledge, knowledgeOf } from "./knowledge.ts";

/** A source of unknown size is taken for this, until its profile tells. */
const unknownBytes = 1_000_000;

/** Work on names and types alone. */
const littleBytes = 10_000;

/** What the agent that wins a task of a cleaning goal needs to do it. */
export function orderOf(task: GoalTask, state: GoalState): TaskInput {
  const goal = cleanGoalSchema.parse(state.goal);
  if (task.type === "recall") {
    return { input: { dataset: datasetName(goal) }, bytes: littleBytes };
  }
  if (task.type === "profile") {
    return {
      input: {
        path: goal.source,
        ...(goal.partition === undefined ? {} : { partition: goal.partition }),
        ...(goal.quality === undefined ? {} : { quality: goal.quality }),
      },
      bytes: unknownBytes,
      cached: true,
    };
  }
  const knowledge = knowledgeOf(state);
  const { profile, schema, rules } = knowledge;
  const { bytes } = profile.source;
  const input = knowledge.versions.at(-1)?.output;
  const referenceTime = state.acceptedAt;
  switch (task.type) {
    case approvalType:
      return { input: { question: questionOf(knowledge) }, bytes: littleBytes };
    case "draft-rules": {
      const { rules: given } = goal;
      const input = { profile, schema, ...(given === undefined ? {} : { rules: given }) };
      return { input, bytes };
    }
    case "stage":
      return { input: { profile, schema, ...partsOf(profile, state) }, bytes };
    case "stage-sparing":
      return { input: { profile, schema }, bytes };
    case "normalise":
    case "deduplicate":
    case "deduplicate-sparing":
      return { input: { input, schema }, bytes };
    case "check":
      return { input: { input, rules: rulesNow(rules, state), referenceTime }, bytes };
    case "validate":
      return { input: { input, finding: findingFor(knowledge, task), referenceTime }, bytes };
    default:
      return { input: publication(knowledge, state), bytes };
  }
}

/** Changes that a question names at most. */
const questionLimit = 20;

/** What people are asked about a source that is not what it was. */
function questionOf({ dataset, refused }: CleanKnowledge): string {
  const changes = [
    ...refused.schema.map(schemaDriftInWords),
    ...refused.values.map(valueDriftInWords),
  ];
  const more = changes.length - questionLimit;
  const list = changes.slice(0, questionLimit).join("; ");
  return `may '${dataset}' change? Since its last version ${list}${more > 0 ? `; and ${more} more` : ""}`;
}

/** A source that is large, and was copied to be read in parts, is staged in parts. */
function partsOf({ source }: Profile, state: GoalState): { readonly partRows?: number } {
  const { above, rows } = partitionSchema.parse(cleanGoalSchema.parse(state.goal).partition ?? {});
  return source.landed === undefined || source.bytes <= above ? {} : { partRows: rows };
}

/** What the analysts would keep is told, and blocks nothing any more. */
function rulesNow(rules: readonly QualityRule[], state: GoalState): readonly QualityRule[] {
  const waived = waivedRules(state);
  return rules.map((rule) => (waived.has(rule.id) ? { ...rule, severity: "warn" } : rule));
}

function findingFor({ findings }: CleanKnowledge, task: GoalTask): Finding | undefined {
  return findings.findLast(({ column }) => column === task.arguments[1]);
}

function publication(knowledge: CleanKnowledge, state: GoalState): unknown {
  const { dataset, profile, schema, quality, versions, drift, adapted } = knowledge;
  const { format } = cleanGoalSchema.parse(state.goal);
  return {
    dataset,
    ...(format === undefined ? {} : { format }),
    input: versions.at(-1)?.output,
    staged: versions[0]?.output,
    quarantines: versions.flatMap(({ quarantine }) => quarantine ?? []),
    duplicates: versions.reduce((sum, { duplicates }) => sum + duplicates, 0),
    profile,
    schema,
    quality,
    reasons: reasonsOf(knowledge),
    ...(drift === undefined ? {} : { drift }),
    adapted,
    decisions: decisionsOf(state),
    endedAt: state.updatedAt,
  };
}

/** What became of rows that were not fit as they were, over all versions. */
export function reasonsOf({ versions }: CleanKnowledge): readonly Reason[] {
  return versions.flatMap(({ reasons }) => reasons);
}
