import type { RunEvent } from "@troupe/goals";
import { expect, test } from "vitest";
import { lineageLines, lineageRuns } from "./lineage-lines.ts";
import { plainPaint } from "./paint.ts";

const event = (
  eventType: RunEvent["eventType"],
  runId: string,
  more: Partial<RunEvent> = {},
): RunEvent => ({
  eventType,
  eventTime: "2026-01-01T00:00:00.000Z",
  producer: "https://example.org",
  schemaURL: "https://example.org",
  run: { runId },
  job: { namespace: "troupe", name: `job-${runId}` },
  inputs: [{ namespace: "file", name: "in.csv" }],
  outputs: [],
  ...more,
});

const events = [
  event("START", "goal"),
  event("START", "task"),
  event("COMPLETE", "task", { outputs: [{ namespace: "troupe", name: "g/profile" }] }),
  event("RUNNING", "goal"),
];

test("a run is where its newest event says that it is", () => {
  const [goal, task] = lineageRuns(events);
  expect(goal).toMatchObject({ job: "job-goal", state: "RUNNING", outputs: [] });
  expect(goal).not.toHaveProperty("endedAt");
  expect(task).toMatchObject({ state: "COMPLETE", inputs: ["in.csv"], outputs: ["g/profile"] });
});

test("each run is a line with what it read and made", () => {
  const lines = lineageLines(lineageRuns(events), { width: 100, paint: plainPaint });
  expect(lines.some((line) => /job-task\s+complete\s+in\.csv\s+g\/profile/.test(line))).toBe(true);
});
