import { type ColumnSchema, emptyColumn, type Profile, type SchemaVersion } from "@troupe/data";
import { applyRecords } from "../../goal/apply-records.ts";
import type { GoalRecord, PlanExperience } from "../../goal/records.ts";
import { type GoalState, unknownGoal } from "../../goal/state.ts";
import { type EtlGoal, etlGoalSchema } from "./goal.ts";
import { etlKind } from "./kind.ts";
import { knowledgeOf, profileTask } from "./knowledge.ts";
import type { EtlFault } from "./repair.ts";

/** A column of a source: its type, how many values differ, and some of them. */
interface TestColumn {
  readonly type?: ColumnSchema["type"];
  readonly distinct?: number;
  readonly values?: readonly string[];
}

export interface TestSource {
  readonly rows: number;
  readonly columns: Readonly<Record<string, TestColumn>>;
  readonly format?: Profile["source"]["format"];
}

function profileOf(name: string, { rows, columns, format = "csv" }: TestSource): Profile {
  return {
    source: { path: `/data/${name}`, format, bytes: rows * 20, sha256: "0".repeat(64) },
    rows,
    duplicates: 0,
    columns: Object.entries(columns).map(([column, { distinct = rows, values = [], type }]) => ({
      ...emptyColumn,
      name: column,
      storage: format === "parquet" && type === "integer" ? "BIGINT" : "VARCHAR",
      distinct,
      top: values.map((value) => ({ value, rows: 1 })),
    })),
  };
}

function schemaOf({ columns }: TestSource): ColumnSchema[] {
  return Object.entries(columns).map(([name, { type = "text" }]) => ({
    name,
    type,
    nullable: false,
    placeholders: [],
    confidence: 1,
    evidence: "seen",
  }));
}

/** An ETL goal followed by hand: each call is a decision. */
export class Story {
  state: GoalState = unknownGoal("g");
  #at = 1000;

  /** A goal whose sources have been looked at and agreed on. */
  constructor(
    document: Readonly<Record<string, unknown>>,
    sources: Readonly<Record<string, TestSource>>,
    before: SchemaVersion | null = null,
  ) {
    const goal: EtlGoal = etlGoalSchema.parse({
      kind: "etl",
      name: "out",
      sources: Object.keys(sources).map((name) => ({ name, path: `/data/${name}` })),
      ...document,
    });
    const tasks = [...etlKind.opening(goal)];
    this.add({ type: "accepted", goal, sequence: 1, node: "n1", trace: "", tasks });
    this.done("recall", { before });
    for (const [name, source] of Object.entries(sources)) {
      this.done(profileTask(name), profileOf(name, source));
    }
    const agreement = Object.fromEntries(
      Object.entries(sources).map(([name, source]) => [name, schemaOf(source)]),
    );
    this.add({ type: "deliberated", agreement, proposals: [], votes: [], confidence: 1 });
  }

  /** The schemas that a run with these sources would keep. */
  get schemas(): SchemaVersion {
    const { known } = knowledgeOf(this.state);
    const sources = Object.fromEntries(
      Object.entries(known).map(([name, columns]) => [name, { path: "", columns: [...columns] }]),
    );
    return { number: 1, goal: "g0", sources, output: [] };
  }

  add(record: GoalRecord): this {
    this.#at += 1;
    this.state = applyRecords(this.state, [record], this.#at);
    return this;
  }

  done(task: string, facts: unknown): this {
    return this.add({ type: "task-done", task, attempt: 1, by: "w", durationMs: 1, facts });
  }

  planned(experience?: PlanExperience): this {
    const signal = new AbortController().signal;
    const known = experience === undefined ? {} : { experience };
    const work = etlKind.plan(this.state, { signal, ...known });
    return this.add({
      type: "planned",
      plan: work.plan,
      tasks: [...work.tasks],
      confidence: work.confidence,
      contingencies: [...(work.contingencies ?? [])],
      criticalPath: [],
      risks: [],
      ...(work.experience === undefined ? {} : { experience: work.experience }),
    });
  }

  /** A task fails for good, of no fault of the data; what the plan holds for that. */
  broken(task: string): ReturnType<typeof etlKind.takeContingency> {
    const error = { code: "out-of-memory", message: "Out of Memory", retryable: false };
    const answer = { class: "resource_exhaustion", strategy: "scale_down" };
    const classified = { ...answer, evidence: "code" };
    const failure = { task, attempt: 1, by: "w", error, classified, answer: "replan" as const };
    this.add({ type: "task-failed", ...failure });
    return etlKind.takeContingency(this.state, { task, error, ...answer, notBefore: 0 });
  }

  /** A task fails with faults; what the kind makes of it. */
  refused(task: string, findings: readonly EtlFault[]): ReturnType<typeof etlKind.repair> {
    const error = {
      code: "data-quality",
      message: "faults",
      retryable: false,
      details: { findings },
    };
    const answer = { class: "data_quality_failure", strategy: "add_validation" };
    const classified = { ...answer, evidence: "code" };
    const failure = { task, attempt: 1, by: "w", error, classified, answer: "replan" as const };
    this.add({ type: "task-failed", ...failure });
    return etlKind.repair(this.state, { task, error, ...answer, notBefore: 0 });
  }

  repaired(task: string, findings: readonly EtlFault[]): this {
    const repair = this.refused(task, findings);
    if (!repair.ok) throw new Error(repair.why);
    const { plan, tasks, kept, removed, added, learned, confidence } = repair.work;
    return this.add({
      type: "replanned",
      cause: "faults",
      class: "data_quality_failure",
      strategy: "add_validation",
      plan,
      tasks: [...tasks],
      kept: [...kept],
      removed: [...removed],
      added: [...added],
      confidence,
      criticalPath: [],
      risks: [],
      learned,
    });
  }

  /** Every waiting task that can begin, once. */
  get startable(): readonly string[] {
    return Object.values(this.state.tasks)
      .filter(({ status, dependsOn }) => {
        const isFree = dependsOn.every((id) => this.state.tasks[id]?.status === "done");
        return status === "waiting" && isFree;
      })
      .map(({ id }) => id);
  }

  /** What the plan has to do, in its order: action and arguments. */
  get actions(): readonly string[] {
    const { steps } = this.state.plan as { steps: { action: string; args: string[] }[] };
    return steps.map(({ action, args }) => [action, ...args].join(" "));
  }
}
