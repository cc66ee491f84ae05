import type { JournaledRecord } from "@troupe/actor";
import {
  lineageFacet,
  lineageProducer,
  publishedOutput,
  runEventSchema,
  sourceSchema,
} from "@troupe/data";
import { z } from "zod";
import type { GoalRecord, GoalTask, TaskError } from "../goal/records.ts";
import { profileTask } from "../kinds/clean/knowledge.ts";
import { cleanResultSchema } from "../kinds/clean/result.ts";
import { uuidOf } from "./run-id.ts";

/** A dataset as OpenLineage names it. */
export interface LineageDataset {
  readonly namespace: string;
  readonly name: string;
  readonly facets?: object;
  readonly outputFacets?: object;
}

/** What happened to a run, as OpenLineage tells it: a RunEvent of version 2-0-2. */
export interface RunEvent {
  readonly eventType: "START" | "RUNNING" | "COMPLETE" | "FAIL" | "ABORT";
  /** ISO 8601. */
  readonly eventTime: string;
  readonly producer: string;
  readonly schemaURL: string;
  readonly run: { readonly runId: string; readonly facets?: object };
  readonly job: { readonly namespace: string; readonly name: string; readonly facets?: object };
  readonly inputs: readonly LineageDataset[];
  readonly outputs: readonly LineageDataset[];
}

type Stored = Pick<JournaledRecord<GoalRecord>, "at" | "record">;

/** A run of a task under way. */
interface Attempt {
  readonly task: string;
  readonly attempt: number;
}

const namespace = "troupe";

/**
 * The lineage of a goal as OpenLineage run events, in the order in which they happened: one run for the goal, and one for
 * each attempt at a task, which is part of it. Every run has a START and, once it is over, one COMPLETE, FAIL or ABORT; the
 * goal is RUNNING with each plan.
 *
 * What a task makes is the dataset `<goal>/<task>` of the namespace `troupe`, and what it reads are those of the tasks that
 * it depends on, or else the goal's sources. The last output of a `clean` goal is the published version with its schema and
 * the origin of its columns.
 *
 * @param records of one goal from `accepted` on, oldest first
 */
export function runEvents(goal: string, records: readonly Stored[]): readonly RunEvent[] {
  const [first] = records;
  if (first?.record.type !== "accepted") return [];
  const telling = new Telling(goal, first.record, filesRead(records));
  for (const { at, record } of records) telling.hear(at, record);
  return telling.events.toSorted((a, b) =>
    a.eventTime < b.eventTime ? -1 : a.eventTime > b.eventTime ? 1 : 0,
  );
}

type End = Extract<RunEvent["eventType"], "COMPLETE" | "FAIL" | "ABORT">;

/** The run events that follow from the records heard so far. */
class Telling {
  readonly events: RunEvent[] = [];
  readonly #goal: string;
  readonly #document: Extract<GoalRecord, { type: "accepted" }>["goal"];
  readonly #goalJob: string;
  readonly #sources: readonly LineageDataset[];
  readonly #open = new Map<string, Attempt>();
  readonly #known: Map<string, GoalTask>;

  /** @param files what was read in place of the sources that the goal names, when that is known */
  constructor(
    goal: string,
    { goal: document, tasks }: Extract<GoalRecord, { type: "accepted" }>,
    files: readonly LineageDataset[] | undefined,
  ) {
    this.#goal = goal;
    this.#document = document;
    this.#goalJob = `${document.kind}.${nameOf(document, goal)}`;
    this.#sources = files ?? sourcesOf(document);
    this.#known = new Map(tasks.map((task) => [task.id, task]));
  }

  hear(at: number, record: GoalRecord): void {
    switch (record.type) {
      case "accepted":
        this.#ofGoal("START", at);
        break;
      case "planned":
      case "replanned":
      case "compensating":
        for (const task of record.tasks) this.#known.set(task.id, task);
        if (record.type !== "compensating") this.#ofGoal("RUNNING", at);
        break;
      case "awarded":
        for (const task of record.tasks) this.#begin(task, record.attempt, at);
        break;
      case "task-done":
      case "task-failed":
        this.#endTask(record, at);
        break;
      case "finished":
        this.#endGoal("COMPLETE", at, resultsOf(this.#document, record.result));
        break;
      case "failed":
        this.#endGoal("FAIL", at, [], messageOf(record.error));
        break;
      case "cancelled":
        this.#endGoal("ABORT", at, [], record.reason);
        break;
    }
  }

  #begin(task: string, attempt: number, startedAt: number): void {
    if (this.#open.get(task)?.attempt === attempt) return;
    this.#open.set(task, { task, attempt });
    this.#ofTask("START", startedAt, { task, attempt });
  }

  #endTask(record: Extract<GoalRecord, { type: "task-done" | "task-failed" }>, at: number): void {
    const { task, attempt } = record;
    // An award may have been recorded late, or never.
    const startedAt = record.type === "task-done" ? at - Math.round(record.durationMs) : at;
    this.#begin(task, attempt, startedAt);
    this.#open.delete(task);
    if (record.type === "task-done") {
      this.#ofTask("COMPLETE", at, record, [madeBy(this.#goal, task)]);
    } else this.#ofTask("FAIL", at, record, [], messageOf(record.error));
  }

  #endGoal(how: End, at: number, outputs: readonly LineageDataset[], error?: string): void {
    for (const attempt of this.#open.values()) this.#ofTask("ABORT", at, attempt);
    this.#open.clear();
    this.#ofGoal(how, at, outputs, error);
  }

  #ofGoal(
    eventType: RunEvent["eventType"],
    at: number,
    outputs: readonly LineageDataset[] = [],
    error?: string,
  ): void {
    const run = { runId: uuidOf(this.#goal), ...errorFacets(error) };
    this.#emit(eventType, at, run, this.#goalJob, this.#sources, outputs);
  }

  #ofTask(
    eventType: RunEvent["eventType"],
    at: number,
    { task, attempt }: Attempt,
    outputs: readonly LineageDataset[] = [],
    error?: string,
  ): void {
    const goal = this.#goal;
    // Copies of a task, `<id>.<number>`, are what the task is.
    const definition = this.#known.get(task) ?? this.#known.get(task.replace(/\.\d+$/, ""));
    const needs = definition?.dependsOn ?? [];
    const inputs = needs.length === 0 ? this.#sources : needs.map((need) => madeBy(goal, need));
    const facets = {
      parent: {
        ...lineageFacet("1-1-0/ParentRunFacet.json#/$defs/ParentRunFacet"),
        run: { runId: uuidOf(goal) },
        job: { namespace, name: this.#goalJob },
      },
      ...errorFacets(error).facets,
    };
    const runId = attempt === 1 ? uuidOf(goal, task) : uuidOf(goal, task, attempt);
    const job = `${this.#goalJob}.${definition?.type ?? task}`;
    this.#emit(eventType, at, { runId, facets }, job, inputs, outputs);
  }

  #emit(
    eventType: RunEvent["eventType"],
    at: number,
    run: RunEvent["run"],
    job: string,
    inputs: readonly LineageDataset[],
    outputs: readonly LineageDataset[],
  ): void {
    this.events.push({
      eventType,
      eventTime: new Date(at).toISOString(),
      producer: lineageProducer,
      schemaURL: runEventSchema,
      run,
      job: {
        namespace,
        name: job,
        facets: {
          jobType: {
            ...lineageFacet("2-0-3/JobTypeJobFacet.json#/$defs/JobTypeJobFacet"),
            processingType: "BATCH",
            integration: "TROUPE",
            jobType: job === this.#goalJob ? "GOAL" : "TASK",
          },
        },
      },
      inputs,
      outputs,
    });
  }
}

function madeBy(goal: string, task: string): LineageDataset {
  return { namespace, name: `${goal}/${task}` };
}

const profiledSchema = z.object({ source: sourceSchema.pick({ files: true }) });

/** The files that a goal over several has read, as soon as it is known which those are. */
function filesRead(records: readonly Stored[]): readonly LineageDataset[] | undefined {
  for (const { record } of records) {
    if (record.type !== "task-done" || record.task !== profileTask) continue;
    const profiled = profiledSchema.safeParse(record.facts);
    return profiled.data?.source.files?.map(({ path }) => ({ namespace: "file", name: path }));
  }
  return undefined;
}

function sourcesOf(document: Readonly<Record<string, unknown>>): readonly LineageDataset[] {
  const { source, sources } = document;
  const paths: readonly unknown[] = [
    ...(Array.isArray(source) ? source : [source]),
    ...(typeof sources === "object" && sources !== null ? Object.values(sources) : []),
  ];
  return paths.flatMap((path) =>
    typeof path === "string" ? [{ namespace: "file", name: path }] : [],
  );
}

function nameOf(document: Readonly<Record<string, unknown>>, goal: string): string {
  const { output } = document;
  return typeof output === "string" ? output : goal;
}

function resultsOf(
  document: Readonly<Record<string, unknown>>,
  result: unknown,
): readonly LineageDataset[] {
  const clean = cleanResultSchema.safeParse(result);
  const { source } = document;
  if (!clean.success) {
    const folder = (result as { folder?: unknown } | null)?.folder;
    return typeof folder === "string" ? [{ namespace: "file", name: folder }] : [];
  }
  const { files, columns, reasons, rows } = clean.data;
  const sources = clean.data.sources ?? [{ path: String(source) }];
  return [publishedOutput({ data: files.data, sources, columns, reasons, kept: rows.kept })];
}

function messageOf({ code, message }: TaskError): string {
  return `${code}: ${message}`;
}

function errorFacets(message: string | undefined): { readonly facets?: object } {
  if (message === undefined) return {};
  return {
    facets: {
      errorMessage: {
        ...lineageFacet("1-0-1/ErrorMessageRunFacet.json#/$defs/ErrorMessageRunFacet"),
        message,
        programmingLanguage: "TypeScript",
      },
    },
  };
}
