import type { GoalRecord, GoalTask } from "./records.ts";
import { type GoalState, isSettled, type TaskState, type TaskStatus } from "./state.ts";

type Of<Type extends GoalRecord["type"]> = Extract<GoalRecord, { type: Type }>;

/** The tasks of a goal while records are applied to them, in place. */
export class TaskBook {
  readonly tasks: Record<string, TaskState>;
  readonly counts: Record<TaskStatus, number>;

  constructor(tasks: GoalState["tasks"], counts: GoalState["counts"]) {
    this.tasks = tasks;
    this.counts = counts;
  }

  /** Known tasks keep where they stand and take on their new dependencies; new ones wait. */
  add(tasks: readonly GoalTask[]): void {
    const copies = new Map(tasks.map((task) => [task.id, copyNames(task)]));
    for (const task of tasks) {
      const { copies: _count, dependsOn, tolerates, ...rest } = task;
      const edges = dependsOn.flatMap((id) => copies.get(id) ?? [id]);
      const tolerated = Object.entries(tolerates ?? {}).flatMap(([id, policy]) =>
        (copies.get(id) ?? [id]).map((name) => [name, policy] as const),
      );
      const links = {
        dependsOn: edges,
        ...(tolerated.length === 0 ? {} : { tolerates: Object.fromEntries(tolerated) }),
      };
      for (const [copy, id] of (copies.get(task.id) ?? []).entries()) {
        const known = this.#find(id);
        const named = task.copies === undefined ? {} : { of: task.id, copy };
        this.#put(
          known === undefined
            ? { ...newTask, ...rest, ...links, ...named, id }
            : { ...known, ...links },
        );
      }
    }
  }

  /** Tasks of the plan that it does without from now on, as far as nobody has begun them. */
  drop(ids: readonly string[]): void {
    for (const id of ids) {
      if (this.#find(id)?.status !== "waiting") continue;
      delete this.tasks[id];
      this.counts.waiting -= 1;
    }
  }

  /** Nothing that has not ended is wanted any more. */
  leaveOut(at: number): void {
    for (const task of Object.values(this.tasks)) {
      if (!isSettled(task)) this.end(task.id, "skipped", at);
    }
  }

  award({ tasks, attempt, lot, winner, price, bids }: Of<"awarded">, at: number): void {
    for (const id of tasks) {
      const task = this.#find(id);
      if (task === undefined) continue;
      this.#put({
        ...task,
        status: "awarded",
        attempts: attempt,
        runs: [...task.runs, { attempt, lot, winner }],
        winner,
        price,
        bids,
        awardedAt: at,
      });
    }
  }

  done({ task: id, by, attempt, durationMs, facts }: Of<"task-done">, at: number): void {
    const task = this.#find(id);
    if (task === undefined) return;
    const attempts = Math.max(task.attempts, attempt);
    const ended = { status: "done", runs: [], attempts, endedAt: at } as const;
    this.#put({ ...task, ...ended, winner: by, durationMs, facts });
  }

  failed(record: Of<"task-failed">, at: number): void {
    const { task: id, attempt, error, answer, unrepaired } = record;
    const task = this.#find(id);
    if (task === undefined) return;
    const runs = task.runs.filter((run) => run.attempt !== attempt);
    const next = answer === "retry" ? "waiting" : "failed";
    this.#put({
      ...task,
      status: runs.length > 0 ? "awarded" : next,
      attempts: Math.max(task.attempts, attempt),
      ...countFailure(task, record),
      ...(unrepaired === undefined ? {} : { unrepaired }),
      runs,
      error,
      endedAt: at,
    });
  }

  end(id: string, status: "skipped" | "failed", at: number, because?: string): void {
    const task = this.#find(id);
    if (task === undefined) return;
    const why = because === undefined ? {} : { because };
    this.#put({ ...task, status, runs: [], endedAt: at, ...why });
  }

  asked({ task: id, attempt, question }: Of<"approval-requested">): void {
    const task = this.#find(id);
    if (task === undefined) return;
    this.#put({ ...task, status: "asked", attempts: attempt, question, runs: [] });
  }

  answered({ task: id, approved, by, note }: Of<"approval-given">, at: number): void {
    const task = this.#find(id);
    if (task === undefined) return;
    if (task.type !== approvalType) {
      // An agent asked, and goes on with the answer, whatever it is.
      const answer = { approved, by, note: note ?? null };
      this.#put({ ...task, status: "waiting", approvals: [...(task.approvals ?? []), answer] });
      return;
    }
    const ended = { ...task, winner: by, endedAt: at };
    if (approved) {
      this.#put({ ...ended, status: "done", facts: { approved, by, note: note ?? null } });
      return;
    }
    const message = `${by} did not approve${note === undefined ? "" : `: ${note}`}`;
    this.#put({
      ...ended,
      status: "failed",
      error: { code: "rejected", message, retryable: false },
    });
  }

  #find(id: string): TaskState | undefined {
    return Object.hasOwn(this.tasks, id) ? this.tasks[id] : undefined;
  }

  #put(task: TaskState): void {
    const before = this.#find(task.id);
    if (before !== undefined) this.counts[before.status] -= 1;
    this.counts[task.status] += 1;
    this.tasks[task.id] = task;
  }
}

function countFailure(
  { interruptions, failures = {} }: TaskState,
  { error, classified: { class: name } }: Of<"task-failed">,
): Pick<TaskState, "interruptions" | "failures"> {
  if (error.code === interruptedCode) return { interruptions: interruptions + 1 };
  return { interruptions, failures: { ...failures, [name]: (failures[name] ?? 0) + 1 } };
}

/** The type of tasks that people do. */
export const approvalType = "approval";

/** The code of a failure that only says that the agent was lost. */
export const interruptedCode = "connection-lost";

const newTask = { status: "waiting", attempts: 0, interruptions: 0, runs: [], bids: [] } as const;

function copyNames({ id, copies }: GoalTask): readonly string[] {
  if (copies === undefined) return [id];
  return Array.from({ length: copies }, (_, copy) => `${id}.${copy}`);
}
