import { expect, test } from "vitest";
import { commandsInFolder } from "./in-folder.test-support.ts";

const { troupe, write } = commandsInFolder();
const task = (name: string, runtime: number, parents: readonly string[]) => ({
  name,
  runtime,
  parents,
});
const writeWorkflow = (file: string, ...tasks: readonly object[]): void =>
  write(file, JSON.stringify({ schemaVersion: "1.3", workflow: { tasks } }));
writeWorkflow("fork.json", task("a", 2, []), task("b", 3, ["a"]), task("c", 3, ["a"]));
writeWorkflow("circle.json", task("a", 1, ["b"]), task("b", 1, ["a"]));
writeWorkflow("late.json", task("a", -1, []));

const schedule = (file: string, ...more: readonly string[]) =>
  troupe("schedule", "--workflow", file, ...more);

test("a recorded workflow is replayed and compared with the bound", async () => {
  const { code, out } = await schedule("fork.json", "--workers", "1", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual({
    tasks: 3,
    edges: 2,
    criticalPathSeconds: 5,
    workSeconds: 8,
    lowerBoundSeconds: 8,
    makespanSeconds: 8,
    ratio: 1,
  });
});

test("for people it is a short table", async () => {
  const { out } = await schedule("fork.json", "--workers", "2");
  expect(out).toContain("3 tasks, 2 dependencies on 2 workers");
  expect(out).toMatch(/makespan +5\.0 s/);
  expect(out).toMatch(/ratio +1\.000/);
});

test("a wrong file is named with the place, exit code 2", async () => {
  const late = await schedule("late.json", "--json");
  expect(late.code).toBe(2);
  expect(JSON.parse(late.out).error).toMatchObject({
    code: "invalid-workflow",
    file: "late.json",
    place: "workflow.tasks[0].runtime",
  });
  expect((await schedule("circle.json")).err).toContain("a -> b -> a");
  const missing = await schedule("missing.json");
  expect(missing.code).toBe(2);
  expect(missing.err).toContain("'missing.json' can't be read");
});

test("a wrong number of workers is refused", async () => {
  expect((await schedule("fork.json", "--workers", "0")).code).toBe(2);
});

test("what cannot be executed is refused before anything is started", async () => {
  expect((await schedule("fork.json", "--execute", "--time-scale", "0")).code).toBe(2);
  expect((await schedule("fork.json", "--execute", "--nodes", "0")).code).toBe(2);
  const many = await schedule("fork.json", "--execute", "--workers", "5000");
  expect(many.code).toBe(2);
  expect(many.err).toContain("--workers 5000 is more than the 4096 that --execute can start");
  expect((await schedule("fork.json", "--workers", "5000")).code).toBe(0);
});
