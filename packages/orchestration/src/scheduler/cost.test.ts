import { expect, test } from "vitest";
import type { GoalSpec } from "./goal-spec.ts";
import { advance, createScheduler, submit } from "./scheduler.ts";
import type { SchedulerState } from "./state.ts";

/** The state behind proxies that count each access, so that work is measured and not time. */
function counted(state: SchedulerState): { state: SchedulerState; accesses: () => number } {
  let accesses = 0;
  const seen = new WeakMap<object, object>();
  const watch = <T extends object>(target: T): T => {
    const known = seen.get(target);
    if (known !== undefined) return known as T;
    const proxy = new Proxy(target, {
      get(from, key, receiver) {
        accesses += 1;
        const value: unknown = Reflect.get(from, key, receiver);
        return typeof value === "object" && value !== null ? watch(value) : value;
      },
      ownKeys(from) {
        const keys = Reflect.ownKeys(from);
        accesses += keys.length;
        return keys;
      },
    });
    seen.set(target, proxy);
    return proxy;
  };
  return { state: watch(state), accesses: () => accesses };
}

const settings = { capacity: { cpu: 4 }, timeout: 1000 };

/** Finishes runs one by one, `steps` times, and says how many accesses that took. */
function costOf(goals: readonly GoalSpec[], steps: number): number {
  const plain = createScheduler(settings);
  for (const goal of goals) submit(plain, goal, { at: 0 });
  const { state, accesses } = counted(plain);
  for (let step = 1; step <= steps; step += 1) {
    // The newest run: what is blocked waits for the oldest, which never ends.
    const run = Math.max(...Object.keys(plain.runs).map(Number));
    advance(state, [{ type: "finished", run }], { at: step / 1000 });
  }
  return accesses();
}

function chainBesideBlocked(blocked: number): GoalSpec {
  const chain = Array.from({ length: 300 }, (_, index) => ({
    id: `chain${index}`,
    dependsOn: index === 0 ? [] : [`chain${index - 1}`],
    duration: 1,
  }));
  const waiting = Array.from({ length: blocked }, (_, index) => ({
    id: `blocked${index}`,
    dependsOn: ["never"],
    duration: 1,
  }));
  return { id: "goal", tasks: [{ id: "never", duration: 10_000 }, ...chain, ...waiting] };
}

test("a step costs the same whether ten or ten thousand tasks are blocked", () => {
  const few = costOf([chainBesideBlocked(10)], 200);
  const many = costOf([chainBesideBlocked(10_000)], 200);
  expect(many).toBe(few);
});

test("a step's cost grows with the logarithm of the tasks that are ready", () => {
  const wide = (count: number): GoalSpec => ({
    id: "goal",
    tasks: Array.from({ length: count }, (_, index) => ({ id: `t${index}`, duration: index % 7 })),
  });
  const few = costOf([wide(300)], 200);
  const many = costOf([wide(30_000)], 200);
  expect(many / few).toBeLessThan(3);
});

test("a step's cost grows with the logarithm of the goals that have ready tasks", () => {
  const goals = (count: number): readonly GoalSpec[] =>
    Array.from({ length: count }, (_, index) => ({
      id: `g${index}`,
      tasks: Array.from({ length: 60 }, (_, task) => ({ id: `t${task}`, duration: 1 })),
    }));
  const few = costOf(goals(10), 200);
  const many = costOf(goals(1000), 200);
  expect(many / few).toBeLessThan(3);
});

test("timers of runs that have ended do not pile up", () => {
  const state = createScheduler(settings);
  const tasks = Array.from({ length: 5000 }, (_, index) => ({ id: `t${index}` }));
  submit(state, { id: "goal", tasks }, { at: 0 });
  let most = 0;
  for (let run = 1; run <= tasks.length; run += 1) {
    advance(state, [{ type: "finished", run }], { at: 0 });
    most = Math.max(most, state.timers.length);
  }
  expect(most).toBeLessThanOrEqual(64);
});
