import { readFlow } from "@troupe/orchestration";
import { expect, test } from "vitest";
import { FlowGoals } from "./flow-goals.ts";

const source = new FlowGoals();
const result = (join: unknown, done = 9) => ({
  done,
  failed: 0,
  skipped: 0,
  results: { join },
  failures: [],
});
const parts = Array.from({ length: 8 }, () => ({ waitedMs: 25 }));

test("each goal is a flow that can run, under an id of its own", async () => {
  const { id, document } = await source.goal(7);
  const { id: _id, kind: _kind, ...flow } = document;
  expect(() => readFlow(flow)).not.toThrow();
  expect(document).toMatchObject({ id, kind: "flow" });
  expect((await source.goal(8)).id).not.toBe(id);
});

test("a whole result is nothing to speak of", async () => {
  expect(await source.inspect(7, result({ number: 7, parts }))).toEqual([]);
});

test.for([
  ["of another goal", result({ number: 8, parts }), "its result is"],
  ["with a part missing", result({ number: 7, parts: parts.slice(1) }), "its result is"],
  ["of too few tasks", result({ number: 7, parts }, 8), "8 tasks are done instead of 9"],
  ["that is none", { what: "?" }, "cannot be read"],
] as const)("a result %s is named", async ([, told, words]) => {
  expect((await source.inspect(7, told)).join()).toContain(words);
});
