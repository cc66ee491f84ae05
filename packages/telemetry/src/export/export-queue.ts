import { type Cancel, type Clock, ensureError, type Log } from "@troupe/actor";
import { ShutdownTimeoutError } from "../errors.ts";
import type { SpanRecord } from "../spans/span-record.ts";
import { LossReport } from "./loss-report.ts";
import type { Delivery, Sink } from "./sink.ts";

/** How long ended spans are gathered before they are sent, milliseconds. */
const gatherMs = 500;
/** Spans sent in one batch; as many waiting are sent without gathering more. */
const batchLimit = 512;
/** How long a shutdown waits for the last spans to leave, milliseconds. */
const shutdownWithinMs = 5_000;

interface ExportQueueOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Spans that may wait or be under way; what ends beyond it is dropped and counted. */
  readonly limit: number;
}

/**
 * Ended spans on their way to one sink. Each sink has a queue of its own, so that one that is slow or
 * away does not hold up another. Unlike the SDK's batch processor it counts exactly what is lost and
 * lives by the given clock.
 */
export class ExportQueue {
  readonly #sink: Sink;
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #losses: LossReport;
  #waiting: SpanRecord[] = [];
  #underWay = 0;
  #accepted = 0;
  #settled = 0;
  #gathering: Cancel | undefined;
  #sending: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  /** Set when the shutdown gave up: what is still under way counts as lost already. */
  #abandoned = false;

  constructor(sink: Sink, options: ExportQueueOptions) {
    this.#sink = sink;
    this.#clock = options.clock;
    this.#limit = options.limit;
    this.#losses = new LossReport(sink.name, options.clock, options.log);
  }

  /** Spans that did not reach the sink: its queue was full or closed, or it kept failing. */
  get lost(): number {
    return this.#losses.total;
  }

  /** Takes a span that has ended. */
  add(span: SpanRecord): void {
    if (this.#closing !== undefined || this.#waiting.length + this.#underWay >= this.#limit) {
      this.#losses.lost(1);
      return;
    }
    this.#waiting.push(span);
    this.#accepted += 1;
    if (this.#sending === undefined) this.#gather();
  }

  /** Resolves when every span that has ended by now was sent or is lost. */
  async flush(): Promise<void> {
    const target = this.#accepted;
    while (this.#settled < target) await this.#send();
  }

  /** Sends what is left, within 5 s, and closes the sink. Never rejects. */
  shutdown(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const late = Promise.withResolvers<"late">();
    const cancel = this.#clock.schedule(shutdownWithinMs, () => late.resolve("late"));
    const outcome = await Promise.race([this.flush(), late.promise]);
    cancel();
    this.#gathering?.();
    if (outcome === "late") {
      this.#abandoned = true;
      const left = this.#waiting.splice(0).length + this.#underWay;
      this.#settled = this.#accepted;
      this.#losses.lost(left, new ShutdownTimeoutError(this.#sink.name, shutdownWithinMs));
    }
    this.#losses.close();
    const closed = this.#sink.close().catch(() => {});
    // A sink may wait for what it is still sending, which has just taken too long.
    if (outcome !== "late") await closed;
  }

  #send(): Promise<void> {
    this.#gathering?.();
    this.#gathering = undefined;
    this.#sending ??= this.#sendWaiting().finally(() => {
      this.#sending = undefined;
      this.#gather();
    });
    return this.#sending;
  }

  /** What ends meanwhile is gathered again: under load many small batches would cost more than the spans. */
  #gather(): void {
    if (this.#waiting.length >= batchLimit) void this.#send();
    else if (this.#waiting.length > 0) {
      this.#gathering ??= this.#clock.schedule(gatherMs, () => void this.#send());
    }
  }

  async #sendWaiting(): Promise<void> {
    for (let left = this.#waiting.length; left > 0; left -= batchLimit) {
      const batch = this.#waiting.splice(0, batchLimit);
      this.#underWay = batch.length;
      const { lost, error } = await this.#deliver(batch);
      if (this.#abandoned) return;
      this.#underWay = 0;
      this.#settled += batch.length;
      if (lost > 0) this.#losses.lost(lost, error);
    }
  }

  async #deliver(batch: readonly SpanRecord[]): Promise<Delivery> {
    try {
      return await this.#sink.send(batch);
    } catch (thrown) {
      return { lost: batch.length, error: ensureError(thrown) };
    }
  }
}
