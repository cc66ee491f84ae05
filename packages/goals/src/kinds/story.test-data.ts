import { applyRecords } from "../goal/apply-records.ts";
import type { GoalDocument } from "../goal/goal.ts";
import type { GoalRecord, GoalTask, PlanExperience, TaskError } from "../goal/records.ts";
import { type GoalState, type PendingRepair, unknownGoal } from "../goal/state.ts";
import type { GoalKind, PlannedWork, PlanningMeans, Repair } from "./kind.ts";

/** A kind that plans by itself and holds contingencies. */
interface PlanningKind extends Pick<GoalKind, "opening" | "repair"> {
  plan(state: GoalState, means: PlanningMeans): PlannedWork;
  takeContingency: NonNullable<GoalKind["takeContingency"]>;
}

const outOfMemory = {
  error: { code: "out-of-memory", message: "Out of Memory", retryable: false },
  answer: { class: "resource_exhaustion", strategy: "scale_down" },
};
const faults = {
  error: { code: "data-quality", message: "faults", retryable: false },
  answer: { class: "data_quality_failure", strategy: "add_validation" },
};

/** A goal followed by hand: each call is a decision. */
export abstract class KindStory {
  state: GoalState = unknownGoal("g");
  readonly #kind: PlanningKind;
  #at = 1000;

  constructor(kind: PlanningKind, goal: GoalDocument) {
    this.#kind = kind;
    const tasks: GoalTask[] = [...kind.opening(goal)];
    this.add({ type: "accepted", goal, sequence: 1, node: "n1", trace: "", tasks });
  }

  add(record: GoalRecord): this {
    this.#at += 1;
    this.state = applyRecords(this.state, [record], this.#at);
    return this;
  }

  done(task: string, facts: unknown): this {
    return this.add({ type: "task-done", task, attempt: 1, by: "w", durationMs: 1, facts });
  }

  agreed(agreement: unknown): this {
    return this.add({ type: "deliberated", agreement, proposals: [], votes: [], confidence: 1 });
  }

  planned(experience?: PlanExperience): this {
    const signal = new AbortController().signal;
    const work = this.#kind.plan(this.state, {
      signal,
      ...(experience === undefined ? {} : { experience }),
    });
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
  broken(task: string): Repair {
    const failure = this.#failed(task, outOfMemory.error, outOfMemory.answer);
    return this.#kind.takeContingency(this.state, failure);
  }

  /** A task fails for good, and what the plan holds for that becomes the plan. */
  tookContingency(task: string): this {
    const contingency = this.state.contingencies.find((one) => one.task === task)?.name;
    return this.#replanned(this.broken(task), outOfMemory, contingency);
  }

  /** A task fails with faults of the data; what the kind makes of it. */
  refused(task: string, findings: unknown): Repair {
    const error = { ...faults.error, details: { findings } };
    return this.#kind.repair(this.state, this.#failed(task, error, faults.answer));
  }

  /** A task fails with faults of the data, and the plan is repaired. */
  repaired(task: string, findings: unknown): this {
    return this.#replanned(this.refused(task, findings), faults);
  }

  #failed(task: string, error: TaskError, answer: (typeof faults)["answer"]): PendingRepair {
    const classified = { ...answer, evidence: "code" };
    const failure = { task, attempt: 1, by: "w", error, classified, answer: "replan" as const };
    this.add({ type: "task-failed", ...failure });
    return { task, error, ...answer, notBefore: 0 };
  }

  #replanned(repair: Repair, { error, answer }: typeof faults, contingency?: string): this {
    if (!repair.ok) throw new Error(repair.why);
    const { plan, tasks, kept, removed, added, confidence, criticalPath, risks, learned } =
      repair.work;
    return this.add({
      type: "replanned",
      cause: error.message,
      ...answer,
      ...(contingency === undefined ? {} : { contingency }),
      plan,
      tasks: [...tasks],
      kept: [...kept],
      removed: [...removed],
      added: [...added],
      confidence,
      criticalPath: [...criticalPath],
      risks: [...risks],
      learned,
    });
  }
}
