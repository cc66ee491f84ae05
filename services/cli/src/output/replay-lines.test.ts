import { replayGoal, replayKinds } from "@troupe/goals";
import { expect, test } from "vitest";
import { plainPaint } from "./paint.ts";
import { replayDocument, replayLines } from "./replay-lines.ts";

const flow = { tasks: [{ id: "a", type: "pass", input: {}, dependsOn: [] }] };
const task = { id: "a", type: "pass", arguments: [], dependsOn: [] };
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

test("a replay shows each decision, and of one that is different what was recorded and what is found", async () => {
  const [kind] = replayKinds.filter(({ name }) => name === "flow");
  if (kind === undefined) throw new Error("no such kind");
  const replay = await replayGoal("g", records, kind);
  const lines = replayLines(replay, { width: 100, paint: plainPaint });
  expect(`\n${lines.join("\n")}\n`).toMatchInlineSnapshot(`
    "
    same          0.00 s  accepted    goal g (flow) by n1
    different     0.00 s  planned     2 tasks, 1 on the critical path, 100% likely to succeed as it is
              'tasks.1' is recorded as {"id":"b","type":"pass","arguments":[],"dependsOn":[]}, and found
              as nothing

    ✖ goal g: 1 decision the same again, 0 given from outside, 1 different
    "
  `);
  expect(replayDocument(replay)).toMatchObject({
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
  });
});
