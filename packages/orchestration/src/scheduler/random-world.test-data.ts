import fc from "fast-check";
import type { Arrival, RunEnd, World } from "../replay/virtual-time.ts";
import type { GoalSpec, OnFailure, TaskSpec } from "./goal-spec.ts";
import type { SchedulerSettings } from "./state.ts";

/** Goals, settings, and what will become of each run. */
export interface RandomWorld {
  readonly settings: SchedulerSettings & { readonly grace: number };
  readonly arrivals: readonly Arrival[];
  readonly ends: readonly (RunEnd | undefined)[];
  readonly jitters: readonly number[];
}

const capacity = { cpu: 4, memory: 100, lock: 1 };

const policy = fc.constantFrom<OnFailure[]>("fail", "skip", "continue");

const resources = fc.oneof(
  fc.constant(undefined),
  fc.record({ cpu: fc.nat({ max: 4 }), memory: fc.nat({ max: 100 }) }),
  fc.record({ cpu: fc.nat({ max: 2 }), lock: fc.nat({ max: 1 }) }),
);

const retry = fc.option(
  fc.record({ limit: fc.nat({ max: 3 }), delay: fc.nat({ max: 5 }), jitter: fc.constant(0.5) }),
  { nil: undefined },
);

const task = fc.record({
  edges: fc.array(fc.tuple(fc.nat({ max: 11 }), policy), { maxLength: 4 }),
  duration: fc.option(fc.nat({ max: 9 }), { nil: undefined }),
  kind: fc.constantFrom(undefined, "load", "__proto__"),
  resources,
  retry,
  timeout: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
  speculateAfter: fc.option(fc.constantFrom(0.5, 1, 2), { nil: undefined }),
});

function goalOf(
  id: string,
  share: number,
  failFast: boolean,
  tasks: readonly TaskDraw[],
): GoalSpec {
  return {
    id,
    share,
    failFast,
    tasks: tasks.map(({ edges, ...drawn }, index): TaskSpec => {
      const dependsOn = [...new Map(edges.filter(([to]) => to < index))].map(([to, onFailure]) => ({
        task: `t${to}`,
        onFailure,
      }));
      const stated = Object.entries(drawn).filter(([, value]) => value !== undefined);
      return { id: `t${index}`, dependsOn, ...Object.fromEntries(stated) };
    }),
  };
}

type TaskDraw = typeof task extends fc.Arbitrary<infer T> ? T : never;

const goal = fc.record({
  at: fc.nat({ max: 20 }),
  share: fc.integer({ min: 1, max: 3 }),
  failFast: fc.boolean(),
  tasks: fc.array(task, { maxLength: 12 }),
});

const end = fc.oneof(
  { weight: 6, arbitrary: ended("finished") },
  { weight: 2, arbitrary: ended("failed") },
  { weight: 1, arbitrary: ended("fatal") },
  { weight: 1, arbitrary: fc.constant(undefined) },
);

function ended(how: RunEnd["how"]): fc.Arbitrary<RunEnd> {
  return fc.nat({ max: 12 }).map((after) => ({ after, how }));
}

/** Worlds with every policy, where runs finish, fail, fail for good, or are never heard of. */
export const randomWorlds: fc.Arbitrary<RandomWorld> = fc
  .record({
    grace: fc.constantFrom(0, 0, 3),
    patience: fc.nat({ max: 4 }),
    goals: fc.array(goal, { minLength: 1, maxLength: 5 }),
    ends: fc.array(end, { minLength: 1, maxLength: 60 }),
    jitters: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }),
  })
  .map(({ grace, patience, goals, ends, jitters }) => ({
    settings: { capacity, timeout: 40, grace, patience },
    arrivals: goals.map(({ at, share, failFast, tasks }, index) => ({
      at,
      goal: goalOf(`g${index}`, share, failFast, tasks),
    })),
    ends,
    jitters,
  }));

/** What becomes of a run depends on its number only. */
export function worldOf({ ends, jitters }: RandomWorld): Required<World> {
  let drawn = 0;
  return {
    run: ({ run }) => ends[run % ends.length],
    jitter: () => {
      drawn += 1;
      return jitters[drawn % jitters.length] ?? 0;
    },
  };
}
