import { silentLog } from "@troupe/actor";
import type { GoalListRequest, GoalPage, GoalSummary } from "@troupe/goals";
import { InMemoryNetwork, seededRandom, VirtualClock } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { Changes } from "./changes.ts";
import { GoalBoard } from "./goal-board.ts";

/** What nodes would answer: goals by when they last changed, in pages of two. */
class Answers {
  readonly goals = new Map<string, GoalSummary & { readonly changed: number }>();
  asked = 0;
  fails = false;
  #last = 0;

  put(id: string, phase: string, acceptedAt: number, more: Partial<GoalSummary> = {}): void {
    this.#last += 1;
    this.goals.set(id, {
      id,
      phase,
      acceptedAt,
      kind: "flow",
      node: "n1",
      updatedAt: acceptedAt,
      tasksDone: 0,
      tasks: 1,
      replannings: 0,
      approvals: 0,
      suspended: false,
      ...more,
      changed: this.#last,
    });
  }

  async listPage({ before, changedAfter = 0 }: GoalListRequest): Promise<GoalPage> {
    this.asked += 1;
    if (this.fails) throw new Error("nobody answers");
    const fitting = [...this.goals.values()]
      .filter(({ changed }) => changed > changedAfter)
      .sort((one, other) => other.acceptedAt - one.acceptedAt);
    const from = before === undefined ? 0 : fitting.findIndex(({ id }) => id === before) + 1;
    const goals = fitting.slice(from, from + 2);
    return { goals, more: from + 2 < fitting.length, last: this.#last };
  }
}

let clock: VirtualClock;
let network: InMemoryNetwork;
let answers: Answers;
let changes: Changes;
let board: GoalBoard;
beforeEach(async () => {
  clock = new VirtualClock();
  network = new InMemoryNetwork({ clock, random: seededRandom(1), delayMs: 1 });
  answers = new Answers();
  changes = new Changes();
  for (const index of [1, 2, 3, 4, 5]) answers.put(`g${index}`, "succeeded", index);
  board = new GoalBoard({
    client: answers,
    transport: network.connect("console"),
    events: "troupe.events.goal.*",
    steps: "troupe.events.agent.>",
    clock,
    log: silentLog,
    changes,
  });
  await clock.advance(10);
});

const ids = (filter = {}) => board.list(filter, 0, 100).goals.map(({ id }) => id);
const tell = (id: string) =>
  network.connect("server").publish(`troupe.events.goal.${id}`, new Uint8Array());

test("all pages are read at the start, newest first", () => {
  expect(board.loaded).toBe(true);
  expect(ids()).toEqual(["g5", "g4", "g3", "g2", "g1"]);
  expect(board.list({}, 1, 2)).toMatchObject({ goals: [{ id: "g4" }, { id: "g3" }], total: 5 });
});

test("many events lead to one look, which tells of what has changed", async () => {
  const { revision } = changes;
  const { asked } = answers;
  answers.put("g2", "failed", 2, { error: "out of paper" });
  answers.put("g6", "executing", 6, { approvals: 1 });
  for (let event = 0; event < 50; event += 1) tell("g2");
  await clock.advance(1000);
  expect(answers.asked).toBe(asked + 1);
  expect(ids()).toEqual(["g6", "g5", "g4", "g3", "g2", "g1"]);
  expect(new Set(board.changedAfter(revision, 10))).toEqual(new Set(["g2", "g6"]));
  expect(board.changedAfter(changes.revision, 10)).toEqual([]);
  expect(board.counts()).toEqual({
    phases: { executing: 1, failed: 1, succeeded: 4 },
    waiting: 1,
  });
  expect(ids({ phase: "open" })).toEqual(["g6"]);
  expect(ids({ waiting: true })).toEqual(["g6"]);
  expect(ids({ text: "PAPER" })).toEqual(["g2"]);
});

test("steps of agents are news of their goal, many together, and nothing is asked", async () => {
  const { revision } = changes;
  const { asked } = answers;
  const server = network.connect("server");
  for (let step = 0; step < 50; step += 1) {
    server.publish("troupe.events.agent.g4.look", new Uint8Array());
  }
  await clock.advance(1000);
  expect(changes.revision).toBe(revision + 1);
  expect(board.changedAfter(revision, 10)).toEqual(["g4"]);
  expect(answers.asked).toBe(asked);
});

test("what no event told of is there within ten seconds", async () => {
  answers.put("g3", "failed", 3);
  await clock.advance(10_000);
  expect(ids({ phase: "failed" })).toEqual(["g3"]);
});

test("while nobody answers the last list stays, says why, and is made good later", async () => {
  answers.fails = true;
  answers.put("g1", "failed", 1);
  tell("g1");
  await clock.advance(1000);
  expect(board.problem).toBe("nobody answers");
  expect(ids()).toHaveLength(5);
  answers.fails = false;
  await clock.advance(3000);
  expect(board.problem).toBeUndefined();
  expect(ids({ phase: "failed" })).toEqual(["g1"]);
});

test("one that is stopped asks nothing more", async () => {
  board.stop();
  const { asked } = answers;
  tell("g1");
  await clock.advance(60_000);
  expect(answers.asked).toBe(asked);
});
