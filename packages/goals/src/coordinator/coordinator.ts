import {
  type Actor,
  type ActorContext,
  type Cluster,
  defineActor,
  ensureError,
  FencedError,
  type Journal,
  parseTraceparent,
  type TraceContext,
  type Tracer,
  TroupeError,
} from "@troupe/actor";
import { busy, type TaskOrder, type TaskOutcome, workerProtocol } from "@troupe/agents";
import type { AuctionOutcome } from "@troupe/coordination";
import { encodeJson } from "../contract/replies.ts";
import { NoAgentsError } from "../errors.ts";
import { type GoalJournal, openGoalJournal } from "../goal/journal.ts";
import type { GoalRecord, TaskError } from "../goal/records.ts";
import { type GoalState, hasEnded, type PendingRepair, type TaskState } from "../goal/state.ts";
import { nextSteps, type Step, stepKey } from "../goal/steps.ts";
import type { GoalKind } from "../kinds/kind.ts";
import { auctionTask, awardRecord } from "./auction.ts";
import { Crew } from "./crew.ts";
import { deliberate } from "./deliberation.ts";
import { answerFailure } from "./failure.ts";
import { type CoordinatorMessages, coordinatorProtocol } from "./protocol.ts";

/** How often the workers of running tasks are asked how they are, milliseconds. */
const inspectionMs = 2000;
/** How long a worker has to answer that, milliseconds. */
const inspectionWaitMs = 4000;
/** How often agents are looked for when there are none, and after what pause. */
const announcementLimit = 6;
const announcementPauseMs = 1000;

export interface CoordinatorOptions {
  readonly goal: string;
  readonly kind: GoalKind;
  readonly journal: Journal;
  readonly cluster: Cluster;
  readonly tracer: Tracer;
  /** Called once: when the goal has ended, or with the reason why this coordinator must leave it. */
  readonly ended: (error?: Error) => void;
}

/**
 * Pursues one goal: does what follows from its journal, and records each decision there before
 * anything acts on it. It keeps nothing else of worth, so another coordinator goes on from the
 * journal when this one is lost; a fence on every append stops the one that was taken over.
 */
export function coordinator(options: CoordinatorOptions): Actor<CoordinatorMessages> {
  return defineActor(
    coordinatorProtocol,
    async (context) => {
      const journal = await openGoalJournal(options.journal, options.goal, context.clock);
      const pursuit = new Pursuit(context, journal, options);
      pursuit.leaveIfTakenOver();
      context.timers.every("inspection", inspectionMs, "inspect", {});
      context.self.tell("advance", {});
      return {
        advance: () => pursuit.guard(() => pursuit.advance()),
        inspect: () => pursuit.inspect(),
        taskEnded: ({ task, attempt, by, outcome }) =>
          pursuit.guard(() => pursuit.taskEnded(task, attempt, by, outcome)),
        agentLost: ({ agent, why }) => pursuit.guard(() => pursuit.agentLost(agent, why)),
        cancel: async ({ reason }) => {
          await pursuit.guard(() => pursuit.cancel(reason));
          return { recorded: journal.state.cancelRequested !== undefined };
        },
      };
    },
    { supervision: { strategy: "one-for-one" } },
  );
}

/** The work on one goal in one activation of its coordinator. */
class Pursuit {
  readonly #context: ActorContext<CoordinatorMessages>;
  readonly #journal: GoalJournal;
  readonly #options: CoordinatorOptions;
  readonly #root: TraceContext | undefined;
  readonly #crew: Crew;
  /** Steps under way, by key. */
  readonly #underWay = new Set<string>();
  readonly #announcements = new Map<string, number>();
  #over = false;

  constructor(
    context: ActorContext<CoordinatorMessages>,
    journal: GoalJournal,
    options: CoordinatorOptions,
  ) {
    this.#context = context;
    this.#journal = journal;
    this.#options = options;
    this.#root = parseTraceparent(journal.state.trace);
    this.#crew = new Crew(context, options.goal, this.#root);
  }

  get #state(): GoalState {
    return this.#journal.state;
  }

  get #tasks(): readonly TaskState[] {
    return Object.values(this.#state.tasks);
  }

  /**
   * A restart reads the journal anew and would pass the fence, so it looks first whether the goal is
   * still this node's.
   */
  leaveIfTakenOver(): void {
    const { records, state } = this.#journal;
    if (hasEnded(state) || state.coordinator === this.#context.node) return;
    this.#leave(new FencedError(`journal.goal.${state.id}`, records.at(-1)?.sequence ?? 0));
  }

  /**
   * Runs one decision. A fenced append means that another coordinator has taken over: this one
   * leaves. Any other surprise ends the goal with its reason rather than repeating it for ever.
   */
  async guard(decide: () => Promise<void>): Promise<void> {
    if (this.#over) return;
    try {
      await decide();
    } catch (thrown) {
      const error = ensureError(thrown);
      if (error instanceof FencedError) return this.#leave(error);
      this.#context.log("error", "a decision failed", { goal: this.#options.goal, error });
      // A restart repeats what may succeed later; so it does the rest of an end that is on record.
      const again = (error instanceof TroupeError && error.retryable) || hasEnded(this.#state);
      if (again) throw error;
      await this.#fail(error);
    }
  }

  async #fail(error: Error): Promise<void> {
    try {
      await this.#record({ type: "failed", error: taskErrorOf(error) });
    } catch (thrown) {
      if (thrown instanceof FencedError) return this.#leave(thrown);
      throw error;
    }
    await this.#finish();
  }

  /** Begins every step that follows from the journal and is not under way. */
  async advance(): Promise<void> {
    if (hasEnded(this.#state)) return this.#finish();
    for (const step of nextSteps(this.#state)) {
      const key = stepKey(step);
      if (this.#over || this.#underWay.has(key)) continue;
      this.#underWay.add(key);
      await this.#begin(step, key);
    }
  }

  async #begin(step: Step, key: string): Promise<void> {
    switch (step.do) {
      case "auction":
        return this.#auction(step.task, key);
      case "follow":
        return this.#follow(step.task);
      case "deliberate":
        return this.#deliberate(key);
      case "plan":
        return this.#plan();
      case "repair":
        return this.#repair(step.failure, key);
      case "cancel":
        return this.#cancelled(step.reason);
      case "give-up":
        return this.#giveUp(step.task);
      case "finish":
        await this.#record({ type: "finished", result: this.#options.kind.result(this.#state) });
        return this.#finish();
    }
  }

  #auction(task: TaskState, key: string): void {
    const order: TaskOrder = {
      goal: this.#state.id,
      task: task.id,
      attempt: task.attempts + 1,
      type: task.type,
      customer: this.#context.self.address,
      ...this.#options.kind.order(task, this.#state),
    };
    const auction = auctionTask(this.#context, this.#options.cluster, order, this.#root).then(
      (outcome) => {
        if (outcome.awarded) this.#crew.engage(order, outcome.winner);
        return outcome;
      },
    );
    this.#context.pipe(auction, (settled) =>
      this.guard(async () => {
        this.#underWay.delete(key);
        if (!settled.ok) throw settled.error;
        const outcome = settled.value;
        if (!outcome.awarded) return this.#notAwarded(task, key, outcome);
        await this.#record(awardRecord(order, outcome));
        this.#crew.recorded(order);
        await this.advance();
      }),
    );
  }

  /**
   * Nobody took the task: the cluster may be forming, so it is announced again a bounded number of
   * times. Agents that are busy will be free some time, so that is waited for.
   */
  async #notAwarded(
    task: TaskState,
    key: string,
    { reason, declined }: Extract<AuctionOutcome, { awarded: false }>,
  ): Promise<void> {
    if (declined.some((one) => one.reason === busy)) this.#announcements.delete(key);
    if (this.#again(key)) return;
    await this.#failed(task, task.attempts + 1, "", {
      code: "no-agents",
      message: `no agent took the task '${task.type}' in ${announcementLimit} announcements (${reason}): start a node that offers it, for example with 'troupe node'`,
      retryable: false,
    });
  }

  /** Lets a step begin again after a pause. False when it has been tried often enough. */
  #again(key: string): boolean {
    const announced = (this.#announcements.get(key) ?? 0) + 1;
    this.#announcements.set(key, announced);
    if (announced >= announcementLimit) return false;
    this.#context.timers.once(`again ${key}`, announcementPauseMs, "advance", {});
    return true;
  }

  #follow(task: TaskState): void {
    if (task.winner !== undefined) this.#crew.watch(task.winner);
    this.#inspectTask(task);
  }

  /** Asks the worker of each running task how it stands: a lost message or a restarted worker shows here. */
  inspect(): void {
    for (const task of this.#tasks) {
      if (!this.#over && task.status === "awarded") this.#follow(task);
    }
  }

  #inspectTask(task: TaskState): void {
    const { winner } = task;
    if (winner === undefined || this.#over) return;
    const attempt = { goal: this.#state.id, task: task.id, attempt: task.attempts };
    const worker = this.#context.ref(workerProtocol, winner);
    const answer = worker.ask(
      "progress",
      { ...attempt, customer: this.#context.self.address },
      { withinMs: inspectionWaitMs },
    );
    this.#context.pipe(answer, (settled) =>
      this.guard(async () => {
        // Silence is no proof of death: the watch tells when the agent or its node is gone.
        if (!settled.ok) return;
        if (settled.value.state === "unknown") {
          return this.#lost(task, `its agent ${winner} no longer has it`);
        }
        if (settled.value.state === "ended") {
          return this.taskEnded(task.id, task.attempts, winner, settled.value.outcome);
        }
      }),
    );
  }

  /** Everything that an agent was at is lost with it. */
  async agentLost(agent: string, why: string): Promise<void> {
    for (const task of this.#tasks) {
      if (task.winner === agent) await this.#lost(task, `its agent ${agent} is gone (${why})`);
    }
  }

  async #lost(task: TaskState, why: string): Promise<void> {
    const now = this.#state.tasks[task.id];
    if (now?.status !== "awarded" || now.attempts !== task.attempts) return;
    await this.#failed(now, now.attempts, now.winner ?? "", {
      code: "connection-lost",
      message: `task '${task.id}' was interrupted: ${why}`,
      retryable: true,
    });
  }

  async taskEnded(id: string, attempt: number, by: string, outcome: TaskOutcome): Promise<void> {
    const task = this.#state.tasks[id];
    if (task?.status !== "awarded" || task.attempts !== attempt || task.winner !== by) return;
    if (!outcome.ok) return this.#failed(task, attempt, by, outcome.error);
    const { durationMs, facts } = outcome;
    await this.#record({ type: "task-done", task: id, attempt, by, durationMs, facts });
    this.#crew.release(by, this.#tasks);
    await this.advance();
  }

  async #failed(task: TaskState, attempt: number, by: string, error: TaskError): Promise<void> {
    await this.#record({
      type: "task-failed",
      task: task.id,
      attempt,
      by,
      error,
      ...answerFailure(this.#state, this.#options.kind.repairable, error, attempt),
    });
    this.#crew.release(by, this.#tasks);
    await this.advance();
  }

  #deliberate(key: string): void {
    const { kind, cluster } = this.#options;
    const deliberation = this.#context.span(
      "deliberate",
      { "troupe.goal": this.#state.id },
      (span) => deliberate(this.#context, cluster, kind, this.#state, span.context),
      this.#root,
    );
    this.#context.pipe(deliberation, (settled) =>
      this.guard(async () => {
        this.#underWay.delete(key);
        if (settled.ok) {
          await this.#record(settled.value);
          return this.advance();
        }
        const { error } = settled;
        if (!(error instanceof NoAgentsError) || !this.#again(key)) throw error;
      }),
    );
  }

  async #plan(): Promise<void> {
    const { kind } = this.#options;
    const work = await this.#context.span(
      `plan ${kind.name}`,
      { "troupe.goal": this.#state.id },
      () => kind.plan(this.#state),
      this.#root,
    );
    const { plan, tasks, confidence, criticalPath, risks } = work;
    await this.#record({
      type: "planned",
      plan,
      tasks: [...tasks],
      confidence,
      criticalPath: [...criticalPath],
      risks: [...risks],
    });
    await this.advance();
  }

  async #repair(failure: PendingRepair, key: string): Promise<void> {
    const { kind } = this.#options;
    const repair = await this.#context.span(
      `repair ${kind.name}`,
      { "troupe.goal": this.#state.id, "troupe.failure": failure.class },
      () => kind.repair(this.#state, failure),
      this.#root,
    );
    this.#underWay.delete(key);
    if (!repair.ok) {
      const message = `${failure.error.message}; the plan could not be repaired: ${repair.why}`;
      await this.#record({ type: "failed", error: { ...failure.error, message } });
      return this.#finish();
    }
    const { work } = repair;
    await this.#record({
      type: "replanned",
      cause: failure.error.message,
      class: failure.class,
      strategy: failure.strategy,
      plan: work.plan,
      tasks: [...work.tasks],
      kept: [...work.kept],
      removed: [...work.removed],
      added: [...work.added],
      confidence: work.confidence,
      criticalPath: [...work.criticalPath],
      risks: [...work.risks],
      learned: work.learned,
    });
    await this.advance();
  }

  async cancel(reason: string): Promise<void> {
    if (hasEnded(this.#state) || this.#state.cancelRequested !== undefined) return;
    await this.#record({ type: "cancel-requested", reason });
    this.#context.self.tell("advance", {});
  }

  async #cancelled(reason: string): Promise<void> {
    await this.#record({ type: "cancelled", reason });
    await this.#finish();
  }

  async #giveUp(task: TaskState): Promise<void> {
    const error = task.error ?? { code: "internal", message: "failed", retryable: false };
    await this.#record({ type: "failed", error });
    await this.#finish();
  }

  /** Stops what is still worked on, publishes the result and closes the goal's trace. Repeating it changes nothing. */
  async #finish(): Promise<void> {
    const state = this.#state;
    this.#crew.dismiss(this.#tasks);
    const error = state.error === undefined ? {} : { error: state.error };
    const outcome = { goal: state.id, outcome: state.phase, result: state.result, ...error };
    await this.#options.journal.append(`results.${state.id}`, encodeJson(outcome), {
      id: `result-${state.id}`,
    });
    this.#closeTrace(state);
    this.#leave();
  }

  #closeTrace(state: GoalState): void {
    if (this.#root === undefined) return;
    const publisher = parseTraceparent(state.publisher);
    const span = this.#options.tracer.start(`goal ${state.goal.kind}`, {
      kind: "consumer",
      identity: this.#root,
      startedAt: state.acceptedAt,
      ...(publisher === undefined ? {} : { parent: publisher }),
      attributes: {
        "troupe.goal": state.id,
        "troupe.outcome": state.phase,
        "troupe.replannings": state.replannings.length,
        "troupe.resumed": state.resumed,
      },
    });
    if (state.error !== undefined) span.fail(new Error(state.error.message));
    span.end();
  }

  #leave(error?: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#options.ended(error);
    this.#context.stop();
  }

  async #record(record: GoalRecord): Promise<void> {
    await this.#journal.append(record);
  }
}

function taskErrorOf(error: Error): TaskError {
  const known = error instanceof TroupeError ? error : undefined;
  return {
    code: known?.code ?? ("code" in error ? String(error.code) : "internal"),
    message: error.message,
    retryable: false,
  };
}
