import { columnKey, columnSchema, DriftError, widest } from "@troupe/data";
import { experienceOf, planFor, type Task } from "@troupe/planning";
import { z } from "zod";
import { NoPlanError } from "../../errors.ts";
import type { GoalKind } from "../kind.ts";
import { plannedWork, takenContingency } from "../planned-work.ts";
import { progressOf } from "../progress.ts";
import { readColumn } from "../read-column.ts";
import { lookingMs } from "./analysis-time.ts";
import { findingsConference, findingsOf, treated } from "./conference.ts";
import { cleanGoalSchema, datasetName } from "./goal.ts";
import { initialFacts, knowledgeOf, profileTask, recallTask } from "./knowledge.ts";
import { domainOf, learnedDomain } from "./learned-domain.ts";
import { orderOf } from "./orders.ts";
import { factsNow, repairClean } from "./repair.ts";
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
    const profile = { id: profileTask, type: "profile", arguments: [dataset], dependsOn: [] };
    // A goal that was accepted when none was held against the version before goes on as it began.
    if (!("onDrift" in goal)) return [profile];
    return [{ id: recallTask, type: "recall", arguments: [dataset], dependsOn: [] }, profile];
  },

  deliberation: {
    quorum,
    subject: (state) => ({ profile: knowledgeOf(state).profile }),
    readField: (state, field, said) => {
      const { columns } = knowledgeOf(state).profile;
      return columns.some(({ name }) => name === field) ? readColumn(field, said) : undefined;
    },
    fallback: (alternatives) => widest(z.array(columnSchema).parse(alternatives)),
    lookingMs,
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

  conference: findingsConference,

  plan: (state, { experience: known }) => {
    const knowledge = knowledgeOf(state);
    const { refused } = knowledge;
    const { onDrift } = cleanGoalSchema.parse(state.goal);
    const isRefused = refused.schema.length + refused.values.length > 0;
    if (isRefused && !onDrift.ask) throw new DriftError(refused);
    const task: Task = [isRefused ? "publish-if-allowed" : "publish-clean", knowledge.dataset];
    const experience =
      known === undefined ? undefined : { at: known.at, ...experienceOf(domainOf(state), known) };
    const result = planFor(
      learnedDomain(state, experience),
      { facts: initialFacts(knowledge), tasks: [task] },
      // What was learned is to choose between methods, too.
      { order: experience === undefined ? "first" : "confidence" },
    );
    if (result.kind !== "plan") {
      const why =
        result.kind === "no-plan" ? result.reason.text : `the ${result.limit} limit was reached`;
      throw new NoPlanError("clean", why);
    }
    const used = experience === undefined ? {} : { experience };
    return { ...plannedWork(result.plan), ...used };
  },

  repair: (state, failure) => {
    const findings = findingsOf(failure.error.details);
    if (findings.length === 0) return { ok: false, why: "the failure names no finding to act on" };
    return repairClean(state, failure.task, treated(findings, failure.task, state));
  },
  takeContingency: (state, { task }) => {
    const world = { ...progressOf(state, domainOf(state)), facts: factsNow(state, []) };
    return takenContingency(learnedDomain(state, state.experience), state, task, world);
  },

  order: (task, state) => orderOf(task, state),
  result: (state) => resultOf(state),
} satisfies GoalKind;
