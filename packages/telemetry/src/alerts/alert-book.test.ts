import { expect, test } from "vitest";
import { type AlertBook, alertsIn, emptyBook, lookAgain, type Notice } from "./alert-book.ts";
import { alertTrends } from "./alert-trend.ts";
import { ruleOf, titles } from "./alerts.test-data.ts";
import type { Finding } from "./condition.ts";
import type { Mark, Silence } from "./orders.ts";
import type { AlertRule } from "./rule.ts";

const much: Finding = { labels: {}, value: 12 };

/** A node that looks again and again; times in seconds. */
class Watcher {
  book: AlertBook = emptyBook;
  silences: Silence[] = [];
  marks: Record<string, Mark> = {};
  readonly #rules: readonly AlertRule[];
  readonly #handlers: readonly string[];

  constructor(rules: readonly AlertRule[], handlers: readonly string[] = ["log"]) {
    this.#rules = rules;
    this.#handlers = handlers;
  }

  look(seconds: number, ...findings: readonly Finding[]): readonly Notice[] {
    const { book, notices, gone } = lookAgain(this.book, {
      node: "n1",
      rules: this.#rules,
      findings: () => findings,
      silences: this.silences,
      marks: this.marks,
      handlers: this.#handlers,
      now: seconds * 1000,
    });
    this.book = book;
    for (const id of gone) delete this.marks[id];
    return notices;
  }
}

test("an alert is told once when it fires and once when it is over", () => {
  const watcher = new Watcher([ruleOf()]);
  expect(titles(watcher.look(0, much))).toEqual(["firing Much warning"]);
  expect(titles(watcher.look(15, much))).toEqual([]);
  expect(titles(watcher.look(30))).toEqual(["resolved Much warning"]);
  expect(titles(watcher.look(45))).toEqual([]);
  expect(watcher.book.history.map(({ at, change }) => [at, change])).toEqual([
    [0, "fired"],
    [30_000, "resolved"],
  ]);
});

test("its summary is filled in", () => {
  const rule = ruleOf({ summary: "{{ value }} of {{kind}} on {{node}}, {{what}}" });
  const [notice] = new Watcher([rule]).look(0, { labels: { kind: "clean" }, value: 0.123456 });
  expect(notice?.alert.summary).toBe("0.123 of clean on n1, {{what}}");
  const share = ruleOf({ summary: "{{percent}} on {{node}}" });
  const [all] = new Watcher([share]).look(0, { labels: {}, value: 1 });
  expect(all?.alert.summary).toBe("100 % on n1");
});

test("it fires only after its condition has held without a break", () => {
  const watcher = new Watcher([ruleOf({ for: 60 })]);
  expect(titles(watcher.look(0, much))).toEqual([]);
  expect(alertsIn(watcher.book)).toMatchObject([{ state: "pending" }]);
  expect(titles(watcher.look(30))).toEqual([]);
  expect(titles(watcher.look(45, much))).toEqual([]);
  expect(titles(watcher.look(90, much))).toEqual([]);
  expect(titles(watcher.look(105, much))).toEqual(["firing Much warning"]);
  expect(watcher.book.history).toHaveLength(1);
});

test("the same rule raises one alert for each set of labels", () => {
  const watcher = new Watcher([ruleOf()]);
  const a = { labels: { kind: "a" }, value: 11 };
  const b = { labels: { kind: "b" }, value: 12 };
  expect(watcher.look(0, a, b)).toHaveLength(2);
  const notices = watcher.look(15, a);
  expect(notices.map(({ kind, alert }) => [kind, alert.labels])).toEqual([
    ["resolved", { kind: "b" }],
  ]);
});

test("one that lasts is told again after its time", () => {
  const watcher = new Watcher([ruleOf({ repeat: 600 })]);
  watcher.look(0, much);
  expect(titles(watcher.look(599, much))).toEqual([]);
  expect(titles(watcher.look(600, much))).toEqual(["repeated Much warning"]);
  expect(titles(watcher.look(900, much))).toEqual([]);
  const quiet = new Watcher([ruleOf({ repeat: 0 })]);
  quiet.look(0, much);
  expect(titles(quiet.look(1_000_000, much))).toEqual([]);
});

test("one that lasts is escalated step by step, to more people", () => {
  const rule = ruleOf({
    repeat: 0,
    escalate: [
      { after: 900, severity: "critical", handlers: ["phone"] },
      { after: 3600, handlers: ["boss"] },
    ],
  });
  const watcher = new Watcher([rule], ["log", "phone", "boss"]);
  const told = (seconds: number) =>
    watcher
      .look(seconds, much)
      .map(({ kind, alert, handlers }) => [kind, alert.severity, handlers]);
  expect(told(0)).toEqual([["firing", "warning", ["log"]]]);
  expect(told(899)).toEqual([]);
  expect(told(900)).toEqual([["escalated", "critical", ["log", "phone"]]]);
  expect(told(3600)).toEqual([["escalated", "critical", ["log", "phone", "boss"]]]);
  expect(watcher.look(3700).map(({ kind, handlers }) => [kind, handlers])).toEqual([
    ["resolved", ["log", "phone", "boss"]],
  ]);
});

test("a silenced alert is kept and not told, until the silence ends", () => {
  const watcher = new Watcher([ruleOf()]);
  const silence = { id: "s1", rule: "Much", labels: { node: "n1" }, by: "me", reason: "moving" };
  watcher.silences = [{ ...silence, until: 100_000 }];
  expect(titles(watcher.look(0, much))).toEqual([]);
  expect(alertsIn(watcher.book)).toMatchObject([{ state: "firing", silenced: true }]);
  expect(titles(watcher.look(99, much))).toEqual([]);
  expect(titles(watcher.look(100, much))).toEqual(["firing Much warning"]);
});

test("nobody is told that something is over that they never heard of", () => {
  const watcher = new Watcher([ruleOf()]);
  watcher.silences = [{ id: "s", rule: "*", labels: {}, until: 100_000, by: "me", reason: "" }];
  watcher.look(0, much);
  expect(titles(watcher.look(200))).toEqual([]);
});

test.each([
  [{ rule: "Other", labels: {} }, 1],
  [{ rule: "Much", labels: { node: "n2" } }, 1],
  [{ rule: "Much", labels: { kind: "a" } }, 0],
  [{ rule: "*", labels: {} }, 0],
])("a silence %j is for those that it names", (of, told) => {
  const watcher = new Watcher([ruleOf()]);
  watcher.silences = [{ id: "s", ...of, until: 100_000, by: "me", reason: "" }];
  expect(watcher.look(0, { labels: { kind: "a" }, value: 1 })).toHaveLength(told);
});

test("the worst stand first", () => {
  const rules = [
    ruleOf({ name: "Info", severity: "info" }),
    ruleOf({ name: "Critical", severity: "critical" }),
    ruleOf({ name: "Warning" }),
  ];
  const watcher = new Watcher(rules);
  watcher.look(0, much);
  expect(alertsIn(watcher.book).map(({ rule }) => rule)).toEqual(["Critical", "Warning", "Info"]);
});

test("the history is bounded, and says which rules fire more than before", () => {
  const watcher = new Watcher([ruleOf()]);
  for (let i = 0; i < 2000; i += 1) {
    watcher.look(i * 10, much);
    watcher.look(i * 10 + 5);
  }
  expect(watcher.book.history).toHaveLength(1000);
  const change = (at: number, what: "fired" | "resolved", rule: string) => ({
    at: at * 1000,
    change: what,
    id: rule,
    rule,
    severity: "warning" as const,
    value: 1,
  });
  const history = [
    change(10, "fired", "Falls"),
    change(20, "resolved", "Falls"),
    change(70, "fired", "Rises"),
    change(80, "resolved", "Rises"),
    change(90, "fired", "Rises"),
  ];
  expect(alertTrends(history, 120_000, 60_000)).toEqual([
    { rule: "Rises", fired: 2, before: 0, trend: "rising", meanDurationMs: 10_000 },
    { rule: "Falls", fired: 0, before: 1, trend: "falling", meanDurationMs: 10_000 },
  ]);
});

const spoken = (what: Mark["what"], seconds: number): Mark => ({
  what,
  node: "n1",
  at: seconds * 1000,
  by: "ada",
  reason: "on it",
});

test("an acknowledged alert is neither repeated nor escalated, and is told when it is over", () => {
  const rule = ruleOf({ repeat: 60, escalate: [{ after: 120, severity: "critical" }] });
  const watcher = new Watcher([rule]);
  watcher.look(0, much);
  const [{ id } = { id: "" }] = alertsIn(watcher.book);
  watcher.marks[id] = spoken("acknowledged", 30);
  expect(titles(watcher.look(90, much))).toEqual([]);
  expect(titles(watcher.look(600, much))).toEqual([]);
  expect(alertsIn(watcher.book)).toMatchObject([
    { severity: "warning", acknowledged: { by: "ada", reason: "on it", at: 30_000 } },
  ]);
  expect(titles(watcher.look(700))).toEqual(["resolved Much warning"]);
  expect(watcher.book.history.map(({ change, by }) => [change, by])).toEqual([
    ["fired", undefined],
    ["acknowledged", "ada"],
    ["resolved", undefined],
  ]);
});

test("what people said counts until the condition has been gone for five minutes, also when it flaps", () => {
  const watcher = new Watcher([ruleOf()]);
  watcher.look(0, much);
  const [{ id } = { id: "" }] = alertsIn(watcher.book);
  watcher.marks[id] = spoken("acknowledged", 10);
  watcher.look(20);
  expect(titles(watcher.look(300, much))).toEqual([]);
  watcher.look(320);
  watcher.look(619);
  expect(watcher.marks).toHaveProperty([id]);
  watcher.look(620);
  expect(watcher.marks).toEqual({});
  expect(titles(watcher.look(640, much))).toEqual(["firing Much warning"]);
});

test("an alert that people resolved is over, and does not fire while its condition goes on", () => {
  const watcher = new Watcher([ruleOf()]);
  watcher.look(0, much);
  const [{ id } = { id: "" }] = alertsIn(watcher.book);
  watcher.marks[id] = spoken("resolved", 10);
  expect(titles(watcher.look(15, much))).toEqual(["resolved Much warning"]);
  expect(alertsIn(watcher.book)).toEqual([]);
  expect(watcher.book.history.at(-1)).toMatchObject({ change: "resolved", by: "ada" });
  expect(titles(watcher.look(3600, much))).toEqual([]);
  watcher.look(3700);
  watcher.look(4000);
  expect(titles(watcher.look(4015, much))).toEqual(["firing Much warning"]);
});

test("a node that was restarted does not tell anew of what was acknowledged", () => {
  const watcher = new Watcher([ruleOf({ repeat: 60 })]);
  watcher.look(0, much);
  const [{ id } = { id: "" }] = alertsIn(watcher.book);
  const restarted = new Watcher([ruleOf({ repeat: 60 })]);
  restarted.marks[id] = spoken("acknowledged", 10);
  expect(titles(restarted.look(100, much))).toEqual([]);
  expect(titles(restarted.look(200))).toEqual(["resolved Much warning"]);
});
