import { expect, test } from "vitest";
import type { ChaosPlan, ChaosReport } from "../chaos/report.ts";
import { chaosNewsLines, chaosReportLines } from "./chaos-lines.ts";
import { plainPaint } from "./paint.ts";

const screen = { width: 100, paint: plainPaint };
const plan: ChaosPlan = {
  seed: 7,
  kind: "clean",
  goals: 60,
  nodes: 3,
  minutes: 5,
  kill: ["nodes", "nats"],
  everySeconds: 2,
};
const report: ChaosReport = {
  ...plan,
  ok: true,
  acknowledged: 60,
  ended: { finished: 59, failed: 1, cancelled: 0 },
  lost: 0,
  doubled: 0,
  unacknowledged: 0,
  resumes: 21,
  longestStall: { ms: 9400, goal: "chaos-0004", after: "awarded", at: 0 },
  problems: [],
  failures: [],
  faults: { nodes: 30, nats: 29, pause: 0 },
  skipped: 2,
  crashes: 0,
  seconds: 120,
  goalsPerSecond: 0.5,
};

test("the seed is told before anything happens", () => {
  expect(chaosNewsLines({ type: "plan", ...plan }, screen)).toEqual([
    "seed 7: 60 clean goals on 3 nodes, a fault every 2 s (nodes, nats), at most 5 min",
  ]);
});

test("a node that ended by itself is told, one that was killed is not", () => {
  const crash = { type: "node", node: "a", state: "crashed", why: "exit code 1" } as const;
  expect(chaosNewsLines(crash, screen)).toEqual(["! a ended by itself: exit code 1"]);
  expect(chaosNewsLines({ type: "node", node: "a", state: "killed" }, screen)).toEqual([]);
});

test("a good run is told with its figures", () => {
  expect(chaosReportLines(report, screen)).toEqual([
    "",
    "✔ nothing lost, nothing doubled, all goals ended",
    "  goals     60 acknowledged; 59 finished, 1 failed, 0 cancelled",
    "  faults    30 nodes killed, 29 times nats-server, 0 pauses; 2 left out, 0 crashes",
    "  resumed   21 times",
    "  stall     9.4 s (chaos-0004 after 'awarded')",
    "  pace      0.5 goals/s over 2 min 0 s",
  ]);
});

test("a bad run names its goals, up to a bound", () => {
  const problems = Array.from({ length: 25 }, (_, at) => ({ goal: `g${at}`, what: "is lost" }));
  const lines = chaosReportLines({ ...report, ok: false, lost: 25, problems }, screen);
  expect(lines[1]).toBe("✖ 25 lost, 0 doubled, 0 unacknowledged");
  expect(lines).toContain("  ✖ g19: is lost");
  expect(lines.at(-1)).toBe("  and 5 more");
  const few = chaosReportLines({ ...report, ok: false, problems: problems.slice(0, 20) }, screen);
  expect(few.at(-1)).toBe("  ✖ g19: is lost");
});
