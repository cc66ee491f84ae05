import { columnKey, columnSchema, type Finding, findingSchema, widest } from "@troupe/data";
import { planFor, type Task } from "@troupe/planning";
import { z } from "zod";
import { NoPlanError } from "../../errors.ts";
import type { GoalKind } from "../kind.ts";
import { cleanDomain } from "./domain.ts";
import { initialFacts, knowledgeOf } from "./facts.ts";
import { cleanGoalSchema, datasetName } from "./goal.ts";
import { orderOf } from "./orders.ts";
import { plannedWork } from "./planned-work.ts";
import { repairClean } from "./repair.ts";
import { resultOf } from "./result.ts";

/** Fewest analysts that may decide what the columns are. */
const quorum = 3;

/** Turns one file into a clean, typed, trusted dataset. */
export const cleanKind = {
  name: "clean",
  purpose: "turn a file into a clean, typed, trusted dataset",
  schema: cleanGoalSchema,
  repairable: ["data_quality_failure"],

  opening: (goal) => {
    const dataset = datasetName(cleanGoalSchema.parse(goal));
    return [{ id: "profile", type: "profile", arguments: [dataset], dependsOn: [] }];
  },

  deliberation: {
    quorum,
    subject: (state) => ({ profile: knowledgeOf(state).profile }),
    fallback: (alternatives) => widest(z.array(columnSchema).parse(alternatives)),
    conclude: (state, { fields }) => {
      const { profile } = knowledgeOf(state);
      return profile.columns.map(({ name, nulls }) => {
        const column = columnSchema.parse(fields[name]);
        return { ...column, nullable: column.nullable || nulls > 0 };
      });
    },
    settledFields: (agreement) =>
      Object.fromEntries(
        z
          .array(columnSchema)
          .parse(agreement)
          .map((column) => [column.name, { key: columnKey(column), value: column }]),
      ),
  },

  plan: (state) => {
    const knowledge = knowledgeOf(state);
    const task: Task = ["publish-clean", knowledge.dataset];
    const result = planFor(cleanDomain, { facts: initialFacts(knowledge), tasks: [task] });
    if (result.kind !== "plan") {
      const why =
        result.kind === "no-plan" ? result.reason.text : `the ${result.limit} limit was reached`;
      throw new NoPlanError("clean", why);
    }
    return plannedWork(result.plan);
  },

  repair: (state, failure) => {
    const findings = findingsOf(failure.error.details);
    if (findings.length === 0) return { ok: false, why: "the failure names no finding to act on" };
    return repairClean(state, failure.task, findings);
  },

  order: (task, state) => orderOf(task, state),
  result: (state) => resultOf(state),
} satisfies GoalKind;

function findingsOf(details: unknown): readonly Finding[] {
  const parsed = z.object({ findings: z.array(findingSchema) }).safeParse(details);
  return parsed.success ? parsed.data.findings : [];
}
