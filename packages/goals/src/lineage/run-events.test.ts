import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import {
  type GoalRecord,
  recordsIn,
  storedRecordsSchema,
  upcastGoalRecords,
} from "../goal/records.ts";
import { type RunEvent, runEvents } from "./run-events.ts";

// What the JSON schema of OpenLineage 2-0-2 requires of a RunEvent and its facets.
const facet = z.looseObject({ _producer: z.url(), _schemaURL: z.url() });
const facets = z.record(z.string(), facet).optional();
const dataset = z.object({ namespace: z.string(), name: z.string(), facets });
const runEvent = z.strictObject({
  eventType: z.enum(["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"]),
  eventTime: z.iso.datetime(),
  producer: z.url(),
  schemaURL: z.url(),
  run: z.strictObject({ runId: z.uuid(), facets }),
  job: z.strictObject({ namespace: z.string(), name: z.string(), facets }),
  inputs: z.array(z.strictObject({ ...dataset.shape, inputFacets: facets })),
  outputs: z.array(z.strictObject({ ...dataset.shape, outputFacets: facets })),
});

/** A goal that ran on real nodes, as the first release stored it. */
const stored = readFileSync(join(import.meta.dirname, "../goal/first-release.jsonl"), "utf8")
  .trim()
  .split("\n")
  .flatMap((line) => {
    const { at, record } = JSON.parse(line);
    const now = storedRecordsSchema.parse(upcastGoalRecords[1](record));
    return recordsIn(now).map((one) => ({ at: Number(at), record: one }));
  });

/** Events by run. */
const runsOf = (events: readonly RunEvent[]) => Map.groupBy(events, ({ run }) => run.runId);

test("every event is one that OpenLineage allows", () => {
  const events = runEvents("stock", stored);
  expect(events.length).toBeGreaterThan(10);
  for (const event of events) expect(runEvent.safeParse(event).error?.issues).toBeUndefined();
});

test("each run has one start and, as the goal has ended, one end, in this order", () => {
  for (const [id, events] of runsOf(runEvents("stock", stored))) {
    const types = events.map(({ eventType }) => eventType);
    expect(types[0], id).toBe("START");
    expect(
      types.filter((type) => type === "START"),
      id,
    ).toHaveLength(1);
    expect(
      types.filter((type) => /COMPLETE|FAIL|ABORT/.test(type)),
      id,
    ).toEqual([types.at(-1)]);
  }
});

test("tasks are runs of the goal's, and read what those that they depend on have made, back to the source", () => {
  const events = runEvents("stock", stored);
  const goal = events[0];
  if (goal === undefined) throw new Error("there are no events");
  const file = { namespace: "file", name: "/srv/troupe/stock.csv" };
  expect(goal).toMatchObject({ eventType: "START", job: { name: "clean.stock" }, inputs: [file] });
  const tasks = events.filter(({ run }) => run.runId !== goal.run.runId);
  for (const { run } of tasks) {
    expect(run.facets).toMatchObject({ parent: { run: { runId: goal.run.runId } } });
  }
  const made = new Set(tasks.flatMap(({ outputs }) => outputs.map(({ name }) => name)));
  for (const { inputs } of tasks) {
    for (const { namespace, name } of inputs) {
      if (namespace === "file") expect(name).toBe(file.name);
      else expect(made).toContain(name);
    }
  }
});

test("the goal's end tells the published version, its schema, and where its columns come from", () => {
  const end = runEvents("stock", stored).at(-1);
  const [output] = end?.outputs ?? [];
  expect(end?.eventType).toBe("COMPLETE");
  expect(output?.name).toMatch(/data\.parquet$/);
  const { schema, columnLineage } = (output?.facets ?? {}) as {
    schema: { fields: { name: string }[] };
    columnLineage: { fields: Record<string, { inputFields: { name: string; field: string }[] }> };
  };
  expect(schema.fields.map(({ name }) => name)).toEqual(Object.keys(columnLineage.fields));
  expect(columnLineage.fields["id"]?.inputFields).toMatchObject([
    { name: "/srv/troupe/stock.csv", field: "id" },
  ]);
});

const at = (record: GoalRecord, time: number) => ({ at: time, record });
const started = stored.slice(0, 2);
const error = { code: "no-file", message: "there is no such file", retryable: false };

test("a goal that fails has failed, with why; an attempt that failed is a run of its own", () => {
  const classified = { class: "other", strategy: "retry", evidence: "" };
  const failed = {
    type: "task-failed",
    task: "profile",
    attempt: 1,
    by: "n1/scout",
    error,
  } as const;
  const events = runEvents("stock", [
    ...started,
    at({ ...failed, classified, answer: "retry" }, 1795256167000),
    at({ ...failed, attempt: 2, classified, answer: "give-up" }, 1795256168000),
    at({ type: "failed", error }, 1795256169000),
  ]);
  expect(events.map(({ eventType }) => eventType)).toEqual([
    "START",
    "START",
    "FAIL",
    "START",
    "FAIL",
    "FAIL",
  ]);
  expect(runsOf(events).size).toBe(3);
  expect(events.at(-1)?.run.facets).toMatchObject({
    errorMessage: { message: "no-file: there is no such file" },
  });
});

test("what is under way when a goal is cancelled is aborted with it", () => {
  const cancelled = at({ type: "cancelled", reason: "asked to" }, 1795256169000);
  const events = runEvents("stock", [...started, cancelled]);
  expect(events.map(({ eventType }) => eventType)).toEqual(["START", "START", "ABORT", "ABORT"]);
});

test("of a goal whose history was removed nothing is told", () => {
  expect(runEvents("stock", stored.slice(1))).toEqual([]);
});

test("a goal over several files reads each of them, once it is known which those are", () => {
  const accepted = (source: unknown): GoalRecord => ({
    type: "accepted",
    goal: { kind: "clean", source },
    sequence: 1,
    node: "n1",
    trace: "",
    tasks: [{ id: "profile", type: "profile", arguments: ["o"], dependsOn: [] }],
  });
  const files = ["/data/o-1.csv", "/data/o-2.csv"];
  const file = { format: "csv", bytes: 1, sha256: "0", rows: 1 };
  const facts = { source: { ...file, files: files.map((path) => ({ ...file, path })) } };
  const done = { task: "profile", attempt: 1, by: "w", durationMs: 1 };
  const profiled: GoalRecord = { type: "task-done", ...done, facts };
  const inputsOf = (...records: readonly GoalRecord[]) =>
    runEvents(
      "g",
      records.map((record, at) => ({ at, record })),
    ).map(({ inputs }) => inputs.map(({ name }) => name));
  expect(inputsOf(accepted("/data/o-*.csv"))).toEqual([["/data/o-*.csv"]]);
  expect(inputsOf(accepted(files))).toEqual([files]);
  for (const inputs of inputsOf(accepted("/data/o-*.csv"), profiled)) expect(inputs).toEqual(files);
});
