import { applyRecords, type GoalView, unknownGoal, viewOf } from "@troupe/goals";
import { expect, test } from "vitest";
import { exampleCourse } from "./example-course.ts";
import { plainPaint } from "./paint.ts";
import { planScreen } from "./plan-screen.ts";

const screen = { width: 96, paint: plainPaint };

const step = (action: string, duration: number, successProbability: number) => ({
  id: action,
  action,
  args: ["movies"],
  duration,
  successProbability,
});

/** The shown parts of a plan of the clean kind. */
const plan = {
  steps: [step("stage", 4, 0.97), step("check", 2, 0.8), step("publish", 3, 0.98)],
  decomposition: [
    {
      id: "top",
      task: "publish-clean",
      args: ["movies"],
      method: "prepare-assure-deliver",
      children: ["stage", "assure", "publish"],
    },
    { id: "assure", task: "assure", args: ["movies"], method: "gate", children: ["check"] },
  ],
  roots: ["top"],
  criticalPath: ["stage", "check", "publish"],
  phases: {
    risk: {
      steps: [
        {
          step: "check",
          failureProbability: 0.2,
          contingency: { method: "examine-suspect", confidence: 0.7 },
        },
        { step: "stage", failureProbability: 0.03 },
      ],
    },
  },
};

function example(): GoalView {
  return viewOf(
    exampleCourse.reduce(
      (state, { record, at }) => applyRecords(state, [record], at),
      unknownGoal("movies-3fa2c1"),
    ),
  );
}

test("a plan is shown as a tree with methods, its tasks, how sure it is, what may fail and what changed", () => {
  const shown = planScreen({ ...example(), plan }, screen).join("\n");
  expect(`\n${shown}\n`).toMatchInlineSnapshot(`
    "
    movies-3fa2c1  ✔ succeeded

    Decomposition
      publish-clean movies  by prepare-assure-deliver
      ├─ stage movies  4.0 s, 97.0%
      ├─ assure movies  by gate
      │  └─ check movies  2.0 s, 80.0%
      └─ publish movies  3.0 s, 98.0%

    Tasks
      task                          status    took  after
      profile movies                done    640 ms
      draft-rules movies            done    350 ms
      stage movies                  done     2.0 s
      check movies                  failed          draft-rules movies and stage movies
      validate movies Release Date  done    600 ms  stage movies
      check movies                  done    610 ms  draft-rules movies and validate movies Release …
      publish movies                done     1.1 s  check movies

    How sure
      91.0% that the data is what was agreed on
      86.0% that the plan succeeds without further repair

    Critical path
      planned   draft-rules movies → stage movies → validate movies Release Date → check movies →
      publish movies
      measured  stage movies → validate movies Release Date → check movies → publish movies, 4.3 s

    Risks
      20.0% check movies fails → then by examine-suspect (70.0% likely)
      3.0% stage movies fails → no other way was found

    Replanned
      ↻ data-mismatch → replan
        because 12 rows hold release dates in the future
        added validate movies Release Date and check movies
        kept draft-rules movies, stage movies and publish movies
    "
  `);
});

test("a plan of another make is shown without the tree", () => {
  const view = { ...example(), plan: { of: "another kind" } };
  const shown = planScreen(view, screen).join("\n");
  expect(shown).not.toContain("Decomposition");
  expect(shown).toContain("check may find suspect columns");
});

test("a goal without a plan says so", () => {
  const view = { ...example(), phase: "analysing", plan: undefined };
  expect(planScreen(view, screen).join("\n")).toContain("There is no plan yet");
});
