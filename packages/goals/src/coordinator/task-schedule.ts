import type { Random } from "@troupe/actor";
import {
  advance,
  type Command,
  createScheduler,
  nextWake,
  type Report,
  type SchedulerState,
  submit,
  type TaskSpec,
} from "@troupe/orchestration";
import { defaultReplanningPolicy } from "@troupe/planning";
import type { GoalRecord } from "../goal/records.ts";
import { type GoalState, isReplaced, isSettled, type TaskState } from "../goal/state.ts";

/** Most tasks of one goal that are announced or with agents at the same time. */
const openLimit = 1000;
/** Attempts have time limits of their own, which agents keep: the scheduler's is never the first. */
const neverMs = 1e12;
/** The scheduler never decides that a task was tried often enough: the coordinator does. */
const anyNumber = 1_000_000;

/** A task to be begun now. */
export interface Start {
  readonly task: string;
  /** A second copy of an attempt that takes too long. */
  readonly speculative: boolean;
}

/**
 * Which tasks of a goal are to begin, and when: the scheduler, made from the goal's state and told
 * each record. Made anew when the plan changes or another coordinator takes over; the journal has
 * all that matters.
 */
export class TaskSchedule {
  readonly #random: Random;
  readonly #scheduler: SchedulerState;
  readonly #runs = new Map<string, number[]>();
  /** Tasks that agents had when the schedule was made: they are under way already. */
  readonly #adopted: ReadonlySet<string>;
  readonly #ranks: ReadonlyMap<string, number>;
  #starts: Start[] = [];

  constructor(state: GoalState, now: number, random: Random) {
    this.#random = random;
    this.#scheduler = createScheduler({ capacity: { tasks: openLimit }, timeout: neverMs });
    const open = Object.values(state.tasks).filter(
      (task) => !isSettled(task) && !isReplaced(task, state),
    );
    this.#adopted = new Set(
      open.filter(({ status }) => status === "awarded" || status === "asked").map(({ id }) => id),
    );
    const tasks = open.map((task) => this.#spec(task, state));
    const commands = submit(this.#scheduler, { id: state.id, tasks }, this.#moment(now));
    const [goal] = Object.values(this.#scheduler.goals);
    this.#ranks = new Map(goal?.tasks.map(({ id, rank }) => [id, rank]));
    this.#obey(commands);
  }

  /** Tasks to begin since it was asked last, in the order that they should be. */
  take(): readonly Start[] {
    const starts = this.#starts;
    this.#starts = [];
    return starts;
  }

  /** Takes notice of what was recorded about tasks. */
  apply(records: readonly GoalRecord[], state: GoalState, now: number): void {
    const reports = records.flatMap((record) => this.#reportsOn(record, state));
    if (reports.length > 0) this.#report(reports, now);
  }

  /** Lets time pass: retries become due, stragglers are noticed. */
  tick(now: number): void {
    this.#report([], now);
  }

  /** When it wants to be told the time again; `undefined` while it need not be. */
  get wakeAt(): number | undefined {
    const at = nextWake(this.#scheduler);
    return at === undefined || at >= neverMs ? undefined : at;
  }

  /** Longest expected path from a task to the end of the goal, milliseconds. */
  rankOf(task: string): number {
    return this.#ranks.get(task) ?? 0;
  }

  #reportsOn(record: GoalRecord, state: GoalState): readonly Report[] {
    switch (record.type) {
      case "task-done":
        return this.#finished(record.task);
      case "approval-given":
        // An agent that asked is to go on with the answer.
        if (state.tasks[record.task]?.status === "waiting") return this.#failed(record.task, true);
        return record.approved ? this.#finished(record.task) : this.#failed(record.task, false);
      case "task-failed": {
        // The other copy may still make it.
        if (state.tasks[record.task]?.status === "awarded") return [];
        return this.#failed(record.task, record.answer === "retry");
      }
      default:
        return [];
    }
  }

  #finished(task: string): readonly Report[] {
    const run = this.#runs.get(task)?.[0];
    this.#runs.delete(task);
    return run === undefined ? [] : [{ type: "finished", run }];
  }

  #failed(task: string, retryable: boolean): readonly Report[] {
    const runs = this.#runs.get(task) ?? [];
    this.#runs.delete(task);
    return runs.map((run): Report => ({ type: "failed", run, retryable }));
  }

  #report(reports: readonly Report[], now: number): void {
    this.#obey(advance(this.#scheduler, reports, this.#moment(now)));
  }

  #moment(at: number) {
    return { at, jitter: this.#random.next() };
  }

  #obey(commands: readonly Command[]): void {
    for (const command of commands) {
      if (command.type !== "start") continue;
      const { task, run, speculative } = command;
      const runs = this.#runs.get(task);
      if (runs === undefined) this.#runs.set(task, [run]);
      else runs.push(run);
      const isUnderWay = this.#adopted.has(task) && !speculative && command.attempt === 1;
      if (!isUnderWay) this.#starts.push({ task, speculative });
    }
  }

  #spec(task: TaskState, state: GoalState): TaskSpec {
    const edges = task.dependsOn.flatMap((id) => {
      const other = state.tasks[id];
      // What has ended, and did not end this task with it, is not waited for.
      if (other === undefined || isSettled(other)) return [];
      return [{ task: id, onFailure: task.tolerates?.[id] ?? ("fail" as const) }];
    });
    const { id, type, expectedMs, speculateAfter } = task;
    const { retryDelayMs, longestDelayMs } = defaultReplanningPolicy;
    // A task that names its own delay is not held to the longest of the others.
    const { retryDelayMs: own } = task;
    const waits =
      own === undefined ? { delay: retryDelayMs, longest: longestDelayMs } : { delay: own };
    return {
      id,
      kind: type,
      dependsOn: edges,
      // What agents have already needs no room among what is to begin.
      resources: this.#adopted.has(id) ? {} : { tasks: 1 },
      retry: { limit: anyNumber, ...waits },
      ...(expectedMs === undefined ? {} : { duration: expectedMs }),
      ...(speculateAfter === undefined ? {} : { speculateAfter }),
    };
  }
}
