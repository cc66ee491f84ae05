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
import type { Cancel, Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { Random } from "../ports/random.ts";
import type { Attributes, Span, TraceContext } from "../ports/tracer.ts";
import type { Definitions, Protocol } from "../protocol.ts";
import type { Ref } from "../ref.ts";
import { ActorRef } from "./actor-ref.ts";
import type { Cell } from "./cell.ts";
import type { Envelope } from "./envelope.ts";

/** Most messages one actor may set aside. */
const stashCapacity = 1000;

/** One incarnation of an actor, as its behaviour sees it. A restart ends it and begins another. */
export class CellContext implements ActorContext<Definitions> {
  readonly #cell: Cell;
  readonly #abort = new AbortController();
  readonly #cleanUps: Array<() => void | Promise<void>> = [];
  #timers: Map<string, Cancel> | undefined;
  #stash: Envelope[] | undefined;
  #watched: Map<string, (why: StopReason) => void> | undefined;
  #idle: { readonly arm: () => void; cancel: Cancel } | undefined;

  constructor(cell: Cell) {
    this.#cell = cell;
  }

  get self(): Ref {
    return new ActorRef(this.#cell.host, this.#cell.actor.protocol, this.#cell.address, this.#cell);
  }
  get node(): string {
    return this.#cell.host.node;
  }
  get clock(): Clock {
    return this.#cell.host.clock;
  }
  get random(): Random {
    return this.#cell.host.random;
  }
  get log(): Log {
    return this.#cell.host.log;
  }
  get signal(): AbortSignal {
    return this.#abort.signal;
  }
  get trace(): TraceContext | undefined {
    return this.#cell.trace;
  }

  readonly timers: Timers<Definitions> = {
    once: (key, delayMs, type, body) => {
      this.#setTimer(key, delayMs, () => {
        this.#timers?.delete(key);
        this.#toSelf(type, body);
      });
    },
    every: (key, periodMs, type, body) => {
      const tick = (): void => {
        this.#setTimer(key, periodMs, tick);
        this.#toSelf(type, body);
      };
      this.#setTimer(key, periodMs, tick);
    },
    cancel: (key) => {
      this.#timers?.get(key)?.();
      this.#timers?.delete(key);
    },
  };

  spawn<C extends Definitions>(actor: Actor<C>, options: SpawnOptions = {}): Ref<C> {
    const address = this.#cell.host.spawn(actor as unknown as Actor, options, this.#cell);
    return this.ref(actor.protocol, address);
  }

  ref<C extends Definitions>(protocol: Protocol<C>, address: string): Ref<C> {
    return new ActorRef(this.#cell.host, protocol, address, this.#cell) as unknown as Ref<C>;
  }

  stop(ref?: { readonly address: string }): void {
    if (ref === undefined || ref.address === this.#cell.address) this.#cell.leave();
    else this.#cell.host.stopLocal(ref.address);
  }

  watch(ref: { readonly address: string }, then: (why: StopReason) => void): void {
    this.#watched ??= new Map();
    this.#watched.set(ref.address, then);
    this.#cell.host.watch(ref.address, this.#cell.address);
  }

  unwatch(ref: { readonly address: string }): void {
    if (this.#watched?.delete(ref.address)) {
      this.#cell.host.unwatch(ref.address, this.#cell.address);
    }
  }

  /** Called by the host when a watched actor is gone. */
  terminated(address: string, why: StopReason): void {
    const then = this.#watched?.get(address);
    if (then === undefined) return;
    this.#cell.runSoon(this, () => {
      if (this.#watched?.delete(address)) then(why);
    });
  }

  watchedAddresses(): readonly string[] {
    return [...(this.#watched?.keys() ?? [])];
  }

  stash(): void {
    const { current, host, address } = this.#cell;
    if (current === undefined) return;
    this.#stash ??= [];
    if (this.#stash.length >= stashCapacity) host.undeliverable(current, address, "stash-full");
    else this.#stash.push(current);
  }

  unstashAll(): void {
    const stashed = this.#stash ?? [];
    this.#stash = undefined;
    for (const envelope of stashed.reverse()) this.#cell.mailbox.unshift(envelope);
  }

  become(handlers: Handlers<Definitions>): void {
    this.#cell.become(handlers as Handlers<never>);
  }

  receiveTimeout(idleMs: number | undefined, type: string, body: unknown): void {
    this.#idle?.cancel();
    this.#idle = undefined;
    if (idleMs === undefined) return;
    const arm = (): void => {
      this.#idle?.cancel();
      const cancel = this.clock.schedule(idleMs, () => this.#toSelf(type, body));
      this.#idle = { arm, cancel };
    };
    arm();
  }

  /** A message has come: idleness begins anew. */
  touch(): void {
    this.#idle?.arm();
  }

  pipe<R>(work: Promise<R>, then: (outcome: Settled<R>) => void | Promise<void>): void {
    const { trace } = this.#cell;
    const settle = (outcome: Settled<R>): void =>
      this.#cell.runSoon(this, () => {
        this.#cell.trace = trace;
        return then(outcome);
      });
    work.then(
      (value) => settle({ ok: true, value }),
      (thrown) => settle({ ok: false, error: ensureError(thrown) }),
    );
  }

  async span<R>(
    name: string,
    attributes: Attributes,
    work: (span: Span) => Promise<R> | R,
    parent: TraceContext | undefined = this.#cell.trace,
  ): Promise<R> {
    const span = this.#cell.host.tracer.start(name, {
      attributes,
      ...(parent === undefined ? {} : { parent }),
    });
    try {
      return await work(span);
    } catch (thrown) {
      span.fail(thrown);
      throw thrown;
    } finally {
      span.end();
    }
  }

  onStop(cleanUp: () => void | Promise<void>): void {
    this.#cleanUps.push(cleanUp);
  }

  abort(): void {
    this.#abort.abort(new Error(`actor ${this.#cell.address} stopped`));
  }

  /** Ends the incarnation: nothing it began reaches the next one. */
  async end(): Promise<void> {
    this.abort();
    for (const cancel of this.#timers?.values() ?? []) cancel();
    this.#timers = undefined;
    this.#idle?.cancel();
    this.unstashAll();
    for (const address of this.watchedAddresses()) this.unwatch({ address });
    for (const cleanUp of this.#cleanUps.reverse()) {
      try {
        await cleanUp();
      } catch (error) {
        this.log("error", "clean-up failed", { actor: this.#cell.address, error });
      }
    }
  }

  #setTimer(key: string, delayMs: number, fire: () => void): void {
    this.#timers ??= new Map();
    this.#timers.get(key)?.();
    const timers = this.#timers;
    const cancel = this.clock.schedule(delayMs, () => {
      this.#cell.runSoon(this, () => {
        if (timers.get(key) === cancel) fire();
      });
    });
    timers.set(key, cancel);
  }

  #toSelf(type: string, body: unknown): void {
    this.#cell.receive({
      type,
      body,
      sender: this.#cell.address,
      trace: undefined,
      chain: undefined,
      deadline: undefined,
      answer: undefined,
      taken: undefined,
      failures: 0,
    });
  }
}
