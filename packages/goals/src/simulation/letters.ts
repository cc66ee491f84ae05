import type { Perspective } from "@troupe/agents";
import { z } from "zod";
import { goalIdSchema } from "../goal/goal.ts";
import type { GoalTask } from "../goal/records.ts";
import type { GoalKind } from "../kinds/kind.ts";

const task = (id: string, type: string, dependsOn: string[] = []): GoalTask => ({
  id,
  type,
  arguments: [],
  dependsOn,
});

/** Task types of the `letters` kind: what a worker of the simulation can do. */
export const letterTasks = ["look", "fetch", "sort", "ship", "mend"] as const;

const work = (tasks: readonly GoalTask[]) => ({
  plan: { steps: tasks.map(({ id }) => id) },
  tasks,
  confidence: 0.9,
  criticalPath: tasks.map(({ id }) => id),
  risks: [],
});

/**
 * A goal kind small enough to follow by eye: look, agree on the size, fetch and sort side by side,
 * ship. When shipping finds bad data, it is mended and shipped again; when that is in dispute, they agree on it first.
 */
export const lettersKind: GoalKind = {
  name: "letters",
  purpose: "bring letters to where they belong",
  schema: z.strictObject({ id: goalIdSchema.optional(), kind: z.literal("letters") }),
  repairable: ["data_quality_failure"],
  opening: () => [task("look", "look")],
  deliberation: {
    quorum: 3,
    subject: () => ({ of: "letters" }),
    readField: (_state, _field, value) =>
      typeof value === "string" ? { key: value, value } : undefined,
    fallback: (alternatives) => alternatives[0],
    conclude: (_state, { fields }) => fields,
  },
  conference: {
    quorum: 3,
    concerns: ({ details }) => details === "in dispute",
    subject: () => ({ of: "what broke" }),
    readField: (_failure, _field, value) =>
      typeof value === "string" ? { key: value, value } : undefined,
    fallback: (alternatives) => alternatives[0],
  },
  plan: () => work([task("fetch", "fetch"), task("sort", "sort"), shipping("ship")]),
  repair: (state, failure) => {
    if (failure.error.details === "beyond repair") return { ok: false, why: "nothing helps" };
    const round = state.replannings.length + 2;
    const mend = task(`mend-${round}`, "mend", ["fetch", "sort"]);
    const ship = { ...shipping(`ship-${round}`), dependsOn: [mend.id] };
    const kept = Object.values(state.tasks).filter(({ status }) => status === "done");
    return {
      ok: true,
      work: {
        ...work([...kept.map(({ id, type, dependsOn }) => task(id, type, dependsOn)), mend, ship]),
        kept: kept.map(({ id }) => id),
        removed: [failure.task],
        added: [mend.id, ship.id],
        learned: failure.error.message,
      },
    };
  },
  order: ({ type }) => ({ input: { type }, bytes: 1000 }),
  result: (state) => ({
    size: state.agreement,
    shipped: Object.values(state.tasks).filter(({ status }) => status === "done").length,
  }),
};

function shipping(id: string): GoalTask {
  return task(id, "ship", ["fetch", "sort"]);
}

/** How an analyst sees letters that always finds the same size. */
export function sayer(word: string): Perspective {
  return {
    name: word,
    propose: async () => ({ fields: { size: { key: word, value: word } }, summary: word }),
    judge: async (_subject, _field, alternatives) => ({
      choice: Math.max(0, alternatives.indexOf(word)),
      reason: `it is ${word}`,
    }),
  };
}
