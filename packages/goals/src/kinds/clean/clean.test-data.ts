import {
  type ColumnSchema,
  emptyColumn,
  type Finding,
  type Profile,
  type Quality,
  type SchemaVersion,
  type Version,
} from "@troupe/data";
import { applyRecords } from "../../goal/apply-records.ts";
import type { GoalRecord } from "../../goal/records.ts";
import { type GoalState, unknownGoal } from "../../goal/state.ts";
import { recallTask } from "./facts.ts";
import { cleanGoalSchema } from "./goal.ts";
import { cleanKind } from "./kind.ts";

export const source = "/data/movies.json";

/** A source of 100 rows with the columns of a film list. */
export function profileOf(over: Partial<Profile> = {}): Profile {
  const names = ["title", "released", "director", "rating", "votes", "budget"];
  return {
    source: { path: source, format: "json", bytes: 5000, sha256: "0".repeat(64) },
    rows: 100,
    duplicates: 0,
    columns: names.map((name) => ({
      ...emptyColumn,
      name,
      nulls: name === "director" ? 3 : 0,
      distinct: 90,
    })),
    ...over,
  };
}

export const column = (name: string, over: Partial<ColumnSchema> = {}): ColumnSchema => ({
  name,
  type: "text",
  nullable: false,
  placeholders: [],
  confidence: 1,
  evidence: "seen",
  ...over,
});

export const version = (output: string, over: Partial<Version> = {}): Version => ({
  output,
  rows: 100,
  quarantined: 0,
  duplicates: 0,
  reasons: [],
  ...over,
});

export const finding = (name: string): Finding => ({
  rule: `plausible-${name}`,
  kind: "plausible-time",
  column: name,
  violations: 4,
  share: 0.04,
  severity: "block",
  examples: [{ row: 7, value: "2068-01-01" }],
  diagnosis: "a century late",
});

export const quality: Quality = { rows: 100, rules: 2, score: 100, findings: [] };
export const rule = {
  id: "plausible-released",
  kind: "plausible-time",
  column: "released",
  severity: "block",
  why: "films were released in the past",
} as const;

interface Before {
  readonly before: SchemaVersion | null;
  readonly profile: Profile | null;
}
const nothingBefore: Before = { before: null, profile: null };

/** A cleaning goal followed by hand: each call is a decision. */
export class Story {
  state: GoalState = unknownGoal("g");
  #at = 1000;

  /** @param before the version before, as it is recalled */
  constructor(document: Readonly<Record<string, unknown>> = {}, before: Before = nothingBefore) {
    const goal = cleanGoalSchema.parse({ kind: "clean", source, ...document });
    this.add({
      type: "accepted",
      goal,
      sequence: 1,
      node: "n1",
      trace: "",
      tasks: [...cleanKind.opening(goal)],
    });
    this.done(recallTask, before);
  }

  add(record: GoalRecord): this {
    this.#at += 1;
    this.state = applyRecords(this.state, [record], this.#at);
    return this;
  }

  done(task: string, facts: unknown): this {
    return this.add({ type: "task-done", task, attempt: 1, by: "w", durationMs: 1, facts });
  }

  agreed(schema: readonly ColumnSchema[]): this {
    const agreement = [...schema];
    return this.add({ type: "deliberated", agreement, proposals: [], votes: [], confidence: 1 });
  }

  planned(): this {
    const {
      plan,
      tasks,
      confidence,
      contingencies = [],
    } = cleanKind.plan(this.state, {
      signal: new AbortController().signal,
    });
    return this.add({
      type: "planned",
      plan,
      tasks: [...tasks],
      confidence,
      contingencies: [...contingencies],
      criticalPath: [],
      risks: [],
    });
  }

  /** A task fails for good, of no fault of the data; what the plan holds for that. */
  broken(task: string): ReturnType<typeof cleanKind.takeContingency> {
    const error = { code: "out-of-memory", message: "Out of Memory", retryable: false };
    const answer = { class: "resource_exhaustion", strategy: "scale_down" };
    const classified = { ...answer, evidence: "code" };
    const failure = { task, attempt: 1, by: "w", error, classified, answer: "replan" as const };
    this.add({ type: "task-failed", ...failure });
    return cleanKind.takeContingency(this.state, { task, error, ...answer, notBefore: 0 });
  }

  /** The gate refuses the data, and the plan is repaired. */
  repaired(task: string, findings: readonly Finding[]): this {
    const repair = this.refused(task, findings);
    if (!repair.ok) throw new Error(repair.why);
    const { plan, tasks, kept, removed, added, learned } = repair.work;
    return this.add({
      type: "replanned",
      cause: "the gate",
      class: "data_quality_failure",
      strategy: "add_validation",
      plan,
      tasks: [...tasks],
      kept: [...kept],
      removed: [...removed],
      added: [...added],
      confidence: repair.work.confidence,
      criticalPath: [...repair.work.criticalPath],
      risks: [...repair.work.risks],
      learned,
    });
  }

  /** The gate refuses the data; what the kind makes of it. */
  refused(task: string, findings: unknown): ReturnType<typeof cleanKind.repair> {
    const error = {
      code: "quality-gate-failed",
      message: "the gate",
      retryable: false,
      details: { findings },
    };
    const answer = { class: "data_quality_failure", strategy: "add_validation" };
    this.add({
      type: "task-failed",
      task,
      attempt: 1,
      by: "w",
      error,
      classified: { ...answer, evidence: "code" },
      answer: "replan",
    });
    return cleanKind.repair(this.state, { task, error, ...answer, notBefore: 0 });
  }
}

/** A goal whose source has been looked at and agreed on, and planned for. */
export function plannedStory(
  schema: readonly ColumnSchema[],
  profile: Profile = profileOf(),
): Story {
  return new Story().done("profile", profile).agreed(schema).planned();
}
