import { applyRecords, type GoalView, unknownGoal, viewOf } from "@troupe/goals";
import { expect, test } from "vitest";
import { exampleCourse } from "./example-course.ts";
import { plainPaint } from "./paint.ts";
import { resultScreen } from "./result-screen.ts";

const screen = { width: 96, paint: plainPaint };

function example(): GoalView {
  return viewOf(
    exampleCourse.reduce(
      (state, { record, at }) => applyRecords(state, [record], at),
      unknownGoal("movies-3fa2c1"),
    ),
  );
}

test("the result shows files, rows with reasons, votes, who did what, the replanning and the critical path", () => {
  const view = example();
  const shown = resultScreen(view, {}, screen).join("\n");
  expect(`\n${shown}\n`).toMatchInlineSnapshot(`
    "
    ✔ movies-3fa2c1 succeeded in 8.3 s

    What there is now
      clean data  /data/datasets/movies/v1/data.parquet
      report      /data/datasets/movies/v1/report.html
      quarantine  /data/datasets/movies/v1/quarantine.parquet
      lineage     /data/datasets/movies/v1/lineage.json
      manifest    /data/datasets/movies/v1/manifest.json
      pictures    /data/datasets/movies/v1/quality.svg
      columns     2 columns, quality score 98.2 of 100

    Rows
      3,201 in the source
      3,189 kept         ███████████████████▉ 99.6%
         40 repaired     ▎                    1.2%
         11 quarantined  ▏                    0.3%
          1 duplicates   ▏                    0.1%

    Why rows changed
      40 repaired     Release Date: read as text, holds a date
      11 quarantined  Release Date: release date in the future

    Votes: 2 questions disputed, 1 decided
      type of 'Release Date'  DATE ████ 2  VARCHAR ██ 1  of 3 → DATE
      key                     Title ██ 1  none ██ 1  of 3 → undecided (no option reached two thirds)

    Who did what
        task                          won by          bid  bidders  tries    took
      ✔ profile movies                node-2/worker  0.31        3      1  640 ms
      ✔ draft-rules movies            node-1/worker  0.31        3      1  350 ms
      ✔ stage movies                  node-3/worker  0.31        3      1   2.0 s
      ✖ check movies                  node-2/worker  0.31        3      1
      ✔ validate movies Release Date  node-1/worker  0.31        3      1  600 ms
      ✔ check movies                  node-2/worker  0.31        3      1  610 ms
      ✔ publish movies                node-3/worker  0.31        3      1   1.1 s

    Replanned
      ↻ data-mismatch → replan
        because 12 rows hold release dates in the future
        added validate movies Release Date and check movies
        kept draft-rules movies, stage movies and publish movies

    Critical path
      stage movies (2.0 s) → validate movies Release Date (600 ms) → check movies (610 ms)
      → publish movies (1.1 s)
      4.3 s of work that nothing could run beside, by measured durations

    Look closer
      troupe trace movies-3fa2c1
      troupe plan movies-3fa2c1
    "
  `);
});

test("a failed goal says why, and shows what was done", () => {
  const view: GoalView = {
    ...example(),
    phase: "failed",
    result: undefined,
    failure: { code: "no-plan", message: "there is no plan", retryable: false },
  };
  const shown = resultScreen(view, {}, screen).join("\n");
  expect(shown.split("\n")[0]).toBe("✖ movies-3fa2c1 failed after 8.3 s: there is no plan");
  expect(shown).toContain("Who did what");
  expect(shown).not.toContain("What there is now");
});

test("where to look in Jaeger is told when spans are sent somewhere", () => {
  const options = { otlpEndpoint: "http://jaeger:4318" };
  const shown = resultScreen(example(), options, screen).join("\n");
  expect(shown).toContain(
    "trace 4bf92f3577b34da6a3ce929d0e0e4736 in Jaeger (spans are sent to http://jaeger:4318)",
  );
});

test("what data or other processes say can't steer the terminal", () => {
  const view: GoalView = { ...example(), phase: "failed", error: "\u001b[2Jgone\u0007\nreally" };
  const head = resultScreen({ ...view, failure: undefined }, {}, screen)[0];
  expect(head).toBe("✖ movies-3fa2c1 failed after 8.3 s: gone\ufffd really");
});

test("the result of a large file shows what was done in parts, and who was lost on the way", () => {
  const view = example();
  const delegation = { lead: "n1", pieces: 20, nodes: ["n1", "n2"], lost: ["n2/foreman"] };
  const result = { ...(view.result as object), delegations: [{ task: "stage", ...delegation }] };
  const shown = resultScreen({ ...view, result }, {}, screen).join("\n");
  expect(shown).toContain(
    "Done in parts\n  stage       20 pieces on n1, n2; lost on the way: n2/foreman\n",
  );
});
