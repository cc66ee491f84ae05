import type {
  Actor,
  ActorContext,
  Handlers,
  Settled,
  SpawnOptions,
  StopReason,
  Timers,
} from "../behaviour.ts";
import { ensureError } from "../errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import { type Meter, noMeter } from "../ports/meter.ts";
import { type Random, systemRandom } from "../ports/random.ts";
import { systemClock } from "../ports/system-clock.ts";
import type { Attributes, Span, TraceContext } from "../ports/tracer.ts";
import type { Definitions, Protocol } from "../protocol.ts";
import type { Ref } from "../ref.ts";
import type { Incarnation } from "./incarnation.ts";
import type { KeptOptions } from "./thread-messages.ts";
import { ThreadRef } from "./thread-ref.ts";
import { threadSpan } from "./thread-span.ts";

/** The context of a behaviour in a thread. What belongs to the mailbox is done where the mailbox is. */
export class ThreadContext implements ActorContext<Definitions> {
  readonly clock: Clock = systemClock;
  readonly random: Random = systemRandom;
  readonly #incarnation: Incarnation;
  readonly #abort = new AbortController();
  readonly #cleanUps: Array<() => void | Promise<void>> = [];
  readonly #watched = new Map<string, (why: StopReason) => void>();
  #childrenNamed = 0;

  constructor(incarnation: Incarnation) {
    this.#incarnation = incarnation;
  }

  get self(): Ref {
    // A behaviour's own protocol is not needed for what it sends itself: that is checked on arrival.
    return new ThreadRef(this.#incarnation, { name: "self", messages: {} }, this.#address);
  }
  get #address(): string {
    return this.#incarnation.address;
  }
  get node(): string {
    return this.#incarnation.node;
  }
  get signal(): AbortSignal {
    return this.#abort.signal;
  }
  get deadline(): number | undefined {
    return this.#incarnation.deadline;
  }
  get meter(): Meter {
    return noMeter;
  }
  get sender(): string | undefined {
    return this.#incarnation.sender;
  }
  get trace(): TraceContext | undefined {
    return this.#incarnation.trace;
  }

  readonly log: Log = (level, message, fields) => {
    try {
      this.#incarnation.request({ kind: "log", level, message, fields });
    } catch {
      const shown = Object.entries(fields ?? {}).map(([name, value]) => [name, String(value)]);
      this.#incarnation.request({
        kind: "log",
        level,
        message,
        fields: Object.fromEntries(shown),
      });
    }
  };

  readonly timers: Timers<Definitions> = {
    once: (key, ms, type, body) =>
      this.#incarnation.request({ kind: "timer", mode: "once", key, ms, type, body }),
    every: (key, ms, type, body) =>
      this.#incarnation.request({ kind: "timer", mode: "every", key, ms, type, body }),
    cancel: (key) => this.#incarnation.request({ kind: "cancel-timer", key }),
  };

  spawn<C extends Definitions>(actor: Actor<C>, options: SpawnOptions = {}): Ref<C> {
    const incarnation = this.#incarnation;
    this.#childrenNamed += 1;
    const { name = `${incarnation.number}-${this.#childrenNamed}` } = options;
    const { protocol } = actor;
    incarnation.request({
      kind: "spawn",
      actor: incarnation.surroundings.adopt(actor as unknown as Actor),
      protocol: protocol.name,
      spans: protocol.spans ?? "each",
      messages: Object.entries(protocol.messages).map(([type, { reply }]) => ({
        type,
        asked: reply !== undefined,
      })),
      options: keptOptions(actor.options),
      spawn: { ...options, name },
    });
    return this.ref(protocol, `${this.#address}/${name}`);
  }

  ref<C extends Definitions>(protocol: Protocol<C>, address: string): Ref<C> {
    return new ThreadRef(this.#incarnation, protocol, address) as unknown as Ref<C>;
  }

  stop(ref?: { readonly address: string }): void {
    this.#incarnation.request({ kind: "stop", address: ref?.address });
  }

  watch({ address }: { readonly address: string }, then: (why: StopReason) => void): void {
    this.#watched.set(address, then);
    this.#incarnation.request({ kind: "watch", address });
  }

  unwatch({ address }: { readonly address: string }): void {
    if (this.#watched.delete(address)) this.#incarnation.request({ kind: "unwatch", address });
  }

  link({ address }: { readonly address: string }): void {
    this.#watched.delete(address);
    this.#incarnation.request({ kind: "link", address });
  }

  terminated(address: string, why: StopReason): void {
    this.#incarnation.run(() => {
      const then = this.#watched.get(address);
      if (this.#watched.delete(address)) then?.(why);
    });
  }

  stash(): void {
    if (this.#incarnation.handling) this.#incarnation.request({ kind: "stash" });
  }

  unstashAll(): void {
    this.#incarnation.request({ kind: "unstash-all" });
  }

  become(handlers: Handlers<Definitions>): void {
    this.#incarnation.become(handlers as Handlers<never>);
  }

  receiveTimeout(ms: number | undefined, type: string, body: unknown): void {
    this.#incarnation.request({ kind: "receive-timeout", ms, type, body });
  }

  pipe<R>(work: Promise<R>, then: (outcome: Settled<R>) => void | Promise<void>): void {
    const { trace } = this;
    const settle = (outcome: Settled<R>): void =>
      this.#incarnation.run(() => {
        this.#incarnation.trace = trace;
        return then(outcome);
      });
    work.then(
      (value) => settle({ ok: true, value }),
      (thrown) => settle({ ok: false, error: ensureError(thrown) }),
    );
  }

  span<R>(
    name: string,
    attributes: Attributes,
    work: (span: Span) => Promise<R> | R,
    parent: TraceContext | undefined = this.trace,
  ): Promise<R> {
    return threadSpan(this.#incarnation, name, attributes, parent, work);
  }

  onStop(cleanUp: () => void | Promise<void>): void {
    this.#cleanUps.push(cleanUp);
  }

  abort(): void {
    this.#abort.abort(new Error(`actor ${this.#address} stopped`));
  }

  async end(): Promise<void> {
    this.abort();
    for (const cleanUp of this.#cleanUps.reverse()) {
      try {
        await cleanUp();
      } catch (error) {
        this.log("error", "clean-up failed", { actor: this.#address, error });
      }
    }
  }
}

function keptOptions({ supervision, mailbox, poisonAfter, interleave }: KeptOptions): KeptOptions {
  return {
    ...(supervision === undefined ? {} : { supervision }),
    ...(mailbox === undefined ? {} : { mailbox }),
    ...(poisonAfter === undefined ? {} : { poisonAfter }),
    ...(interleave === undefined ? {} : { interleave }),
  };
}
