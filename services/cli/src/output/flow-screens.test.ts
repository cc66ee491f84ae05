import { type GoalRecord, summaryOf, viewOf } from "@troupe/goals";
import { expect, test } from "vitest";
import { goalListScreen } from "./goal-list-screen.ts";
import { goalScreen } from "./goal-screen.ts";
import { plainPaint } from "./paint.ts";
import { advance, noProgress } from "./progress.ts";
import { progressScreen } from "./progress-screen.ts";
import { resultScreen } from "./result-screen.ts";

const screen = { width: 96, paint: plainPaint };
const start = 1_800_000_000_000;

const task = (id: string, type: string, ...dependsOn: readonly string[]) => ({
  id,
  type,
  arguments: [],
  dependsOn: [...dependsOn],
});
const plan: readonly GoalRecord[] = [
  {
    type: "accepted",
    goal: { id: "pay", kind: "flow" },
    sequence: 1,
    node: "n1",
    trace: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`,
    tasks: [],
  },
  {
    type: "planned",
    plan: {},
    tasks: [
      task("book", "reserve"),
      task("ask", "approval", "book"),
      task("hint", "wait"),
      { ...task("send", "transfer", "ask", "hint"), tolerates: { hint: "skip" as const } },
    ],
    confidence: 1,
    criticalPath: ["book", "ask", "send"],
    risks: [],
  },
];
const book: GoalRecord = {
  type: "task-done",
  task: "book",
  attempt: 1,
  by: "n1/generalist",
  durationMs: 12,
  facts: {},
};
const asks: GoalRecord = {
  type: "approval-requested",
  task: "ask",
  attempt: 1,
  question: "pay 100?",
};
const hintFails: readonly GoalRecord[] = [
  {
    type: "task-failed",
    task: "hint",
    attempt: 1,
    by: "n1/generalist",
    error: { code: "odd", message: "no hint", retryable: false },
    classified: { class: "unknown", strategy: "fallback", evidence: "odd" },
    answer: "give-up",
  },
  { type: "task-dropped", task: "send", because: "hint", outcome: "skipped" },
];
const said = (approved: boolean): GoalRecord => ({
  type: "approval-given",
  task: "ask",
  approved,
  by: "ada",
});

function shown(...records: readonly GoalRecord[]) {
  const progress = [...plan, ...records].reduce(
    (before, record, index) =>
      advance(before, { sequence: index + 1, at: start + 10 * index, record }),
    noProgress("pay"),
  );
  const view = viewOf(progress.state);
  const now = start + 3_600_000;
  return {
    list: goalListScreen([summaryOf(progress.state)], now, screen)[1],
    show: goalScreen(view, now, screen).join("\n"),
    result: resultScreen(view, {}, screen).join("\n"),
    live: progressScreen(progress, start + 10 * records.length + 10, screen).join("\n"),
  };
}

test("a goal that sleeps says what it waits for, asks its question, and how to answer", () => {
  const { list, show, live } = shown(book, ...hintFails, asks, { type: "suspended" });
  expect(list).toContain("? asleep: waits for approval");
  expect(show).toContain("? asleep: waits for approval");
  expect(show).toContain("ask: pay 100?");
  // Nothing was decided for an hour: it still lasts.
  expect(show).toMatch(/so far +1 h/);
  expect(list).toMatch(/1 h/);
  expect(show).toContain("troupe goal approve pay [--reject]");
  expect(`\n${live}\n`).toMatchInlineSnapshot(`
    "
    ✔ plan             4 tasks, 3 on the critical path, 100% likely to succeed as it is        10 ms
    ✔ book (reserve)   n1/generalist                                                           12 ms
    ? ask (approval)   pay 100?
    ✖ hint (wait)      unknown → fallback
    – send (transfer)  left out, because of hint (wait)
    ? asleep: waits for approval; answer: troupe goal approve pay [--reject]
    "
  `);
});

test("a goal that asks while it works on says both", () => {
  const { list, live } = shown(book, asks);
  expect(list).toContain("? executing, asks for approval");
  expect(live).toContain("? waits for approval; answer: troupe goal approve pay [--reject]");
});

test("a goal that succeeded without some of its tasks says so, and why they were left out", () => {
  const { list, result } = shown(book, ...hintFails, asks, said(true), {
    type: "finished",
    result: {},
    partial: true,
  });
  expect(list).toContain("✔ succeeded in part");
  expect(result).toContain("✔ pay succeeded in part in");
  expect(result).toMatch(/– send \(transfer\) +left out, because of hint/);
  expect(result).toMatch(/✔ ask \(approval\) +answered by ada/);
});

test("a goal that is undone says what is undone, and how it ends", () => {
  const undoing: GoalRecord = {
    type: "compensating",
    outcome: "failed",
    error: { code: "rejected", message: "ada did not approve", retryable: false },
    tasks: [task("undo.book", "release")],
  };
  const { show, live } = shown(book, asks, said(false), undoing);
  expect(show).toContain("0 of 1 task undone");
  expect(show).toContain("ends as failed: ada did not approve");
  expect(live).toContain("↻ what was done is undone, then failed: ada did not approve");
  const done = { ...book, task: "undo.book" };
  const failed: GoalRecord = {
    type: "failed",
    error: undoing.error ?? { code: "", message: "", retryable: false },
  };
  expect(shown(book, asks, said(false), undoing, done, failed).result).toContain(
    "1 of 1 task undone",
  );
});
