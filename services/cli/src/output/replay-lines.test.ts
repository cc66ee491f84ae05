import { replayGoal, replayKinds } from "@troupe/goals";
import { expect, test } from "vitest";
import { plainPaint } from "./paint.ts";
import { replayDocument, replayLines } from "./replay-lines.ts";

const flow = { tasks: [{ id: "a", type: "pass", input: {}, dependsOn: [] }] };
const task = { id: "a", type: "pass", arguments: [], dependsOn: [] };
const free = { calls: 0, tokens: 0, cost: 0 };
const records = [
  {
    type: "accepted" as const,
    goal: { kind: "flow", ...flow },
    sequence: 1,
    node: "n1",
    trace: "",
    tasks: [],
  },
  {
    type: "planned" as const,
    plan: null,
    tasks: [task, { ...task, id: "b" }],
    confidence: 1,
    criticalPath: ["a"],
    risks: [],
  },
].map((record, index) => ({ sequence: index + 1, at: 1000 + index, record }));

const agent = {
  ...{ task: "a", same: 0, given: 1, different: 1 },
  steps: [
    {
      ...{ task: "a", sequence: 7, at: 1002, verdict: "different" as const },
      record: { type: "decided" as const, thought: "", action: "look", input: {}, spent: free },
      why: "it had been forbidden to do so",
    },
  ],
};

test("a replay shows each decision, and of one that is different what was recorded and what is found", async () => {
  const [kind] = replayKinds.filter(({ name }) => name === "flow");
  if (kind === undefined) throw new Error("no such kind");
  const replay = await replayGoal("g", records, kind);
  const trails = [agent];
  const lines = replayLines(replay, trails, { width: 100, paint: plainPaint });
  expect(`\n${lines.join("\n")}\n`).toMatchInlineSnapshot(`
    "
    same          0.00 s  accepted    goal g (flow) by n1
    different     0.00 s  planned     2 tasks, 1 on the critical path, 100% likely to succeed as it is
              'tasks.1' is recorded as {"id":"b","type":"pass","arguments":[],"dependsOn":[]}, and found
              as nothing

    ✖ goal g: 1 decision the same again, 0 given from outside, 1 different
    ✖ agent of a: 0 decisions the same again, 1 given from outside, 1 different
      decided (7)
              it had been forbidden to do so
    "
  `);
  expect(replayDocument(replay, trails)).toMatchObject({
    goal: "g",
    kind: "flow",
    phase: "executing",
    verdict: "different",
    same: 1,
    given: 0,
    different: 1,
    steps: [
      { sequence: 1, at: 1000, type: "accepted", verdict: "same", why: expect.any(String) },
      { type: "planned", verdict: "different", difference: { path: "tasks.1" } },
    ],
    agents: [{ task: "a", different: 1, steps: [{ sequence: 7, type: "decided" }] }],
  });
});
