import fc from "fast-check";
import { expect, test } from "vitest";
import { criticalPathLength, indexGraph, replayWorkflow, scheduleInVirtualTime } from "../index.ts";

const seeded = { seed: 1969, numRuns: 500 };
/** Sums in another order differ in the last digits. */
const slack = 1 + 1e-9;

const randomTasks = fc
  .array(
    fc.record({
      edges: fc.array(fc.nat({ max: 40 }), { maxLength: 4 }),
      seconds: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 100, noNaN: true })),
    }),
    { maxLength: 40 },
  )
  .map((drawn) =>
    drawn.map(({ edges, seconds }, index) => ({
      id: `t${index}`,
      dependsOn: [...new Set(edges.filter((to) => to < index))].map((to) => `t${to}`),
      seconds,
    })),
  );
const workers = fc.integer({ min: 1, max: 8 });

test("a replay is never shorter than the bound, nor longer than Graham's", () => {
  fc.assert(
    fc.property(randomTasks, workers, (tasks, count) => {
      const summary = replayWorkflow({ schemaVersion: "1.5", tasks }, count);
      const { criticalPathSeconds, workSeconds, lowerBoundSeconds, makespanSeconds } = summary;
      expect(summary.tasks).toBe(tasks.length);
      expect(makespanSeconds * slack).toBeGreaterThanOrEqual(lowerBoundSeconds);
      const graham = workSeconds / count + (1 - 1 / count) * criticalPathSeconds;
      expect(makespanSeconds).toBeLessThanOrEqual(graham * slack + 1e-5);
      expect(makespanSeconds).toBeLessThanOrEqual(
        (2 - 1 / count) * lowerBoundSeconds * slack + 1e-5,
      );
      expect(summary.ratio).toBeGreaterThanOrEqual(1 - 1e-6);
    }),
    seeded,
  );
});

test("Graham's bound holds for wrong estimates too, each task run once and in order", () => {
  const misjudged = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(randomTasks, workers, misjudged, (tasks, count, guesses) => {
      const goalTasks = tasks.map(({ id, dependsOn }, index) => ({
        id,
        dependsOn,
        duration: guesses[index % guesses.length] ?? 0,
      }));
      const seconds = new Map(tasks.map((task) => [task.id, task.seconds]));
      const { commands } = scheduleInVirtualTime(
        { capacity: { cpu: count }, timeout: 1e6 },
        [{ at: 0, goal: { id: "goal", tasks: goalTasks } }],
        { run: ({ task }) => ({ after: seconds.get(task) ?? 0, how: "finished" }) },
      );
      const started = new Map<string, number>();
      for (const { at, command } of commands) {
        if (command.type !== "start") continue;
        expect(started.has(command.task)).toBe(false);
        started.set(command.task, at);
      }
      for (const { id, dependsOn } of tasks) {
        for (const dependency of dependsOn) {
          const end = (started.get(dependency) ?? Number.NaN) + (seconds.get(dependency) ?? 0);
          expect(started.get(id)).toBeGreaterThanOrEqual(end);
        }
      }
      const durations = tasks.map((task) => task.seconds);
      const work = durations.reduce((sum, duration) => sum + duration, 0);
      const path = criticalPathLength(indexGraph(tasks), durations);
      const makespan = commands.at(-1)?.at ?? 0;
      expect(makespan).toBeLessThanOrEqual((work / count + (1 - 1 / count) * path) * slack + 1e-9);
    }),
    seeded,
  );
});

test("the longest chain is started first", () => {
  const tasks = [
    { id: "short1", dependsOn: [], seconds: 2 },
    { id: "short2", dependsOn: [], seconds: 2 },
    { id: "head", dependsOn: [], seconds: 1 },
    { id: "tail", dependsOn: ["head"], seconds: 3 },
  ];
  expect(replayWorkflow({ schemaVersion: "1.5", tasks }, 2)).toEqual({
    tasks: 4,
    edges: 1,
    criticalPathSeconds: 4,
    workSeconds: 8,
    lowerBoundSeconds: 4,
    makespanSeconds: 4,
    ratio: 1,
  });
});

test("a workflow that takes no time has ratio 1", () => {
  const tasks = [{ id: "nothing", dependsOn: [], seconds: 0 }];
  expect(replayWorkflow({ schemaVersion: "1.5", tasks }, 3)).toMatchObject({ ratio: 1 });
  expect(replayWorkflow({ schemaVersion: "1.5", tasks: [] }, 3)).toMatchObject({ ratio: 1 });
});
