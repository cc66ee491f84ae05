import { expect, test } from "vitest";
import type { NodeStatus } from "../status/node-status.ts";
import { performanceReport, recommendationsFor } from "./performance-report.ts";
import { renderReport } from "./render-report.ts";
import { reportFormats } from "./report.ts";
import { statusReport } from "./status-report.ts";

const at = Date.UTC(2026, 0, 1, 12);

function status(node: string, but: Partial<NodeStatus> = {}): NodeStatus {
  return {
    node,
    version: "0.1.0",
    at,
    startedAt: at - 3_600_000,
    health: { score: 100, status: "healthy", checks: [], deductions: [] },
    shedding: false,
    recovered: [],
    resources: { cpu: 0.25, memory: 0.5, memoryBytes: 2 ** 30, lagSeconds: 0.001 },
    cluster: ["n1", "n2"],
    goals: { executing: 2 },
    actors: { total: 7, waiting: 0, shown: [] },
    quarantine: 0,
    alerts: [],
    alertHistory: [],
    alertOrders: [],
    silences: [],
    performance: { windowMs: 900_000, indicators: [] },
    leftOut: {},
    ...but,
  };
}
const evil = "<script>alert(1)</script> | `x`\u001b[2J\nline";
const alert: NodeStatus["alerts"][number] = {
  id: "MailboxFull@n1[]",
  rule: "MailboxFull",
  node: "n1",
  state: "firing",
  severity: "critical",
  labels: {},
  value: 0.9,
  summary: evil,
  runbook: "docs/operations.md#mailboxfull",
  since: at,
  firedAt: at,
  silenced: false,
  escalations: 0,
};
const unwell: Partial<NodeStatus> = {
  health: {
    score: 40,
    status: "unhealthy",
    checks: [{ name: "cpu", status: "fail", detail: "95 % of its processors" }],
    deductions: [{ points: 30, because: "it uses 95 % of its processors" }],
  },
  alerts: [alert],
  shedding: true,
  recovered: [{ at, action: "shed", why: "it uses 95 % of its memory" }],
  actors: {
    total: 1,
    waiting: 9000,
    shown: [
      {
        address: "n1/slow",
        protocol: "worker",
        state: "running",
        capabilities: [],
        waiting: 9000,
        capacity: 10_000,
        atWork: "award",
      },
    ],
  },
};

test("a status report says who is there, what fires, and who does not answer", () => {
  const text = renderReport(statusReport([status("n1", unwell), status("n2")], ["n3"], at), "text");
  for (const line of [
    "2 node(s) answer, 1 of them healthy",
    "no answer from n3",
    "4 goal(s) under way, 1 alert(s) fire",
    "n1    unhealthy, takes no goals  40     25 %  1024 MiB, 50 %  1 ms  1       9000     0",
    "critical  MailboxFull  n1",
    "executing  4",
    "n1    cpu    fail    95 % of its processors",
    "shed    it uses 95 % of its memory",
    "n1/slow  worker    running  9000     award",
  ]) {
    expect(text).toContain(line);
  }
});

test("a deployment without nodes is told as such", () => {
  expect(renderReport(statusReport([], [], at), "text")).toContain("no node answers");
});

test.each(reportFormats)("text from elsewhere stays text in %s", (format) => {
  const written = renderReport(statusReport([status("n1", unwell)], [], at), format);
  expect(written.endsWith("\n")).toBe(true);
  if (format === "json") {
    expect(JSON.parse(written)).toMatchObject({ at, missing: [], nodes: [{ node: "n1" }] });
    return;
  }
  expect(written).not.toContain("\u001b");
  expect(written).not.toContain("[2J\nline");
  if (format === "html") {
    expect(written).toContain("&lt;script&gt;");
    expect(written).not.toContain("<script>");
    expect(written.startsWith("<!doctype html>")).toBe(true);
  }
  if (format === "markdown") {
    expect(written).toContain("\\<script\\>alert(1)\\</script\\> \\| \\`x\\`");
    expect(written).toContain("| --- | --- |");
  }
});

const indicator = (
  name: string,
  value: number,
  trend: "better" | "worse" | "steady" = "steady",
): NodeStatus["performance"]["indicators"][number] => ({
  name,
  unit: "share",
  value,
  before: value,
  trend,
});
const doing = (...indicators: NodeStatus["performance"]["indicators"]) =>
  status("n1", { performance: { windowMs: 900_000, indicators } });

test.each([
  [doing(indicator("processor use", 0.71)), "processors: start another node"],
  [doing(indicator("memory use", 0.81)), "81 % of its memory"],
  [doing(indicator("event loop lag", 0.3)), "callbacks run late"],
  [doing(indicator("time in mailbox p95", 2)), "messages wait long"],
  [doing(indicator("messages failed", 0.06)), "6 % of messages fail"],
  [doing(indicator("goals failed", 0.06)), "6 % of goals fail"],
  [doing(indicator("auctions won", 0.4)), "most auctions find nobody"],
  [doing(indicator("votes decided", 0.8)), "votes often decide nothing"],
  [doing(indicator("coordination efficiency", 0.7)), "done in vain"],
  [doing(indicator("journal append p95", 1.1)), "the journal is slow"],
  [doing(indicator("goal duration p95", 9, "worse")), "goals take longer than before"],
  [status("n1", { quarantine: 3 }), "3 message(s) are in quarantine"],
])("what would help is said: %#", (node, advice) => {
  const found = recommendationsFor([node]);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({ node: "n1", text: expect.stringContaining(advice) });
});

test("nothing is recommended to nodes that do well", () => {
  const well = doing(
    indicator("processor use", 0.7),
    indicator("memory use", 0.8),
    indicator("auctions won", 1),
    indicator("goals failed", 0.05),
  );
  expect(recommendationsFor([well])).toEqual([]);
  expect(renderReport(performanceReport([well], at), "text")).toContain("nothing to do");
});

test("when many nodes are unwell together, a common cause is looked for", () => {
  const texts = (...nodes: readonly NodeStatus[]) =>
    recommendationsFor(nodes).map(({ text }) => text);
  const ill = { health: { ...status("n").health, score: 69 } };
  expect(texts(status("n1", ill), status("n2"), status("n3")).join()).toContain(
    "a cause that they share",
  );
  expect(texts(status("n1", ill), status("n2"), status("n3"), status("n4")).join()).not.toContain(
    "a cause that they share",
  );
});

test("a performance report tells numbers, where they go, and how alerts went", () => {
  const fired = {
    change: "fired",
    id: "a",
    rule: "HighCpu",
    severity: "warning",
    value: 1,
  } as const;
  const node = status("n1", {
    performance: {
      windowMs: 900_000,
      indicators: [
        { name: "goals ended", unit: "per minute", value: 2, before: 4, trend: "worse" },
        { name: "goal duration p95", unit: "seconds", value: 0.1234, trend: "unknown" },
      ],
    },
    alertHistory: [{ ...fired, at: at - 1000 }],
  });
  const markdown = renderReport(performanceReport([node], at), "markdown");
  expect(markdown).toContain("the last 15 minutes of 1 node(s)");
  expect(markdown).toContain("worse on n1: goals ended");
  expect(markdown).toContain("| goals ended | 2/min | 4/min | worse |");
  expect(markdown).toContain("| goal duration p95 | 123 ms | - | unknown |");
  expect(markdown).toContain("| HighCpu | 1 | 0 | rising | - |");
});
