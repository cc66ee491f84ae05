import { expect, test } from "vitest";
import { SeriesHistory } from "../alerts/series-history.ts";
import type { Sample } from "../metrics/sample.ts";
import { performanceOf } from "./performance.ts";

const minute = 60_000;

function counter(metric: string, labels: Sample["labels"], value: number, at: number): Sample {
  return { metric, labels, at, value, growing: true };
}

/** A node that ends ten goals a minute for ten minutes, and then twenty, of which half fail. */
function busyHistory(): SeriesHistory {
  const history = new SeriesHistory(3600);
  let succeeded = 0;
  let failed = 0;
  for (let step = 0; step <= 20; step += 1) {
    const at = step * minute;
    if (step > 10) failed += 10;
    if (step > 0) succeeded += 10;
    const buckets = [
      { upTo: 1, count: 0 },
      { upTo: 2, count: step },
      { upTo: Number.POSITIVE_INFINITY, count: step },
    ];
    history.add(
      [
        counter("troupe_goals_ended_total", { outcome: "succeeded" }, succeeded, at),
        counter("troupe_goals_ended_total", { outcome: "failed" }, failed, at),
        {
          ...counter("troupe_goal_duration_seconds", {}, step, at),
          histogram: { sum: step, buckets },
        },
        { metric: "process_cpu_utilization_ratio", labels: {}, at, value: 0.5, growing: false },
      ],
      at,
    );
  }
  return history;
}

test("performance is of the last window, against the one before it", () => {
  const indicators = performanceOf(busyHistory(), 20 * minute, 10 * minute);
  const of = (name: string) => indicators.find((one) => one.name === name);
  expect(of("goals ended")).toEqual({
    name: "goals ended",
    unit: "per minute",
    value: 20,
    before: 10,
    trend: "better",
  });
  expect(of("goals failed")).toMatchObject({ value: 0.5, before: 0, trend: "worse" });
  expect(of("goal duration p50")).toMatchObject({ value: 1.5, before: 1.5, trend: "steady" });
  expect(of("processor use")).toMatchObject({ value: 0.5, trend: "steady" });
  expect(of("votes decided")).toEqual({ name: "votes decided", unit: "share", trend: "unknown" });
});
