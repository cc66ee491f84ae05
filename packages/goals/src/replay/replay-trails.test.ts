import { silentLog } from "@troupe/actor";
import {
  agentLimitsSchema,
  defineTool,
  readTrails,
  rulesMind,
  runAgent,
  type StoredStep,
  type Tool,
} from "@troupe/agents";
import { InMemoryJournal, RecordingTracer, seededRandom, VirtualClock } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { replayTrails } from "./replay-trails.ts";

let records: readonly StoredStep[];
let decided = 0;
let ran = 0;

/** An agent that goes round in a circle, is interrupted, and ends. */
beforeEach(async () => {
  const clock = new VirtualClock();
  const journal = new InMemoryJournal(clock);
  const tracer = new RecordingTracer(clock, seededRandom(1));
  const look = defineTool({
    type: "look",
    purpose: "looks",
    input: z.strictObject({ at: z.string() }),
    run: async ({ at }) => {
      ran += 1;
      return at;
    },
  }) as Tool;
  const mind = rulesMind([
    ({ banned }) => {
      decided += 1;
      if (banned.size > 0) return undefined;
      return { thought: "look", action: "look", input: { at: "it" } };
    },
    () => ({ thought: "enough", action: "final_result", input: { result: { seen: "it" } } }),
  ]);
  const signal = new AbortController().signal;
  await runAgent(
    {
      name: "looker",
      instructions: "Look.",
      mind,
      tools: [look],
      limits: agentLimitsSchema.parse({}),
    },
    { journal, clock, tracer, log: silentLog },
    { job: { goal: "g", task: "a", attempt: 1, signal, span: tracer.start("test") }, input: {} },
  );
  records = (await readTrails(journal, "g", {})).records;
});

/** The records with one of them otherwise. */
const having = (type: string, change: (record: StoredStep["record"]) => object) => {
  const index = records.findIndex(({ record }) => record.type === type);
  return records.map((one, n) =>
    n === index
      ? ({ ...one, record: { ...one.record, ...change(one.record) } } as StoredStep)
      : one,
  );
};
const wrong = (changed: readonly StoredStep[]) =>
  replayTrails(changed).flatMap(({ steps }) =>
    steps.flatMap(({ verdict, why }) => (verdict === "different" ? [why] : [])),
  );

test("a run is decided again from its trail, and neither its mind nor its tools are asked", () => {
  const before = [decided, ran];
  const [replay] = replayTrails(records);
  expect(replay).toMatchObject({ task: "a", same: 2, different: 0 });
  const found = replay?.steps.map(({ record, verdict }) => `${record.type} ${verdict}`);
  expect(found).toEqual([
    "began given",
    ...Array.from({ length: 3 }, () => ["decided given", "observed given"]).flat(),
    "intervened same",
    "decided given",
    "finished same",
  ]);
  expect([decided, ran]).toEqual(before);
});

test("an intervention that was left out, one for another reason, and another result are found", () => {
  const without = records.filter(({ record }) => record.type !== "intervened");
  expect(wrong(without)[0]).toBe(
    "it would have been interrupted: 1 step(s) repeat with the same observations",
  );
  expect(wrong(having("intervened", () => ({ why: "so" })))[0]).toContain("'why' is recorded as");
  expect(wrong(having("finished", () => ({ result: { seen: "more" } })))).toEqual([
    expect.stringContaining("'seen' is recorded as"),
  ]);
});

test("what was done though it was forbidden, and what came of nothing, are found", () => {
  const last = records.findLastIndex(({ record }) => record.type === "decided");
  const again = records.map((one, n) =>
    n === last && one.record.type === "decided"
      ? { ...one, record: { ...one.record, action: "look", input: { at: "it" } } }
      : one,
  );
  expect(wrong(again)).toEqual(["it had been forbidden to do so", "it had not decided to end"]);
  const cut = records.filter((_, n) => n !== 1);
  expect(wrong(cut)).toContain("nothing had been decided that could bring it");
  expect(wrong([...records, ...records.slice(1, 2)])).toEqual(["the run had ended before"]);
});

test("of an old goal, of which only the end is kept, nothing can be found again", () => {
  expect(replayTrails(records.slice(-1))).toMatchObject([{ given: 1, same: 0, different: 0 }]);
});
