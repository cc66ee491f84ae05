import type {
  Actor,
  ActorContext,
  Handlers,
  Settled,
  SpawnOptions,
  StopReason,
  Timers,
} from "../behaviour.ts";
import { ensureError, IncarnationEndedError, LinkedActorError } from "../errors.ts";
import type { Cancel, Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { Meter } from "../ports/meter.ts";
import type { Random } from "../ports/random.ts";
import type { Attributes, Span, TraceContext } from "../ports/tracer.ts";
import type { Definitions, Protocol } from "../protocol.ts";
import type { Ref } from "../ref.ts";
import { ActorRef } from "./actor-ref.ts";
import type { Cell } from "./cell.ts";
import { Envelope } from "./envelope.ts";
import { KeyedTimers } from "./keyed-timers.ts";

/** Most messages one actor may set aside. */
const stashCapacity = 1000;
/** How long one piece of clean-up may take before the actor goes on without it, milliseconds. */
const cleanUpMs = 5000;

interface Idleness {
  readonly idleMs: number;
  readonly due: () => void;
  cancel: Cancel;
}

/** What few behaviours use, and each of them little of it: made when it is first used. */
interface Extras {
  abort?: AbortController;
  cleanUps?: Array<() => void | Promise<void>>;
  timers?: KeyedTimers;
  stash?: Envelope[] | undefined;
  watched?: Map<string, (why: StopReason) => void>;
  idle?: Idleness | undefined;
}

/** One incarnation of an actor, as its behaviour sees it. A restart ends it and begins another. */
export class CellContext implements ActorContext<Definitions> {
  readonly #cell: Cell;
  #ended = false;
  #made: Extras | undefined;

  constructor(cell: Cell) {
    this.#cell = cell;
  }

  get #extras(): Extras {
    this.#made ??= {};
    return this.#made;
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
  get meter(): Meter {
    return this.#cell.host.meter;
  }
  get trace(): TraceContext | undefined {
    return this.#cell.trace;
  }

  get deadline(): number | undefined {
    return this.#cell.current?.asked?.deadline;
  }

  get sender(): string | undefined {
    return this.#cell.current?.sender;
  }

  get signal(): AbortSignal {
    const extras = this.#extras;
    extras.abort ??= new AbortController();
    if (this.#ended) this.abort();
    return extras.abort.signal;
  }

  get timers(): Timers<Definitions> {
    const extras = this.#extras;
    extras.timers ??= new KeyedTimers(
      this.clock,
      (run) => this.#cell.runSoon(this, run),
      (type, body) => this.#handle(type, body),
    );
    return extras.timers;
  }

  spawn<C extends Definitions>(actor: Actor<C>, options: SpawnOptions = {}): Ref<C> {
    // Nobody would stop it: the children of this incarnation have been stopped.
    if (this.#ended) throw new IncarnationEndedError(this.#cell.address);
    const { address } = this.#cell.host.spawn(actor as unknown as Actor, options, this.#cell);
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
    this.#watch(ref.address, then, false);
  }

  #watch(address: string, then: (why: StopReason) => void, linked: boolean): void {
    const extras = this.#extras;
    extras.watched ??= new Map();
    extras.watched.set(address, then);
    this.#cell.host.watch(address, this.#cell.address, linked);
  }

  unwatch(ref: { readonly address: string }): void {
    if (this.#made?.watched?.delete(ref.address)) {
      this.#cell.host.unwatch(ref.address, this.#cell.address);
    }
  }

  link(ref: { readonly address: string }): void {
    this.#watch(ref.address, this.#linkEnded(ref.address), true);
  }

  /** The actor at the address has linked itself to this one: watch it as it watches this one. */
  linkedBy(address: string): void {
    if (this.#made?.watched?.has(address) !== true) {
      this.#watch(address, this.#linkEnded(address), false);
    }
  }

  #linkEnded(address: string): (why: StopReason) => void {
    return (why) => {
      if (why !== "stopped") throw new LinkedActorError(address, why);
    };
  }

  /** Called by the host when a watched actor is gone. */
  terminated(address: string, why: StopReason): void {
    const then = this.#made?.watched?.get(address);
    if (then === undefined) return;
    this.#cell.runSoon(this, () => {
      if (this.#made?.watched?.delete(address)) then(why);
    });
  }

  watchedAddresses(): readonly string[] {
    return [...(this.#made?.watched?.keys() ?? [])];
  }

  stash(): void {
    const { current, host, address } = this.#cell;
    if (current === undefined) return;
    const extras = this.#extras;
    extras.stash ??= [];
    if (extras.stash.length >= stashCapacity) host.undeliverable(current, address, "stash-full");
    else {
      current.stashed = true;
      extras.stash.push(current);
    }
  }

  unstashAll(): void {
    const extras = this.#extras;
    const stashed = extras.stash ?? [];
    extras.stash = undefined;
    for (const envelope of stashed.reverse()) this.#cell.mailbox.unshift(envelope);
  }

  become(handlers: Handlers<Definitions>): void {
    this.#cell.become(handlers as Handlers<never>);
  }

  receiveTimeout(idleMs: number | undefined, type: string, body: unknown): void {
    const extras = this.#extras;
    extras.idle?.cancel();
    extras.idle = undefined;
    if (idleMs === undefined) return;
    const due = (): void =>
      this.#cell.runSoon(this, () => {
        if (extras.idle?.due === due) this.#handle(type, body);
      });
    extras.idle = { idleMs, due, cancel: this.clock.schedule(idleMs, due) };
  }

  /** A message has come: idleness begins anew. */
  touch(): void {
    const idle = this.#made?.idle;
    if (idle === undefined) return;
    idle.cancel();
    idle.cancel = this.clock.schedule(idle.idleMs, idle.due);
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
    const extras = this.#extras;
    extras.cleanUps ??= [];
    extras.cleanUps.push(cleanUp);
  }

  abort(): void {
    this.#made?.abort?.abort(new Error(`actor ${this.#cell.address} stopped`));
  }

  /**
   * Ends the incarnation: nothing it began reaches the next one.
   *
   * @returns a promise only when there is clean-up to wait for
   */
  end(): Promise<void> | undefined {
    this.#ended = true;
    const extras = this.#made;
    if (extras === undefined) return undefined;
    this.abort();
    extras.timers?.cancelAll();
    extras.idle?.cancel();
    if (extras.stash !== undefined) this.unstashAll();
    for (const address of this.watchedAddresses()) this.unwatch({ address });
    return extras.cleanUps === undefined ? undefined : this.#cleanUp(extras.cleanUps);
  }

  async #cleanUp(cleanUps: ReadonlyArray<() => void | Promise<void>>): Promise<void> {
    for (const cleanUp of cleanUps.toReversed()) {
      const late = Promise.withResolvers<never>();
      const cancel = this.clock.schedule(cleanUpMs, () =>
        late.reject(new Error(`it took longer than ${cleanUpMs} ms`)),
      );
      try {
        await Promise.race([cleanUp(), late.promise]);
      } catch (error) {
        this.log("error", "clean-up failed", { actor: this.#cell.address, error });
      } finally {
        cancel();
      }
    }
  }

  /** A message from this actor to itself whose time has come. */
  #handle(type: string, body: unknown): void {
    const { address } = this.#cell;
    this.#cell.handle(new Envelope(type, body, address, undefined, undefined));
  }
}
