import fc from "fast-check";
import { expect, test } from "vitest";
import { scheduleInVirtualTime } from "../replay/virtual-time.ts";
import type { GoalSpec, TaskSpec } from "./goal-spec.ts";

const finishing = { run: () => ({ after: 1, how: "finished" as const }) };

function many(id: string, count: number, more: Partial<GoalSpec & TaskSpec> = {}): GoalSpec {
  const { share = 1, ...task } = more;
  const tasks = Array.from({ length: count }, (_, index) => ({
    duration: 1,
    ...task,
    id: `${id}${index}`,
  }));
  return { id, share, tasks };
}

/** Goals of all starts, in order. */
function starts(...args: Parameters<typeof scheduleInVirtualTime>): readonly string[] {
  return scheduleInVirtualTime(...args).commands.flatMap(({ command }) =>
    command.type === "start" ? command.goal : [],
  );
}

const count = (list: readonly string[], goal: string): number =>
  list.filter((started) => started === goal).length;

test("a small goal that comes later does not wait for a large one to be through", () => {
  const { commands } = scheduleInVirtualTime(
    { capacity: { cpu: 2 }, timeout: 100 },
    [
      { at: 0, goal: many("large", 1000) },
      { at: 10, goal: many("small", 10) },
    ],
    finishing,
  );
  const end = commands.find(({ command }) => command.type === "ended" && command.goal === "small");
  expect(end?.at).toBeLessThanOrEqual(10 + 11);
});

test("while all have work, each goal gets resource time by its share", () => {
  const order = starts(
    { capacity: { cpu: 4 }, timeout: 100 },
    [
      { at: 0, goal: many("one", 600) },
      { at: 0, goal: many("two", 600, { share: 2 }) },
      { at: 0, goal: many("three", 600, { share: 3 }) },
    ],
    finishing,
  ).slice(0, 600);
  expect(Math.abs(count(order, "one") - 100)).toBeLessThanOrEqual(3);
  expect(Math.abs(count(order, "two") - 200)).toBeLessThanOrEqual(3);
  expect(Math.abs(count(order, "three") - 300)).toBeLessThanOrEqual(3);
});

test("a goal cannot gain by stating that its tasks are short", () => {
  const order = starts(
    { capacity: { cpu: 1 }, timeout: 100 },
    [
      { at: 0, goal: many("honest", 400) },
      { at: 0, goal: many("liar", 400, { duration: 0.01 }) },
    ],
    finishing,
  ).slice(0, 400);
  expect(Math.abs(count(order, "liar") - 200)).toBeLessThanOrEqual(3);
});

test("a goal does not save up the time in which it had nothing to start", () => {
  const order = starts(
    { capacity: { cpu: 1 }, timeout: 100 },
    [
      { at: 0, goal: many("busy", 400) },
      { at: 200, goal: many("late", 100) },
    ],
    finishing,
  ).slice(200, 260);
  expect(Math.abs(count(order, "late") - 30)).toBeLessThanOrEqual(3);
});

test("whoever needs much is overtaken a limited number of times, then served", () => {
  const durations = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 20 });
  const draws = [fc.nat({ max: 20 }), fc.integer({ min: 2, max: 4 }), fc.nat({ max: 50 })] as const;
  fc.assert(
    fc.property(...draws, durations, (patience, cpu, arrival, lasting) => {
      const wide: GoalSpec = {
        id: "wide",
        tasks: [{ id: "w", duration: 1, resources: { cpu } }],
      };
      const capacity = { cpu: 4 };
      const { commands } = scheduleInVirtualTime(
        { capacity, timeout: 100, patience },
        [
          { at: 0, goal: many("small", 300) },
          { at: arrival, goal: wide },
        ],
        { run: ({ run }) => ({ after: lasting[run % lasting.length] ?? 1, how: "finished" }) },
      );
      const overtaking = commands.filter(
        ({ at, command }) => at >= arrival && command.type === "start",
      );
      const before = overtaking.findIndex(({ command }) =>
        command.type === "start" ? command.goal === "wide" : false,
      );
      // What starts at the moment of its arrival, right before it, fills all places at most once.
      expect(before).toBeGreaterThanOrEqual(0);
      expect(before).toBeLessThanOrEqual(patience + 2 * capacity.cpu);
    }),
    { seed: 3, numRuns: 500 },
  );
});

test("while a wide task waits for its turn, tasks that need other things pass", () => {
  const { commands } = scheduleInVirtualTime(
    { capacity: { cpu: 2, lock: 1 }, timeout: 100, patience: 0 },
    [
      { at: 0, goal: { id: "first", tasks: [{ id: "a", duration: 10 }] } },
      { at: 1, goal: { id: "wide", tasks: [{ id: "w", resources: { cpu: 2 } }] } },
      { at: 2, goal: { id: "same", tasks: [{ id: "c" }] } },
      { at: 2, goal: { id: "else", tasks: [{ id: "l", resources: { lock: 1 } }] } },
    ],
    { run: ({ task }) => ({ after: task === "a" ? 10 : 1, how: "finished" }) },
  );
  const began = Object.fromEntries(
    commands.flatMap(({ at, command }) => (command.type === "start" ? [[command.task, at]] : [])),
  );
  expect(began).toEqual({ a: 0, l: 2, w: 10, c: 11 });
});

test("a goal that had to wait for a task of its own comes back as if it were new", () => {
  const slowly: GoalSpec = {
    id: "slowly",
    tasks: [
      { id: "first", duration: 1, resources: {} },
      ...many("s", 100, { dependsOn: ["first"] }).tasks,
    ],
  };
  const order = starts(
    { capacity: { cpu: 1 }, timeout: 1000 },
    [
      { at: 0, goal: slowly },
      { at: 0, goal: many("busy", 400) },
    ],
    { run: ({ task }) => ({ after: task === "first" ? 200 : 1, how: "finished" }) },
  ).slice(201, 261);
  expect(Math.abs(count(order, "slowly") - 30)).toBeLessThanOrEqual(3);
});

test("a task that takes more of the resources counts for more", () => {
  const order = starts(
    { capacity: { cpu: 8, memory: 100 }, timeout: 100 },
    [
      { at: 0, goal: many("narrow", 800) },
      { at: 0, goal: many("wide", 800, { resources: { cpu: 1, memory: 25 } }) },
    ],
    finishing,
  ).slice(0, 300);
  expect(Math.abs(count(order, "narrow") / count(order, "wide") - 2)).toBeLessThan(0.1);
});
