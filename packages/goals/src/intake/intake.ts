import {
  type ActorSystem,
  type Delivery,
  ensureError,
  FencedError,
  formatTraceparent,
  type Journal,
  noMeter,
  PayloadTooLargeError,
  type Ports,
  parseTraceparent,
  type TraceContext,
  type WorkQueue,
} from "@troupe/actor";
import { refusalOf } from "../contract/refusal.ts";
import { encodeJson } from "../contract/replies.ts";
import type { Subjects } from "../contract/subjects.ts";
import { coordinator } from "../coordinator/coordinator.ts";
import type { Ending } from "../coordinator/pursuit.ts";
import { GoalTooLargeError } from "../errors.ts";
import type { SharedExperience } from "../experience/shared-experience.ts";
import { type GoalJournal, type GoalJournalOptions, openGoalJournal } from "../goal/journal.ts";
import { hasEnded } from "../goal/phases.ts";
import type { GoalRecord } from "../goal/records.ts";
import type { GoalKind } from "../kinds/kind.ts";
import { GoalMeter } from "../measure/goal-meter.ts";
import type { Command } from "./command.ts";
import { deadLetter } from "./dead-letter.ts";
import { obeyCommand } from "./obey-command.ts";
import {
  idFromSequence,
  kindNamed,
  type Published,
  type ReadGoal,
  readPublished,
} from "./read-goal.ts";
import { type AcceptedNotice, noticeKey } from "./receipt-desk.ts";

/** Pause before a goal that could not be coordinated is tried again, milliseconds. */
const retryMs = 1000;

/** What a node takes goals with. */
export interface IntakeOptions {
  readonly system: ActorSystem;
  readonly ports: Ports;
  readonly journal: Journal;
  readonly queue: WorkQueue;
  readonly subjects: Subjects;
  readonly kinds: readonly GoalKind[];
  /** Goals this node coordinates at once; the others wait in the stream. Default 16. */
  readonly concurrency?: number;
  /** How often a goal's delivery is kept alive, milliseconds. Default 4000; must be well below the queue's lease. */
  readonly keepAliveMs?: number;
  /** When old records of a goal are archived. Default as of `openGoalJournal`. */
  readonly archive?: GoalJournalOptions;
  /**
   * Called when a goal has ended, however it did, after its result is published, by the node that ended
   * it: to remove what only the goal needed. Called again when that node dies meanwhile. When it
   * rejects, that is logged and the goal has ended all the same. Default: nothing.
   */
  readonly goalEnded?: (goal: string) => Promise<void>;
  /** What nodes learn of task types. Default: nothing is learned, and plans are made as declared. */
  readonly experience?: SharedExperience;
}

/**
 * Takes goals from the stream and sees each through: reads it, records that it was accepted, runs
 * its coordinator, and acknowledges the delivery once the goal has ended. A goal that can't be read
 * becomes a dead letter. When this node dies, the delivery goes to another node, which goes on from
 * the journal.
 */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #meter: GoalMeter;
  /** Goals under way on this node. */
  readonly #coordinating = new Map<
    string,
    { readonly sequence: number; readonly done: Promise<Ending> }
  >();
  /** Positions of deliveries whose goals are being opened here. */
  readonly #opening = new Set<number>();
  #stopConsuming: (() => Promise<void>) | undefined;
  #closing = false;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#meter = new GoalMeter(options.ports.meter ?? noMeter);
  }

  async start(): Promise<void> {
    const { queue, concurrency = 16 } = this.#options;
    const stop = await queue.consume((delivery) => this.#take(delivery), { concurrency });
    if (this.#closing) await stop();
    else this.#stopConsuming = stop;
  }

  /** Takes no goals until `resume`: other nodes do. Those under way go on here. */
  async pause(): Promise<void> {
    const stop = this.#stopConsuming;
    this.#stopConsuming = undefined;
    await stop?.();
  }

  /** Takes goals again. */
  async resume(): Promise<void> {
    if (this.#stopConsuming === undefined && !this.#closing) await this.start();
  }

  /** Takes no more goals. Those under way are left to the other nodes. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#stopConsuming?.();
  }

  async #take(delivery: Delivery): Promise<void> {
    const { ports, kinds } = this.#options;
    let published: Published;
    try {
      published = readPublished(delivery.payload, delivery.headers, kinds);
    } catch (error) {
      await this.#bury(delivery, error);
      return;
    }
    const id =
      published.is === "command"
        ? published.command.goal
        : (published.id ?? idFromSequence(delivery.sequence));
    if (this.#opening.has(delivery.sequence)) {
      // The lease lapsed while the journal was slow: what is being opened is not opened twice.
      delivery.retry(retryMs);
      return;
    }
    const stopKeepingAlive = this.#keepAlive(delivery);
    try {
      const underWay = this.#coordinating.get(id);
      if (underWay?.sequence === delivery.sequence) {
        // The lease lapsed although this node never stopped: the goal is in good hands.
        await underWay.done;
        await delivery.ack();
        return;
      }
      const { journal, kind } = await this.#open(id, delivery, published);
      if (kind !== undefined) {
        this.#meter.stands(journal.state);
        const done = this.#run(id, kind).finally(() => {
          this.#coordinating.delete(id);
          this.#meter.left(id);
        });
        this.#coordinating.set(id, { sequence: delivery.sequence, done });
        if ((await done) === "ended") await this.#goalEnded(id);
      }
      await delivery.ack();
    } catch (error) {
      if (error instanceof GoalTooLargeError) {
        const key = noticeKey(published.is === "goal" ? published.id : undefined, delivery.payload);
        const { sequence } = delivery;
        const refusal = refusalOf(error);
        const notice: AcceptedNotice = { key, goal: id, sequence, duplicate: false, refusal };
        ports.transport.publish(this.#options.subjects.accepted, encodeJson(notice));
        await this.#bury(delivery, error);
        return;
      }
      if (error instanceof FencedError) {
        ports.log("info", "goal is coordinated elsewhere; leaving it", { goal: id });
        // What a command says is not in the journal: it is said again.
        if (published.is === "command") delivery.retry(retryMs);
        return;
      }
      // A node that leaves takes its coordinators with it; the goal goes on elsewhere.
      if (this.#closing) return;
      ports.log("error", "goal could not be coordinated; giving it back", { goal: id, error });
      delivery.retry(retryMs);
    } finally {
      stopKeepingAlive();
    }
  }

  /** Opens a goal's journal and records what was published; with the goal's kind when it is to be coordinated here. */
  async #open(
    id: string,
    delivery: Delivery,
    published: Published,
  ): Promise<{ readonly journal: GoalJournal; readonly kind: GoalKind | undefined }> {
    const { journal: store, ports, archive } = this.#options;
    this.#opening.add(delivery.sequence);
    try {
      const journal = await openGoalJournal(store, id, ports.clock, archive);
      const kind =
        published.is === "goal"
          ? await this.#accept(journal, delivery, published)
          : await this.#obey(journal, delivery, published.command);
      return { journal, kind };
    } finally {
      this.#opening.delete(delivery.sequence);
    }
  }

  /** The kind of a goal that this delivery is to wake, once the command is on record; else undefined. */
  async #obey(
    journal: GoalJournal,
    delivery: Delivery,
    command: Command,
  ): Promise<GoalKind | undefined> {
    const { system, kinds, ports, journal: store } = this.#options;
    const outcome = await obeyCommand(journal, command, delivery.sequence, system);
    if (outcome.is === "refused") {
      const { error } = outcome;
      ports.log("warn", "a command was refused", { goal: command.goal, reason: error.message });
      await store.append("dead.goals", deadLetter(delivery, error, ports), {
        id: `dead-goal-${delivery.sequence}`,
      });
    }
    const key = noticeKey(undefined, delivery.payload);
    const { sequence } = delivery;
    const notice: AcceptedNotice = {
      key,
      goal: command.goal,
      sequence,
      duplicate: false,
      ...(outcome.is === "refused" ? { refusal: refusalOf(outcome.error) } : {}),
    };
    ports.transport.publish(this.#options.subjects.accepted, encodeJson(notice));
    return outcome.is === "awake" ? kindNamed(journal.state.goal.kind, kinds) : undefined;
  }

  /** Records the acceptance, or the resumption. Undefined when the delivery repeats a known goal. */
  async #accept(
    journal: GoalJournal,
    delivery: Delivery,
    read: ReadGoal,
  ): Promise<GoalKind | undefined> {
    const { system, ports } = this.#options;
    const known = journal.state;
    if (known.phase !== "unknown" && known.sequence !== delivery.sequence) {
      this.#announce(delivery, read, known.id, known.sequence, true);
      return undefined;
    }
    // It went to sleep, or ended long ago, and the acknowledgement of that was lost.
    if (known.suspended || known.phase === "expired") return undefined;
    if (known.phase === "unknown") {
      const publisher = publisherContext(delivery.headers);
      const root = ports.tracer.root({
        ...(publisher === undefined ? {} : { publisher }),
        always: read.traced,
      });
      const accepted: GoalRecord = {
        type: "accepted",
        goal: read.document,
        sequence: delivery.sequence,
        node: system.node,
        trace: formatTraceparent(root),
        ...(publisher === undefined ? {} : { publisher: formatTraceparent(publisher) }),
        tasks: [...read.kind.opening(read.document)],
      };
      try {
        await journal.append(accepted);
      } catch (cause) {
        if (!(cause instanceof PayloadTooLargeError)) throw cause;
        // It would be too large at every attempt, on every node.
        throw new GoalTooLargeError(delivery.payload.length, ports.transport.maxPayloadBytes, {
          cause,
        });
      }
      this.#meter.accepted(read.kind.name);
    } else if (!hasEnded(known)) {
      await journal.append({ type: "resumed", node: system.node });
      this.#meter.resumed(read.kind.name);
    }
    this.#announce(delivery, read, known.id, delivery.sequence, false);
    return read.kind;
  }

  #announce(
    delivery: Delivery,
    read: ReadGoal,
    goal: string,
    sequence: number,
    duplicate: boolean,
  ): void {
    const key = noticeKey(read.id, delivery.payload);
    const notice: AcceptedNotice = { key, goal, sequence, duplicate };
    this.#options.ports.transport.publish(this.#options.subjects.accepted, encodeJson(notice));
  }

  async #goalEnded(id: string): Promise<void> {
    try {
      await this.#options.goalEnded?.(id);
    } catch (error) {
      this.#options.ports.log("warn", "could not clean up after a goal", { goal: id, error });
    }
  }

  /** Runs the coordinator until the goal has ended or sleeps. */
  #run(id: string, kind: GoalKind): Promise<Ending> {
    const { system, ports, journal, archive, experience } = this.#options;
    return new Promise((resolve, reject) => {
      const name = `goal-${id}`;
      const address = `${system.node}/${name}`;
      const stopObserving = system.observe((event) => {
        if (event.kind === "stopped" && event.actor === address) {
          settle(event.error ?? new Error(`coordinator ${address} was stopped`));
        }
      });
      const settle = (how: Ending | Error): void => {
        stopObserving();
        if (how instanceof Error) reject(how);
        else resolve(how);
      };
      try {
        system.spawn(
          coordinator({
            goal: id,
            kind,
            journal,
            cluster: system.cluster,
            tracer: ports.tracer,
            random: ports.random,
            ...(archive === undefined ? {} : { archive }),
            ...(experience === undefined ? {} : { experience }),
            meter: this.#meter,
            ended: settle,
          }),
          {
            name,
            restart: "transient",
          },
        );
      } catch (error) {
        settle(ensureError(error));
      }
    });
  }

  async #bury(delivery: Delivery, error: unknown): Promise<void> {
    const { journal, ports } = this.#options;
    const refusal = refusalOf(error);
    ports.log("warn", "a published goal was refused", {
      sequence: delivery.sequence,
      reason: refusal.error.description,
    });
    await journal.append("dead.goals", deadLetter(delivery, error, ports), {
      id: `dead-goal-${delivery.sequence}`,
    });
    await delivery.ack();
  }

  #keepAlive(delivery: Delivery): () => void {
    const { ports, keepAliveMs = 4000 } = this.#options;
    let cancel = (): void => {};
    const arm = (): void => {
      cancel = ports.clock.schedule(keepAliveMs, () => {
        delivery.working();
        arm();
      });
    };
    arm();
    return () => cancel();
  }
}

function publisherContext(headers: Readonly<Record<string, string>>): TraceContext | undefined {
  const find = (wanted: string) =>
    Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1];
  return parseTraceparent(find("traceparent"), find("tracestate"));
}
