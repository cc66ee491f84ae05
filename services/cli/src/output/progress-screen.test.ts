import { expect, test } from "vitest";
import { exampleCourse, exampleStart } from "./example-course.ts";
import { colourPaint, plainPaint } from "./paint.ts";
import { advance, noProgress, type Progress } from "./progress.ts";
import { progressScreen } from "./progress-screen.ts";
import { widthOf } from "./text.ts";

const screen = { width: 96, paint: plainPaint };

function progressUntil(ms: number): Progress {
  return exampleCourse
    .filter(({ at }) => at <= exampleStart + ms)
    .reduce(advance, noProgress("movies-3fa2c1"));
}

function shownAt(ms: number): string {
  return `\n${progressScreen(progressUntil(ms), exampleStart + ms, screen).join("\n")}\n`;
}

test("a goal nobody has taken yet is waited for", () => {
  const shown = progressScreen(noProgress("g"), exampleStart, screen);
  expect(shown).toEqual(["⠋ waiting for a node to take the goal"]);
});

test("an awarded task shows its winner, bid, bidders and running time", () => {
  expect(shownAt(500)).toMatchInlineSnapshot(`
    "
    ⠦ profile movies     node-2/worker at 0.31 of 3 bids                                      380 ms
    · agree on the data
    "
  `);
});

test("votes, the plan and what waits for what are shown once they are known", () => {
  expect(shownAt(3000)).toMatchInlineSnapshot(`
    "
    ✔ profile movies      node-2/worker at 0.31 of 3 bids                                     640 ms
    ✔ agree on the data   3 analysts, 2 votes, 91.0% sure                                      1.2 s
        type of 'Release Date'  DATE ████ 2  VARCHAR ██ 1  of 3 → DATE
        key                     Title ██ 1  none ██ 1  of 3 → undecided (no option reached two thir…
    ✔ plan                4 tasks, 3 on the critical path, 74.0% likely to succeed as it is    50 ms
    ✔ draft-rules movies  node-1/worker at 0.31 of 3 bids                                     350 ms
    ⠧ stage movies        node-3/worker at 0.31 of 3 bids                                     690 ms
    · check movies        after stage movies
    · publish movies      after check movies
    "
  `);
});

test("a failure shows its class and what answers it, and the repaired plan shows what changed and why", () => {
  expect(shownAt(5500)).toMatchInlineSnapshot(`
    "
    ✔ profile movies                node-2/worker at 0.31 of 3 bids                           640 ms
    ✔ agree on the data             3 analysts, 2 votes, 91.0% sure                            1.2 s
        type of 'Release Date'  DATE ████ 2  VARCHAR ██ 1  of 3 → DATE
        key                     Title ██ 1  none ██ 1  of 3 → undecided (no option reached two thir…
    ✔ plan                          6 tasks, 5 on the critical path, 86.0% likely to succe…    50 ms
    ✔ draft-rules movies            node-1/worker at 0.31 of 3 bids                           350 ms
    ✔ stage movies                  node-3/worker at 0.31 of 3 bids                            2.0 s
    ✖ check movies                  data-mismatch → replan
    ⠇ validate movies Release Date  node-1/worker at 0.31 of 3 bids                           100 ms
    · check movies                  after validate movies Release Date
    · publish movies                after check movies
    ↻ replanned: kept 3, added validate movies Release Date and check movies
        because 12 rows hold release dates in the future
    "
  `);
});

test("no line is wider than the screen, in colours or without, at any moment of the course", () => {
  for (const paint of [plainPaint, colourPaint]) {
    for (const width of [20, 40, 80, 120]) {
      for (const { at } of exampleCourse) {
        const lines = progressScreen(progressUntil(at - exampleStart), at, { width, paint });
        expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(width);
      }
    }
  }
});
