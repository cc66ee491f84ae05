import type { GoalEvent, GoalRecord } from "@troupe/goals";

/** When the example goal was accepted. */
export const exampleStart = 1_800_000_000_000;

const bids = (...scores: readonly number[]) =>
  scores.map((score, index) => ({
    bidder: `node-${index + 1}/worker`,
    cost: 1,
    durationMs: 500,
    quality: 0.9,
    confidence: 0.8,
    score,
  }));

const awarded = (task: string, node: number, attempt = 1): GoalRecord => ({
  type: "awarded",
  tasks: [task],
  attempt,
  lot: `${task}-${attempt}`,
  winner: `node-${node}/worker`,
  price: 0.31,
  bids: bids(0.7, 0.6, 0.5),
  declined: [],
});

const done = (task: string, node: number, durationMs: number, attempt = 1): GoalRecord => ({
  type: "task-done",
  task,
  attempt,
  by: `node-${node}/worker`,
  durationMs,
  facts: {},
});

const task = (id: string, type: string, argument: string, ...dependsOn: readonly string[]) => ({
  id,
  type,
  arguments: argument === "" ? ["movies"] : ["movies", argument],
  dependsOn: [...dependsOn],
});

const firstPlan = [
  task("draft-rules-1", "draft-rules", ""),
  task("stage-1", "stage", ""),
  task("check-1", "check", "", "draft-rules-1", "stage-1"),
  task("publish-1", "publish", "", "check-1"),
];
const mendedPlan = [
  task("draft-rules-1", "draft-rules", ""),
  task("stage-1", "stage", ""),
  task("validate-1", "validate", "Release Date", "stage-1"),
  task("check-2", "check", "", "draft-rules-1", "validate-1"),
  task("publish-1", "publish", "", "check-2"),
];

const gateError = {
  code: "quality-gate",
  message: "12 rows hold release dates in the future",
  retryable: false,
};

/** The clean result the example ends with. */
const exampleResult = {
  dataset: "movies",
  folder: "/data/datasets/movies/v1",
  files: {
    data: "/data/datasets/movies/v1/data.parquet",
    quarantine: "/data/datasets/movies/v1/quarantine.parquet",
    report: "/data/datasets/movies/v1/report.html",
    lineage: "/data/datasets/movies/v1/lineage.json",
    manifest: "/data/datasets/movies/v1/manifest.json",
    pictures: ["/data/datasets/movies/v1/quality.svg"],
  },
  rows: { source: 3201, kept: 3189, repaired: 40, quarantined: 11, duplicates: 1 },
  reasons: [
    { reason: "read as text, holds a date", column: "Release Date", rows: 40, action: "repaired" },
    {
      reason: "release date in the future",
      column: "Release Date",
      rows: 11,
      action: "quarantined",
    },
  ],
  columns: [
    { name: "Title", type: "VARCHAR" },
    { name: "Release Date", type: "DATE" },
  ],
  quality: { score: 98.2, findings: 2 },
};

const records: readonly (readonly [atMs: number, record: GoalRecord])[] = [
  [
    0,
    {
      type: "accepted",
      goal: {
        id: "movies-3fa2c1",
        kind: "clean",
        source: "/samples/movies.json",
        output: "movies",
      },
      sequence: 7,
      node: "node-1",
      trace: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      tasks: [task("profile", "profile", "")],
    },
  ],
  [120, awarded("profile", 2)],
  [900, done("profile", 2, 640)],
  [
    2100,
    {
      type: "deliberated",
      agreement: {},
      proposals: [1, 2, 3].map((n) => ({ member: `node-${n}/analyst`, summary: "16 columns" })),
      votes: [
        {
          id: "v1",
          question: "type of 'Release Date'",
          decided: "DATE",
          counts: { DATE: 2, VARCHAR: 1 },
          electorate: 3,
          abstained: [],
          missing: [],
          ballots: [],
        },
        {
          id: "v2",
          question: "key",
          reason: "no option reached two thirds",
          counts: { Title: 1, none: 1 },
          electorate: 3,
          abstained: ["node-3/analyst"],
          missing: [],
          ballots: [],
        },
      ],
      confidence: 0.91,
    },
  ],
  [
    2150,
    {
      type: "planned",
      plan: {},
      tasks: firstPlan,
      confidence: 0.74,
      criticalPath: ["stage-1", "check-1", "publish-1"],
      risks: ["check may find suspect columns"],
    },
  ],
  [2300, awarded("draft-rules-1", 1)],
  [2310, awarded("stage-1", 3)],
  [2700, done("draft-rules-1", 1, 350)],
  [4400, done("stage-1", 3, 2010)],
  [4500, awarded("check-1", 2)],
  [
    5200,
    {
      type: "task-failed",
      task: "check-1",
      attempt: 1,
      by: "node-2/worker",
      error: gateError,
      classified: { class: "data-mismatch", strategy: "replan", evidence: "12 findings" },
      answer: "replan",
    },
  ],
  [
    5230,
    {
      type: "replanned",
      cause: gateError.message,
      class: "data-mismatch",
      strategy: "replan",
      plan: {},
      tasks: mendedPlan,
      kept: ["draft-rules-1", "stage-1", "publish-1"],
      removed: [],
      added: ["validate-1", "check-2"],
      confidence: 0.86,
      criticalPath: ["draft-rules-1", "stage-1", "validate-1", "check-2", "publish-1"],
      risks: ["check may find suspect columns"],
      learned: {},
    },
  ],
  [5400, awarded("validate-1", 1)],
  [6100, done("validate-1", 1, 600)],
  [6200, awarded("check-2", 2)],
  [6900, done("check-2", 2, 610)],
  [7000, awarded("publish-1", 3)],
  [8200, done("publish-1", 3, 1130)],
  [8260, { type: "finished", result: exampleResult }],
];

/** A whole goal with votes, a failure and a repaired plan: what every rendering has to cope with. */
export const exampleCourse: readonly GoalEvent[] = records.map(([atMs, record], index) => ({
  sequence: index + 1,
  at: exampleStart + atMs,
  record,
}));
