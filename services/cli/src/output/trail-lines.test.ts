import type { AgentTrail } from "@troupe/agents";
import { expect, test } from "vitest";
import { plainPaint } from "./paint.ts";
import { trailLines } from "./trail-lines.ts";

const screen = { width: 78, paint: plainPaint };
const took = { calls: 1, tokens: 120, cost: 0 };
const trail: AgentTrail = {
  task: "answer",
  agent: "answerer",
  depth: 0,
  input: {},
  beganAt: 1000,
  lastAt: 3100,
  resumed: 1,
  steps: [
    {
      ...{ number: 1, decidedAt: 1100, thought: "Look at it first.", action: "analyze_schema" },
      ...{ input: { path: "orders.csv" }, mind: "model", model: "small-1", took },
      observed: { at: 1300, ok: true, observation: { rows: 5 }, quality: 1, durationMs: 12 },
    },
    {
      ...{ number: 2, decidedAt: 1400, thought: "Ann\u001b[2J only.", action: "transform_data" },
      ...{ input: { sql: `SELECT ${"a, ".repeat(100)}` }, mind: "model", model: "small-1", took },
      observed: {
        ...{ at: 1500, ok: false, quality: 0, durationMs: 3 },
        observation: { error: "statement-forbidden", message: "no" },
      },
    },
    {
      ...{ number: 3, decidedAt: 1600, thought: "A person must say.", action: "request_approval" },
      ...{ input: { question: "ok?" }, mind: "rules", took: { calls: 0, tokens: 0, cost: 0 } },
    },
  ],
  interventions: [
    { at: 1550, after: 2, why: "its reasoning is scored 0.30", advice: ["stop"], banned: ["x"] },
  ],
  habits: { last: ["scan"], advice: ["do 'scan' only when nothing else is left: it failed"] },
  spent: { calls: 2, tokens: 240, cost: 0 },
  isWhole: true,
};

test("a trail shows each step with what was thought, given and seen, and what came between", () => {
  const lines = trailLines({ goal: "g", trails: [trail], more: true }, screen);
  expect(`\n${lines.join("\n")}\n`).toMatchInlineSnapshot(`
    "
    answer  by answerer, 2.1 s, 2 steps, 2 calls, 240 tokens, taken up again 1
    time
      ↻ from experience: do 'scan' only when nothing else is left: it failed
      1 ✔ analyze_schema  quality 1.00, 12 ms, decided by small-1, 120 tokens
        Look at it first.
        given   {"path":"orders.csv"}
        seen    {"rows":5}
      2 ✖ transform_data  quality 0.00, 3 ms, decided by small-1, 120 tokens
        Ann only.
        given   {"sql":"SELECT a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a,…
        seen    {"error":"statement-forbidden","message":"no"}
      ! interrupted: its reasoning is scored 0.30; told: stop; 1 action forbidden
      3 ? request_approval  decided by rules
        A person must say.
        given   {"question":"ok?"}
        a person is asked: 'troupe goal approve' answers

    ! there is more: name one task with --task
    "
  `);
});

test("a trail of which only the end is kept says so, and why it was stopped", () => {
  const { agent: _agent, habits: _habits, ...rest } = trail;
  const stop = { code: "agent-stuck" as const, message: "2 step(s) repeat" };
  const old = { ...rest, steps: [], interventions: [], isWhole: false, end: { at: 1, stop } };
  expect(trailLines({ goal: "g", trails: [old], more: false }, screen)).toEqual([
    "answer  2 calls, 240 tokens, taken up again 1 time, only its end is kept",
    "  ✖ agent-stuck: 2 step(s) repeat",
  ]);
});

test("a goal for which no agent reasons has no trail, and it is said", () => {
  expect(trailLines({ goal: "g", trails: [], more: false }, screen)).toEqual([
    "no agent reasons for goal g, or none has begun",
  ]);
});
