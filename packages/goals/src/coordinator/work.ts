import {
  type ActorContext,
  type Cluster,
  pause,
  type Random,
  type TraceContext,
} from "@troupe/actor";
import {
  busy,
  type EndedTasks,
  type TaskOutcome,
  type WorkOrder,
  workerProtocol,
} from "@troupe/agents";
import type { GoalRecord, TaskError } from "../goal/records.ts";
import type { GoalState, TaskState, TaskStatus } from "../goal/state.ts";
import { approvalType } from "../goal/task-book.ts";
import type { GoalKind } from "../kinds/kind.ts";
import type { GoalMeter } from "../measure/goal-meter.ts";
import { awardRecord, type Placed, placeOrder } from "./auction.ts";
import { Crew, type Engagement } from "./crew.ts";
import { approvalRequest } from "./decisions.ts";
import type { Ledger } from "./ledger.ts";
import { formLots, type Lot, lotOf } from "./lots.ts";
import type { CoordinatorMessages } from "./protocol.ts";
import { TaskSchedule } from "./task-schedule.ts";

/** Most auctions of one goal at the same time. */
const auctionLimit = 32;
/**
 * How long an auction keeps others for the same type from beginning, milliseconds: bids for the next
 * lot should know of the last award, or all lots go to whoever was idle first; but an agent that does
 * not answer must not hold up everything.
 */
const auctionTurnMs = 250;
/** How often work is announced when nobody offers to do it, and after what pause. */
const announcementLimit = 6;
const announcementPauseMs = 1000;
/** Pause before work is announced again that agents were too busy to take, milliseconds. */
const busyPauseMs = 200;
/** How long a worker has to answer how it is, milliseconds. */
const inspectionWaitMs = 4000;

/** A lot in auction. */
interface Auction {
  readonly type: string;
  /** What to do once it is known who has it. */
  readonly early: (() => void)[];
  /** It has had its turn: others for the same type need not wait for it. */
  isLate: boolean;
}

/** What an agent says has ended of a lot. */
interface AgentEnds {
  readonly lot: string;
  readonly by: string;
  readonly ended: EndedTasks;
}

type TellEnd = (engagement: Engagement, task: string, outcome: TaskOutcome) => void;

interface WorkOptions {
  readonly goal: string;
  readonly kind: GoalKind;
  readonly cluster: Cluster;
  readonly random: Random;
  readonly meter: GoalMeter;
  readonly root: TraceContext | undefined;
  readonly state: () => GoalState;
  readonly ledger: Ledger;
  /** Told when a task could not be given to anybody. */
  readonly failed: (task: string, attempt: number, by: string, error: TaskError) => void;
  readonly guard: (decide: () => void | Promise<void>) => Promise<void>;
}

/** The tasks of a goal as far as others do them: what is to begin, who is at it, what people are asked. */
export class Work {
  readonly #context: ActorContext<CoordinatorMessages>;
  readonly #options: WorkOptions;
  readonly #crew: Crew;
  #schedule: TaskSchedule;
  /** Ready, in the order they should begin, and not announced. */
  #ready: string[] = [];
  /** Lots to be announced again, and how often they were. */
  readonly #announcements = new Map<string, number>();
  /** Lots in auction. */
  readonly #auctions = new Map<string, Auction>();
  /** Tasks that wait for their next announcement. */
  #parked: string[] = [];

  constructor(context: ActorContext<CoordinatorMessages>, options: WorkOptions) {
    this.#context = context;
    this.#options = options;
    const state = options.state();
    this.#crew = new Crew(context, state, options.root);
    this.#schedule = this.#newSchedule(state);
  }

  /** Takes notice of records that have been stored. */
  apply(records: readonly GoalRecord[], state: GoalState): void {
    if (
      records.some(
        ({ type }) => type === "planned" || type === "replanned" || type === "compensating",
      )
    ) {
      this.#ready = [];
      this.#parked = [];
      this.#schedule = this.#newSchedule(state);
    } else {
      this.#schedule.apply(records, state, this.#now);
    }
  }

  /** Begins what can begin. */
  begin(state: GoalState): void {
    const speculative: TaskState[] = [];
    for (const start of this.#schedule.take()) {
      const task = state.tasks[start.task];
      if (task === undefined) continue;
      if (start.speculative) speculative.push(task);
      else if (task.type === approvalType) {
        void this.#options.ledger.add(approvalRequest(task, state, this.#options.kind));
      } else this.#ready.push(task.id);
    }
    for (const task of speculative) {
      this.#announce(lotOf([task]), state, task.runs[0]?.winner);
    }
    this.#announceReady(state);
    this.#setAlarm();
  }

  /** Lets time pass: more may be ready to begin. */
  tick(): void {
    this.#schedule.tick(this.#now);
  }

  /** Whether somebody may be about to take work on. */
  get hasAuctions(): boolean {
    return this.#auctions.size > 0;
  }

  /** Whether nothing goes on before people have answered. */
  waitsForPeople({ counts }: GoalState): boolean {
    return (
      counts.asked > 0 &&
      counts.awarded === 0 &&
      this.#ready.length + this.#auctions.size + this.#parked.length === 0 &&
      this.#crew.all.length === 0 &&
      this.#schedule.wakeAt === undefined
    );
  }

  /**
   * Takes notice of what an agent says has ended.
   *
   * @param tell is told each task that was not known to have ended, now or as soon as the award is known
   */
  takeEnds(ends: AgentEnds, tell: TellEnd): void {
    const auction = this.#auctions.get(ends.lot);
    // The work may be done before the auctioneer has heard that it was accepted.
    if (auction !== undefined) {
      auction.early.push(() => this.takeEnds(ends, tell));
      return;
    }
    const engagement = this.#crew.find(ends.lot, ends.by);
    if (engagement === undefined) return;
    for (const { task, outcome } of ends.ended) {
      if (this.#crew.end(engagement, task)) tell(engagement, task, outcome);
    }
    // The agent has room again.
    if (engagement.open.size === 0) this.#unpark();
  }

  of(agent: string): readonly Engagement[] {
    return this.#crew.all.filter((engagement) => engagement.agent === agent);
  }

  /** Takes notice that an attempt at a task has ended. False when that was known. */
  end(task: string, attempt: number, agent: string): boolean {
    const engagement = this.#crew.all.find(
      (one) => one.agent === agent && one.attempt === attempt && one.open.has(task),
    );
    return engagement !== undefined && this.#crew.end(engagement, task);
  }

  abandon(task: string): void {
    this.#crew.abandonTask(task);
  }

  abandonAll(): void {
    this.#crew.abandonAll();
  }

  dismiss(): void {
    this.#crew.dismiss();
  }

  /** Asks the workers how they are; `lost` is told what they no longer have. */
  inspect(
    lost: (tasks: readonly string[], attempt: number, agent: string, why: string) => void,
  ): void {
    this.#crew.inspect((engagement) => {
      const { lot, agent, attempt, open } = engagement;
      const asked = [...open];
      const answer = this.#context
        .ref(workerProtocol, agent)
        .ask(
          "progress",
          { goal: this.#options.goal, lot, tasks: asked, customer: this.#context.self.address },
          { withinMs: inspectionWaitMs },
        );
      this.#context.pipe(answer, (settled) =>
        this.#options.guard(() => {
          // Silence is no proof of death: the watch tells when the agent or its node is gone.
          if (!settled.ok) return;
          const gone = settled.value.state === "unknown" ? asked : settled.value.missing;
          if (gone.length > 0) lost(gone, attempt, agent, `its agent ${agent} no longer has it`);
        }),
      );
    });
  }

  get #now(): number {
    return this.#context.clock.monotonic();
  }

  #newSchedule(state: GoalState): TaskSchedule {
    return new TaskSchedule(state, this.#now, this.#options.random);
  }

  #unpark(): void {
    this.#ready.unshift(...this.#parked);
    this.#parked = [];
  }

  #setAlarm(): void {
    const { wakeAt } = this.#schedule;
    if (wakeAt === undefined) return;
    const delay = Math.max(0, Math.min(wakeAt - this.#now, longestDelayMs));
    this.#context.timers.once("wake", delay, "wake", {});
  }

  #announceReady(state: GoalState): void {
    const { kind, cluster } = this.#options;
    const taken = new Set(
      [...this.#auctions.values()].flatMap(({ type, isLate }) => (isLate ? [] : [type])),
    );
    const ready = this.#ready
      .flatMap((id) => state.tasks[id] ?? [])
      .filter(({ type }) => !taken.has(type));
    const announced = new Set<string>();
    const lots = formLots(
      ready,
      (type) => cluster.find(type).length,
      (task) => JSON.stringify(kind.order(task, state).input ?? null).length,
    );
    for (const lot of lots) {
      if (this.#auctions.size >= auctionLimit) break;
      if (taken.has(lot.type)) continue;
      taken.add(lot.type);
      this.#announce(lot, state);
      for (const { id } of lot.tasks) announced.add(id);
    }
    this.#ready = this.#ready.filter((id) => !announced.has(id));
  }

  #announce(lot: Lot, state: GoalState, except?: string): void {
    const { cluster, root } = this.#options;
    const order = this.#orderOf(lot, state);
    this.#auctions.set(lot.name, { type: lot.type, early: [], isLate: false });
    this.#context.pipe(pause(this.#context.clock, auctionTurnMs), () => {
      const auction = this.#auctions.get(lot.name);
      if (auction === undefined || auction.isLate) return;
      auction.isLate = true;
      this.#context.self.tell("advance", {});
    });
    const wanted = except === undefined ? "waiting" : "awarded";
    const begun = this.#now;
    // Not with the actor's messages: an agent that accepts works, also when the goal has just ended.
    const auction = placeOrder(this.#context, cluster, order, root, except).then((outcome) => {
      if (outcome.awarded) this.#engage(order, outcome.winner, wanted);
      return outcome;
    });
    this.#context.pipe(auction, (settled) =>
      this.#options.guard(() => {
        const early = this.#auctions.get(lot.name)?.early ?? [];
        this.#auctions.delete(lot.name);
        if (!settled.ok) throw settled.error;
        const outcome = settled.value;
        const seconds = (this.#now - begun) / 1000;
        this.#options.meter.auctioned(lot.type, lot.attempt, outcome, seconds);
        if (outcome.awarded) this.#awarded(order, outcome);
        // A second copy is worth having only while it can still win.
        else if (except === undefined) this.#notAwarded(lot, outcome);
        for (const take of early) take();
        this.#context.self.tell("advance", {});
      }),
    );
  }

  #orderOf(lot: Lot, state: GoalState): WorkOrder {
    const { kind } = this.#options;
    const orders = lot.tasks.map((task) => ({ task, ...kind.order(task, state) }));
    const [first] = lot.tasks;
    const cached = orders.every(({ cached: mayBe }) => mayBe === true);
    return {
      goal: state.id,
      lot: lot.name,
      attempt: lot.attempt,
      type: lot.type,
      tasks: orders.map(({ task: { id, dependsOn, approvals }, input }) => ({
        task: id,
        input,
        ...(dependsOn.length === 0 ? {} : { after: dependsOn }),
        ...(approvals === undefined ? {} : { approvals: [...approvals] }),
      })),
      bytes: orders.reduce((sum, { bytes }) => sum + bytes, 0),
      rank: Math.max(...lot.tasks.map(({ id }) => this.#schedule.rankOf(id))),
      customer: this.#context.self.address,
      ...(first?.resources === undefined ? {} : { resources: first.resources }),
      ...(first?.timeoutMs === undefined ? {} : { timeoutMs: first.timeoutMs }),
      ...(cached ? { cached } : {}),
    };
  }

  #engage(order: WorkOrder, agent: string, wanted: TaskStatus): void {
    const { tasks } = this.#options.state();
    const open = order.tasks.filter(({ task }) => tasks[task]?.status === wanted);
    const engagement = {
      lot: order.lot,
      agent,
      attempt: order.attempt,
      open: new Set(open.map(({ task }) => task)),
    };
    // Meanwhile the plan may do without it, or the other copy may have ended.
    if (open.length === 0) this.#crew.decline(engagement);
    else this.#crew.engage(engagement);
  }

  #awarded(order: WorkOrder, outcome: Extract<Placed, { awarded: true }>): void {
    this.#announcements.delete(order.lot);
    if (this.#crew.find(order.lot, outcome.winner) === undefined) return;
    this.#options.ledger.addInTime(awardRecord(order, outcome));
  }

  /**
   * Nobody took the work: the cluster may be forming, so it is announced again a bounded number of
   * times. Agents that are busy will be free some time, so that is waited for.
   */
  #notAwarded(
    { name, tasks, type, attempt }: Lot,
    { reason, declined }: Extract<Placed, { awarded: false }>,
  ): void {
    const isBusy = declined.some((one) => one.reason === busy);
    const announced = isBusy ? 0 : (this.#announcements.get(name) ?? 0) + 1;
    this.#announcements.set(name, announced);
    if (announced < announcementLimit) {
      this.#parked.push(...tasks.map(({ id }) => id));
      const pauseMs = isBusy ? busyPauseMs : announcementPauseMs;
      this.#context.pipe(pause(this.#context.clock, pauseMs), () =>
        this.#options.guard(() => {
          this.#unpark();
          this.#context.self.tell("advance", {});
        }),
      );
      return;
    }
    for (const { id } of tasks) {
      this.#options.failed(id, attempt, "", {
        code: "no-agents",
        message: `no agent took the task '${type}' in ${announcementLimit} announcements (${reason}): start a node that offers it, for example with 'troupe node'`,
        retryable: false,
      });
    }
  }
}

/** Longest delay of a timer: beyond it, timers of Node fire at once. */
const longestDelayMs = 2 ** 31 - 1;
