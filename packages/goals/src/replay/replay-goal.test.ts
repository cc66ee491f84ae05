import { readFileSync } from "node:fs";
import type { Reasoner } from "@troupe/agents";
import { TaskTypes } from "@troupe/orchestration";
import { InMemoryJournal, VirtualClock } from "@troupe/testkit";
import { beforeAll, expect, test } from "vitest";
import { readGoalRecords } from "../goal/journal.ts";
import type { GoalRecord } from "../goal/records.ts";
import { cleanKind } from "../kinds/clean/kind.ts";
import { flowKind } from "../kinds/flow/kind.ts";
import { plannedFlow } from "../kinds/flow/planned-flow.ts";
import { type ReplayedRecord, replayGoal } from "./replay-goal.ts";
import { replayKinds } from "./replay-kinds.ts";

/** A goal that was cleaned, with one replanning. */
let course: readonly ReplayedRecord[];

beforeAll(async () => {
  const clock = new VirtualClock();
  const journal = new InMemoryJournal(clock);
  const lines = readFileSync(new URL("../goal/first-release.jsonl", import.meta.url), "utf8");
  for (const line of lines.trimEnd().split("\n")) {
    await journal.append("journal.goal.stock", new TextEncoder().encode(line));
  }
  course = await readGoalRecords(journal, "stock");
});

type Of<Type extends GoalRecord["type"]> = Extract<GoalRecord, { type: Type }>;

/** The course with the first record of a type changed. */
function tampered<Type extends GoalRecord["type"]>(
  type: Type,
  change: (record: Of<Type>) => GoalRecord | undefined,
  which: (record: Of<Type>) => boolean = () => true,
): readonly ReplayedRecord[] {
  const isIt = (record: GoalRecord): record is Of<Type> =>
    record.type === type && which(record as Of<Type>);
  const at = course.findIndex(({ record }) => isIt(record));
  return course.flatMap((one, index) => {
    if (index !== at || !isIt(one.record)) return [one];
    const record = change(structuredClone(one.record));
    return record === undefined ? [] : [{ ...one, record }];
  });
}

/** What a replay finds wrong, first thing first. */
async function wrongIn(records: readonly ReplayedRecord[]) {
  const { steps } = await replayGoal("stock", records, cleanKind);
  return steps
    .filter(({ verdict }) => verdict === "different")
    .map(({ record, why, difference }) => ({ type: record.type, why, path: difference?.path }));
}

test("every decision of a finished goal is made again, and what came from outside is given", async () => {
  const { steps, state, different } = await replayGoal("stock", course, cleanKind);
  expect(different).toBe(0);
  expect(state.phase).toBe("succeeded");
  const given = steps.filter(({ verdict }) => verdict === "given");
  expect(new Set(given.map(({ record }) => record.type))).toEqual(new Set(["task-done"]));
  const why = Object.fromEntries(steps.map(({ record, why: text }) => [record.type, text]));
  expect(why).toMatchObject({
    deliberated: "one vote counted again",
    planned: "the kind plans so",
    replanned: "the step 'repair' comes to this",
    finished: "the step 'finish' comes to this",
  });
});

test("another winner than the best bidder is found", async () => {
  const other = (record: Of<"awarded">) => record.bids.at(-1)?.bidder ?? "";
  const wrong = await wrongIn(
    tampered("awarded", (record) => ({ ...record, winner: other(record) })),
  );
  expect(wrong[0]).toMatchObject({ type: "awarded", path: "winner" });
});

test("a bid that is scored wrongly is found", async () => {
  const wrong = await wrongIn(
    tampered("awarded", (record) => ({
      ...record,
      bids: record.bids.map((bid, index) => (index === 1 ? { ...bid, score: 1 } : bid)),
    })),
  );
  expect(wrong[0]).toMatchObject({ type: "awarded", path: "n2/scout" });
});

test("a winner that is best of those who did not decline is right", async () => {
  const declining = tampered("awarded", (record) => ({
    ...record,
    winner: record.bids[1]?.bidder ?? "",
    declined: [{ bidder: record.winner, reason: "busy" }],
  }));
  expect(await wrongIn(declining)).toEqual([]);
});

test("work that only one agent offered to do is given, but not at a price", async () => {
  const alone = (price: number) =>
    tampered("awarded", (record) => ({ ...record, bids: [], declined: [], price }));
  const { steps } = await replayGoal("stock", alone(0), cleanKind);
  expect(steps[1]).toMatchObject({ verdict: "given", why: "only n1/scout offered to do it" });
  expect((await wrongIn(alone(5)))[0]).toMatchObject({ type: "awarded", path: "price" });
});

test("a plan with another task, or another edge, is found", async () => {
  const longer = tampered("planned", (record) => ({
    ...record,
    tasks: [...record.tasks, { id: "extra", type: "stage", arguments: [], dependsOn: [] }],
  }));
  expect((await wrongIn(longer))[0]).toMatchObject({ type: "planned", path: "tasks.4" });
  const hasty = tampered("planned", (record) => ({
    ...record,
    tasks: record.tasks.map((task) => ({ ...task, dependsOn: [] })),
  }));
  expect((await wrongIn(hasty))[0]).toMatchObject({ type: "planned", path: "tasks.2.dependsOn.0" });
});

test("a dropped ballot, another count and a vote that was not followed are found", async () => {
  const changing = (change: (vote: Of<"deliberated">["votes"][number]) => void) =>
    tampered("deliberated", (record) => {
      for (const vote of record.votes) change(vote);
      return record;
    });
  const dropped = changing((vote) => vote.ballots.pop());
  expect((await wrongIn(dropped))[0]?.why).toBe("of the 6 that vote on 'weight', 5 are named");
  const silenced = changing((vote) => {
    vote.missing.push(...vote.ballots.splice(3).map(({ member }) => member));
  });
  expect((await wrongIn(silenced))[0]?.path).toBe("weight.decided");
  const turned = changing((vote) => {
    vote.ballots = vote.ballots.map((ballot) => ({ ...ballot, choice: "text" }));
  });
  expect((await wrongIn(turned))[0]?.path).toBe("weight.decided");
  const ignored = tampered("deliberated", (record) => ({
    ...record,
    agreement: (record.agreement as { name: string }[]).map((column) =>
      column.name === "weight" ? { ...column, type: "text", placeholders: [] } : column,
    ),
  }));
  expect((await wrongIn(ignored))[0]?.why).toBe(
    "the vote on 'weight' decided 'decimal without NA', not 'text'",
  );
  const many = tampered("deliberated", (record) => ({ ...record, votes: [], proposals: [] }));
  expect((await wrongIn(many))[0]?.type).toBe("deliberated");
});

test("an alternative that was kept from the vote, or let in with nobody to second it, and another confidence are found", async () => {
  const withProposers = (others: readonly string[], confidence?: number) =>
    tampered("deliberated", (record) => ({
      ...record,
      votes: record.votes.map((vote) => {
        const voters = vote.ballots.map(({ member }) => member);
        const known = Object.keys(vote.counts).map((key) => [key, voters] as const);
        const added = others.map((key) => [key, voters] as const);
        return {
          ...vote,
          proposed: Object.fromEntries([...known, ...added]) as Record<string, string[]>,
          ...(confidence === undefined ? {} : { confidence }),
        };
      }),
    }));
  expect(await wrongIn(withProposers([]))).toEqual([]);
  expect((await wrongIn(withProposers(["date"])))[0]?.why).toMatch(
    /^the alternatives for 'weight' with enough behind them are .*date, not /,
  );
  expect((await wrongIn(withProposers([], 0.1)))[0]?.path).toBe("weight.confidence");
});

test("another answer to a failure, another repair and another result are found", async () => {
  const retried = tampered("task-failed", (record) => ({ ...record, answer: "retry" as const }));
  expect((await wrongIn(retried))[0]).toMatchObject({ type: "task-failed", path: "answer" });
  const mended = tampered("replanned", (record) => ({ ...record, added: [] }));
  expect((await wrongIn(mended))[0]).toMatchObject({ type: "replanned", path: "added.0" });
  const better = tampered("finished", (record) => ({
    ...record,
    result: { ...(record.result as object), dataset: "other" },
  }));
  expect(await wrongIn(better)).toMatchObject([{ type: "finished", path: "result.dataset" }]);
});

test("a task that began before those it depends on were done is found, and why it had to wait", async () => {
  const unstaged = tampered(
    "task-done",
    () => undefined,
    ({ task }) => task === "draft-rules",
  );
  expect(await wrongIn(unstaged)).toContainEqual(
    expect.objectContaining({ type: "awarded", why: "task 'check' waited for draft-rules" }),
  );
});

test("an end that comes too early, and anything after the end, is found", async () => {
  const early = [...course.slice(0, 10), ...course.slice(-1)];
  expect(await wrongIn(early)).toMatchObject([
    { type: "finished", why: "tasks were to be done first" },
  ]);
  const again = [...course, ...course.slice(-1).map((one) => ({ ...one, sequence: 99 }))];
  expect(await wrongIn(again)).toMatchObject([
    { type: "finished", why: "the goal had ended before: finished" },
  ]);
});

const described = { id: "d", kind: "flow", describe: "add two numbers" };
const modelled: readonly GoalRecord[] = [
  { type: "accepted", goal: described, sequence: 1, node: "n1", trace: "", tasks: [] },
  {
    type: "planned",
    ...plannedFlow({ tasks: [{ id: "add", type: "pass", input: {}, dependsOn: [] }] }),
    tasks: [{ id: "add", type: "pass", arguments: [], dependsOn: [] }],
    criticalPath: ["add"],
    risks: [],
    contingencies: [],
  },
];

test("a plan that a model made is given, also when there is a model to ask: it is not asked", async () => {
  let asked = 0;
  const reasoner: Reasoner = {
    propose: async (_question, { signal }) => {
      signal.throwIfAborted();
      asked += 1;
      throw new Error("asked");
    },
  };
  const records = modelled.map((record, index) => ({ sequence: index + 1, at: index, record }));
  const withModel = flowKind({ types: new TaskTypes([]), reasoner });
  for (const kind of [...replayKinds.filter(({ name }) => name === "flow"), withModel]) {
    const { steps } = await replayGoal("d", records, kind);
    expect(steps.map(({ verdict }) => verdict)).toEqual(["same", "given"]);
  }
  expect(asked).toBe(0);
});
