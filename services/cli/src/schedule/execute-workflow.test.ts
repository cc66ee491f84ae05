import { readWorkflow } from "@troupe/orchestration";
import { seededRandom, VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import { InterruptedError } from "../errors.ts";
import { processIo } from "../io.ts";
import { executeWorkflow } from "./execute-workflow.ts";

const real = processIo();
const workflow = readWorkflow(
  JSON.stringify({
    schemaVersion: "1.3",
    workflow: {
      tasks: [
        { name: "load", runtime: 2 },
        { name: "left", runtime: 3, parents: ["load"] },
        { name: "right", runtime: 4, parents: ["load"] },
        { name: "join", runtime: 1, parents: ["left", "right"] },
      ],
    },
  }),
  "flow.json",
);

function begin(workers: number, interrupted = new AbortController().signal) {
  const clock = new VirtualClock();
  const io = { ...real, clock, random: seededRandom(1), interrupted };
  return { clock, execution: executeWorkflow(io, workflow, { workers, timeScale: 0.5 }) };
}

test.each([
  [1, 10],
  [2, 7],
])("%i workers take %i recorded seconds, by the scale", async (workers, seconds) => {
  const { clock, execution } = begin(workers);
  await clock.advance(60_000);
  expect(await execution).toEqual({
    outcome: "succeeded",
    timeScale: 0.5,
    wallSeconds: seconds / 2,
    makespanSeconds: seconds,
  });
});

test("an interrupt ends it", async () => {
  const interrupt = new AbortController();
  const { clock, execution } = begin(2, interrupt.signal);
  const ended = expect(execution).rejects.toThrow(InterruptedError);
  await clock.advance(100);
  interrupt.abort();
  await clock.advance(60_000);
  await ended;
});
