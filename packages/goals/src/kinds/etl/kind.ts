import { columnKey, columnSchema, widest } from "@troupe/data";
import { planFor } from "@troupe/planning";
import { z } from "zod";
import { NoPlanError } from "../../errors.ts";
import type { GoalKind } from "../kind.ts";
import { takenContingency } from "../planned-work.ts";
import { progressOf } from "../progress.ts";
import { readColumn } from "../read-column.ts";
import { initialFacts } from "./facts.ts";
import { etlGoalSchema } from "./goal.ts";
import {
  agreementSchema,
  type EtlKnowledge,
  EtlProgress,
  knowledgeOf,
  profileTask,
  recallTask,
} from "./knowledge.ts";
import { experienceOfTypes, learnedDomain } from "./learned-domain.ts";
import { orderOf } from "./orders.ts";
import { fieldOf } from "./perspectives.ts";
import { plannedEtl } from "./planned-etl.ts";
import { rulesOf } from "./planning-rules.ts";
import { factsNow, repairEtl } from "./repair.ts";
import { resultOf } from "./result.ts";

/** Fewest analysts that may decide what the columns are. */
const quorum = 3;

/** Makes one output from several sources. */
export const etlKind = {
  name: "etl",
  purpose: "make one output from several files, by joins and other transformations",
  schema: etlGoalSchema,
  repairable: ["data_quality_failure"],

  opening: (goal) => [
    { id: recallTask, type: "recall", arguments: [], dependsOn: [] },
    ...etlGoalSchema.parse(goal).sources.map(({ name }) => ({
      id: profileTask(name),
      type: "profile",
      arguments: [name],
      dependsOn: [],
    })),
  ],

  deliberation: {
    quorum,
    subject: (state) => ({ profiles: knowledgeOf(state).profiles }),
    readField: (state, field, said) => {
      const columns = Object.entries(knowledgeOf(state).profiles).flatMap(([source, profile]) =>
        profile.columns.map(({ name }) => ({ name, field: fieldOf(source, name) })),
      );
      const column = columns.find((one) => one.field === field);
      return column === undefined ? undefined : readColumn(column.name, said);
    },
    fallback: (alternatives) => widest(z.array(columnSchema).parse(alternatives)),
    conclude: (state, { fields }) => {
      const { profiles } = knowledgeOf(state);
      return Object.fromEntries(
        Object.entries(profiles).map(([source, { columns }]) => [
          source,
          columns.map(({ name, nulls }) => {
            const column = columnSchema.parse(fields[fieldOf(source, name)]);
            return { ...column, nullable: column.nullable || nulls > 0 };
          }),
        ]),
      );
    },
    settledFields: (agreement) =>
      Object.fromEntries(
        Object.entries(agreementSchema.parse(agreement)).flatMap(([source, columns]) =>
          columns.map((column) => [
            fieldOf(source, column.name),
            { key: columnKey(column), value: column },
          ]),
        ),
      ),
  },

  plan: (state, { experience: known, recorded }) => {
    const knowledge = knowledgeOf(state);
    checkFormats(knowledge);
    const progress = new EtlProgress(state, knowledge);
    const { domain, knows } = rulesOf(recorded);
    const facts = initialFacts(knowledge, (source) => progress.readings(source)).filter(knows);
    const experience =
      known === undefined ? undefined : { at: known.at, ...experienceOfTypes(known) };
    const problem = { facts, tasks: [["deliver", knowledge.result] as const] };
    const result = planFor(learnedDomain(domain, experience), problem);
    if (result.kind !== "plan") {
      const why =
        result.kind === "no-plan" ? result.reason.text : `the ${result.limit} limit was reached`;
      throw new NoPlanError("etl", why);
    }
    const used = experience === undefined ? {} : { experience };
    return { ...plannedEtl(result.plan, knowledge), ...used };
  },

  repair: repairEtl,
  takeContingency: (state, { task }) => {
    const knowledge = knowledgeOf(state);
    const { domain } = rulesOf(state.plan);
    const world = { ...progressOf(state, domain), facts: factsNow(state, knowledge) };
    const learned = learnedDomain(domain, state.experience);
    return takenContingency(learned, state, task, world, (plan) => plannedEtl(plan, knowledge));
  },
  order: orderOf,
  result: resultOf,
} satisfies GoalKind;

/** @throws NoPlanError when a file is not what the goal says */
function checkFormats({ goal, profiles }: EtlKnowledge): void {
  for (const { name, format } of goal.sources) {
    const found = profiles[name]?.source.format;
    if (format === undefined || found === undefined || format === found) continue;
    const why = `source '${name}' must be ${format}, and '${profiles[name]?.source.path}' is ${found}: change 'format', or the file`;
    throw new NoPlanError("etl", why);
  }
}
