import {
  type ActorContext,
  type Cluster,
  ensureError,
  FencedError,
  type Journal,
  parseTraceparent,
  type Random,
  type TraceContext,
  type Tracer,
  TroupeError,
} from "@troupe/actor";
import { approvalNeeded, type EndedTasks, type TaskOutcome } from "@troupe/agents";
import { defaultReplanningPolicy } from "@troupe/planning";
import { encodeJson } from "../contract/replies.ts";
import { NoAgentsError } from "../errors.ts";
import { lessonOf } from "../experience/lesson.ts";
import type { SharedExperience } from "../experience/shared-experience.ts";
import { applyRecords } from "../goal/apply-records.ts";
import { droppedTasks } from "../goal/dropped-tasks.ts";
import { type GoalJournal, type GoalJournalOptions, openGoalJournal } from "../goal/journal.ts";
import { hasEnded } from "../goal/phases.ts";
import type { GoalRecord, TaskError } from "../goal/records.ts";
import type { GoalState, TaskState } from "../goal/state.ts";
import { nextStep, type Step } from "../goal/steps.ts";
import { interruptedCode } from "../goal/task-book.ts";
import type { GoalKind, PlanningMeans } from "../kinds/kind.ts";
import type { GoalMeter } from "../measure/goal-meter.ts";
import { closeTrace } from "./close-trace.ts";
import type { Engagement } from "./crew.ts";
import { approvalAsked, courseOf, decisionOf, plannedRecord, taskErrorOf } from "./decisions.ts";
import { type AskingStep, askAnalysts } from "./deliberation.ts";
import { answerFailure } from "./failure.ts";
import { Ledger } from "./ledger.ts";
import type { ApprovalAnswer, CancelRequest, CoordinatorMessages } from "./protocol.ts";
import { Work } from "./work.ts";

/** How often analysts are looked for when there are too few, and after what pause. */
const deliberationLimit = 6;
const deliberationPauseMs = 1000;

/** Steps that lead to the end of a goal, and cannot be taken back. */
const endings: readonly Step["do"][] = ["finish", "give-up", "abandon", "end-compensation"];

/** How a coordinator comes to its end. */
export type Ending = "ended" | "suspended";

export interface CoordinatorOptions {
  readonly goal: string;
  readonly kind: GoalKind;
  readonly journal: Journal;
  readonly cluster: Cluster;
  readonly tracer: Tracer;
  readonly random: Random;
  /** When old records of the goal are archived. Default as of `openGoalJournal`. */
  readonly archive?: GoalJournalOptions;
  /** What nodes learn of task types. Default: nothing is learned, and plans are made as declared. */
  readonly experience?: SharedExperience;
  readonly meter: GoalMeter;
  /** Called once: when the goal has ended or sleeps, or with the reason why this coordinator must leave it. */
  readonly ended: (how: Ending | Error) => void;
}

/** The work on one goal in one activation of its coordinator. */
export class Pursuit {
  readonly #context: ActorContext<CoordinatorMessages>;
  #journal: GoalJournal;
  readonly #options: CoordinatorOptions;
  readonly #root: TraceContext | undefined;
  readonly #ledger: Ledger;
  readonly #work: Work;
  /** Steps under way. */
  readonly #underWay = new Set<Step["do"]>();
  #deliberations = 0;
  /** When the repairs that wait may begin, by the failed task, in this node's time. */
  readonly #repairsBegin = new Map<string, number>();
  /** Tasks of which the answer is being stored: the first counts. */
  readonly #answered = new Set<string>();
  /** Set while a request to cancel, or to sleep, is being stored: no other end is decided meanwhile. */
  #cancelling = false;
  #suspending = false;
  /** Whether what an earlier release left out was looked for. */
  #isChecked = false;
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
    this.#ledger = new Ledger(context, journal, {
      stored: (records) => this.guard(() => this.#stored(records)),
      failed: (error) =>
        this.guard(() => {
          throw error;
        }),
    });
    this.#work = new Work(context, {
      goal: options.goal,
      state: () => this.#journal.state,
      kind: options.kind,
      cluster: options.cluster,
      random: options.random,
      meter: options.meter,
      root: this.#root,
      ledger: this.#ledger,
      failed: (task, attempt, by, error) => this.#taskFailed(task, attempt, by, error),
      guard: (decide) => this.guard(decide),
    });
  }

  get #state(): GoalState {
    return this.#journal.state;
  }

  /**
   * A restart reads the journal anew and would pass the fence, so it looks first whether the goal is
   * still this node's.
   */
  leaveIfTakenOver(): void {
    const { last, state } = this.#journal;
    if (hasEnded(state) || state.coordinator === this.#context.node) return;
    this.#leave(new FencedError(`journal.goal.${state.id}`, last));
  }

  /**
   * Runs one decision. A fenced append means that another coordinator has taken over: this one
   * leaves. Any other surprise ends the goal with its reason rather than repeating it for ever.
   */
  async guard(decide: () => void | Promise<void>): Promise<void> {
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

  /** The end of a goal whose coordinator does not know what to do: appended past the ledger, which may be what failed. */
  async #fail(error: Error): Promise<void> {
    try {
      // With an append that failed it may be stored or not: the journal knows.
      const { goal, journal, archive } = this.#options;
      this.#journal = await openGoalJournal(journal, goal, this.#context.clock, archive);
      this.leaveIfTakenOver();
      if (this.#over) return;
      const failed: GoalRecord = { type: "failed", error: taskErrorOf(error) };
      await this.#journal.append(failed);
      this.#options.meter.stored([failed], this.#state);
    } catch (thrown) {
      if (thrown instanceof FencedError) return this.#leave(thrown);
      throw error;
    }
    await this.#finish();
  }

  /** What was decided is on record: now it counts. */
  async #stored(records: readonly GoalRecord[]): Promise<void> {
    this.#options.meter.stored(records, this.#state);
    for (const { type } of records) {
      if (type === "suspended") return this.#leave("suspended");
      if (type === "replanned") this.#underWay.delete("repair");
      if (type === "conferred") this.#underWay.delete("confer");
    }
    this.#work.apply(records, this.#state);
    await this.advance();
  }

  /** Begins whatever follows from the journal and is not under way. */
  async advance(): Promise<void> {
    if (hasEnded(this.#state)) return this.#finish();
    if (this.#dropLeftovers()) return;
    if (this.#cancelling && this.#state.cancelRequested === undefined) return;
    const step = nextStep(this.#state, courseOf(this.#options.kind, this.#state));
    if (step !== undefined) {
      if (this.#underWay.has(step.do) || this.#mustWait(step) || this.#mustSettle(step)) return;
      this.#underWay.add(step.do);
      return this.#begin(step);
    }
    this.#work.begin(this.#state);
    if (this.#work.waitsForPeople(this.#state)) this.#suspend();
  }

  /**
   * A goal of an earlier release may have failures on record without what follows from them for other
   * tasks. True while that is being stored.
   */
  #dropLeftovers(): boolean {
    if (this.#isChecked) return false;
    this.#isChecked = true;
    const dropped = this.#state.phase === "compensating" ? [] : droppedTasks(this.#state);
    if (dropped.length > 0) this.#decide(...dropped);
    return dropped.length > 0;
  }

  /** Whether the plan is not to be repaired yet; then the goal is advanced once it is. */
  #mustWait(step: Step): boolean {
    if (step.do !== "repair") return false;
    const { task, notBefore } = step.failure;
    const { clock, timers } = this.#context;
    const now = clock.monotonic();
    // The moment was set by the clock of another node, perhaps: nobody waits for longer than anybody may.
    const { longestDelayMs } = defaultReplanningPolicy;
    const begins =
      this.#repairsBegin.get(task) ?? now + Math.min(notBefore - clock.now(), longestDelayMs);
    this.#repairsBegin.set(task, begins);
    if (begins <= now) return false;
    timers.once("repair", begins - now, "advance", {});
    return true;
  }

  /**
   * What is to be undone is known only when nothing is on its way to an agent or into the journal; the
   * end of either leads back here.
   */
  #mustSettle({ do: next }: Step): boolean {
    const mayUndo =
      next === "cancel" || next === "give-up" || next === "abandon" || next === "repair";
    if (!mayUndo || this.#options.kind.compensation === undefined) return false;
    return this.#work.hasAuctions || !this.#ledger.isEmpty;
  }

  #begin(step: Step): void | Promise<void> {
    if (step.do === "deliberate" || step.do === "confer") return this.#askAnalysts(step);
    if (step.do === "plan") return this.#plan();
    if (step.do === "repair") return this.#repair(step);
    this.#take(decisionOf(step, this.#state, this.#options.kind));
  }

  /** Decides what a step has come to. */
  #take(decision: GoalRecord): void {
    if (decision.type === "compensating") this.#work.abandonAll();
    this.#decide(decision);
  }

  #decide(...records: readonly GoalRecord[]): void {
    void this.#ledger.add(...records);
  }

  wake(): Promise<void> {
    this.#work.tick();
    return this.advance();
  }

  store(): void {
    this.#ledger.flush();
  }

  inspect(): void {
    if (!this.#over)
      this.#work.inspect((task, attempt, by, why) => this.#lost(task, attempt, by, why));
  }

  /** Everything that an agent was at is lost with it. */
  agentLost(agent: string, why: string): void {
    for (const engagement of this.#work.of(agent)) {
      this.#lost(
        [...engagement.open],
        engagement.attempt,
        agent,
        `its agent ${agent} is gone (${why})`,
      );
    }
  }

  #lost(tasks: readonly string[], attempt: number, by: string, why: string): void {
    for (const task of tasks) {
      if (!this.#work.end(task, attempt, by)) continue;
      this.#taskFailed(task, attempt, by, {
        code: interruptedCode,
        message: `task '${task}' was interrupted: ${why}`,
        retryable: true,
      });
    }
  }

  tasksEnded(lot: string, by: string, ended: EndedTasks): void {
    this.#work.takeEnds({ lot, by, ended }, (engagement, task, outcome) =>
      this.#taskEnded(engagement, task, outcome),
    );
  }

  #taskEnded({ attempt, agent: by }: Engagement, task: string, outcome: TaskOutcome): void {
    if (!outcome.ok) return this.#taskFailed(task, attempt, by, outcome.error);
    const { durationMs, facts } = outcome;
    this.#work.abandon(task);
    this.#decide({ type: "task-done", task, attempt, by, durationMs, facts });
  }

  #taskFailed(id: string, attempt: number, by: string, error: TaskError): void {
    const task = this.#state.tasks[id];
    if (task === undefined || task.status === "done") return;
    if (error.code === approvalNeeded) return this.#agentAsks(task, attempt, error);
    const answer = answerFailure(this.#state, task, this.#options.kind, error);
    const failure: GoalRecord = { type: "task-failed", task: id, attempt, by, error, ...answer };
    if (answer.answer !== "give-up") return this.#decide(failure);
    const after = applyRecords(this.#state, [failure], this.#context.clock.now());
    this.#decide(failure, ...droppedTasks(after));
  }

  /** The agent has let go of the task, and goes on when a person has answered, or another does. */
  #agentAsks(task: TaskState, attempt: number, error: TaskError): void {
    this.#work.abandon(task.id);
    this.#answered.delete(task.id);
    this.#decide(approvalAsked(task.id, attempt, error));
  }

  /** Has analysts agree, and again while there are too few of them. */
  #askAnalysts(step: AskingStep): void {
    const { cluster, kind } = this.#options;
    const agreement = this.#context.span(
      step.do,
      { "troupe.goal": this.#state.id },
      ({ context }) => askAnalysts(this.#context, cluster, kind, this.#state, step, context),
      this.#root,
    );
    const begun = this.#context.clock.monotonic();
    this.#context.pipe(agreement, (settled) =>
      this.guard(() => {
        const seconds = (this.#context.clock.monotonic() - begun) / 1000;
        this.#options.meter.deliberated(seconds, settled.ok);
        if (settled.ok) {
          this.#deliberations = 0;
          return this.#decide(settled.value);
        }
        const { error } = settled;
        this.#deliberations += 1;
        const again = error instanceof NoAgentsError && this.#deliberations < deliberationLimit;
        if (!again) throw error;
        this.#underWay.delete(step.do);
        this.#context.timers.once(step.do, deliberationPauseMs, "advance", {});
      }),
    );
  }

  #plan(): void {
    const { kind } = this.#options;
    const planning = this.#context.span(
      `plan ${kind.name}`,
      { "troupe.goal": this.#state.id },
      async () => {
        const { signal } = this.#context;
        return kind.plan(this.#state, { signal, ...(await this.#experience()) });
      },
      this.#root,
    );
    this.#context.pipe(planning, (settled) =>
      this.guard(() => {
        if (!settled.ok) throw settled.error;
        this.#decide(plannedRecord(settled.value));
      }),
    );
  }

  /** What is known of task types now, to plan with. A plan can be made without: that it can't be read is logged. */
  async #experience(): Promise<Pick<PlanningMeans, "experience">> {
    const { experience: shared, goal } = this.#options;
    if (shared === undefined) return {};
    try {
      const known = await shared.read();
      return { experience: { at: this.#context.clock.now(), ...known } };
    } catch (thrown) {
      const error = ensureError(thrown);
      this.#context.log("warn", "what was learned could not be read", { goal, error });
      return {};
    }
  }

  async #repair(step: Extract<Step, { do: "repair" }>): Promise<void> {
    const { kind } = this.#options;
    const decision = await this.#context.span(
      `repair ${kind.name}`,
      { "troupe.goal": this.#state.id, "troupe.failure": step.failure.class },
      () => decisionOf(step, this.#state, kind),
      this.#root,
    );
    this.#take(decision);
  }

  /** @returns whether the request is in the journal */
  async cancel({ reason, by }: CancelRequest): Promise<boolean> {
    const isEnding = endings.some((step) => this.#underWay.has(step));
    if (this.#over || this.#suspending || isEnding || hasEnded(this.#state)) return false;
    if (this.#state.cancelRequested === undefined) {
      this.#cancelling = true;
      const named = by === undefined ? {} : { by };
      await this.#ledger.add({ type: "cancel-requested", reason, ...named });
    }
    return true;
  }

  /** @returns whether the answer is in the journal; not when nobody asked, or it was answered before */
  async approve({ task, approved, by, note }: ApprovalAnswer): Promise<boolean> {
    if (this.#over || this.#suspending) return false;
    if (this.#state.tasks[task]?.status !== "asked" || this.#answered.has(task)) return false;
    this.#answered.add(task);
    const given: GoalRecord = {
      type: "approval-given",
      task,
      approved,
      by,
      ...(note === undefined ? {} : { note }),
    };
    const after = applyRecords(this.#state, [given], this.#context.clock.now());
    await this.#ledger.add(given, ...droppedTasks(after));
    return true;
  }

  /** Nobody needs to hold a process while people think. */
  #suspend(): void {
    if (this.#suspending) return;
    this.#suspending = true;
    this.#decide({ type: "suspended" });
  }

  /** Stops what is still worked on, publishes the result and closes the goal's trace. Repeating it changes nothing. */
  async #finish(): Promise<void> {
    const state = this.#state;
    this.#ledger.close();
    this.#work.dismiss();
    const error = state.error === undefined ? {} : { error: state.error };
    const outcome = { goal: state.id, outcome: state.phase, result: state.result, ...error };
    await this.#options.journal.append(`results.${state.id}`, encodeJson(outcome), {
      id: `result-${state.id}`,
    });
    const lesson = lessonOf(state);
    if (lesson !== undefined) await this.#options.experience?.add(lesson);
    if (this.#root !== undefined) closeTrace(this.#options.tracer, this.#root, state);
    this.#leave("ended");
  }

  #leave(how: Ending | Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#ledger.close();
    this.#options.ended(how);
    this.#context.stop();
  }
}
