import { noTracer } from "@troupe/actor";
import { VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import { basicTools } from "./basic-tools.ts";

const clock = new VirtualClock();
const abort = new AbortController();

function run(type: string, input: unknown): Promise<unknown> {
  const tool = basicTools(clock).find((one) => one.type === type);
  if (tool === undefined) throw new Error(`no tool '${type}'`);
  const span = noTracer.start(type);
  const job = { goal: "g", task: "t", attempt: 1, signal: abort.signal, span };
  return tool.run(tool.input.parse(input), job);
}

test("what is passed is found out as it is", async () => {
  expect(await run("pass", { a: [1, null] })).toEqual({ a: [1, null] });
});

test("waiting takes as long as it says", async () => {
  const waiting = run("wait", { ms: 50 });
  await clock.advance(50);
  expect(await waiting).toEqual({ waitedMs: 50 });
});

test("waiting that is told to stop has not waited", async () => {
  const waiting = run("wait", { ms: 50 });
  abort.abort(new Error("no longer wanted"));
  await expect(waiting).rejects.toThrow("no longer wanted");
});
