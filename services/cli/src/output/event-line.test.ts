import { expect, test } from "vitest";
import { eventLine } from "./event-line.ts";
import { exampleCourse } from "./example-course.ts";
import { advance, noProgress } from "./progress.ts";

test("every decision is one plain line with the time since the goal was accepted", () => {
  let progress = noProgress("movies-3fa2c1");
  const lines = exampleCourse.map((event) => {
    progress = advance(progress, event);
    return eventLine(event, progress);
  });
  expect(`\n${lines.join("\n")}\n`).toMatchInlineSnapshot(`
    "
        0.00 s  accepted    goal movies-3fa2c1 (clean) by node-1
        0.12 s  awarded     profile movies to node-2/worker at 0.31 of 3 bids
        0.90 s  done        profile movies in 640 ms
        2.10 s  agreed      3 analysts, 2 votes, 91.0% sure
        2.15 s  planned     4 tasks, 3 on the critical path, 74.0% likely to succeed as it is
        2.30 s  awarded     draft-rules movies to node-1/worker at 0.31 of 3 bids
        2.31 s  awarded     stage movies to node-3/worker at 0.31 of 3 bids
        2.70 s  done        draft-rules movies in 350 ms
        4.40 s  done        stage movies in 2.0 s
        4.50 s  awarded     check movies to node-2/worker at 0.31 of 3 bids
        5.20 s  task failed check movies: 12 rows hold release dates in the future (data-mismatch, replan: the plan is repaired)
        5.23 s  replanned   kept 3, added validate movies Release Date and check movies; because 12 rows hold release dates in the future
        5.40 s  awarded     validate movies Release Date to node-1/worker at 0.31 of 3 bids
        6.10 s  done        validate movies Release Date in 600 ms
        6.20 s  awarded     check movies to node-2/worker at 0.31 of 3 bids
        6.90 s  done        check movies in 610 ms
        7.00 s  awarded     publish movies to node-3/worker at 0.31 of 3 bids
        8.20 s  done        publish movies in 1.1 s
        8.26 s  succeeded   goal movies-3fa2c1
    "
  `);
});

test("a failure without a class of its own is told without one", () => {
  const line = eventLine(
    {
      sequence: 9,
      at: 1000,
      record: {
        type: "task-failed",
        task: "profile",
        attempt: 1,
        by: "node-1/scout",
        error: { code: "source-not-found", message: "there is no file 'x'", retryable: false },
        classified: { class: "unknown", strategy: "fallback", evidence: "none" },
        answer: "give-up",
      },
    },
    noProgress("g1"),
  );
  expect(line).toContain("there is no file 'x' (no other way)");
});
