import type { Actor, Handlers, RestartKind, SpawnOptions, StopReason } from "../behaviour.ts";
import { ensureError, HandedOnError } from "../errors.ts";
import { Mailbox } from "../mailbox/mailbox.ts";
import type { TraceContext } from "../ports/tracer.ts";
import { RestartWindow, superviseFailure, supervisionRule } from "../supervision/restarts.ts";
import type { ActorState, ActorView } from "../system-api.ts";
import { CellContext } from "./context.ts";
import type { Runnable } from "./dispatcher.ts";
import type { Envelope } from "./envelope.ts";
import type { Host } from "./host.ts";
import { type MessageSpan, messageSpan } from "./message-span.ts";

/** Interleaved handlers of one actor that may wait side by side. */
const interleaveLimit = 1000;
const defaultCapacity = 10_000;

type AnyHandlers = Readonly<Record<string, unknown>>;

/** What only supervisors and watched actors need. Most actors are neither, and there may be a million. */
interface Relations {
  readonly children: Map<string | number, Cell>;
  readonly watchers: Set<string>;
  window: RestartWindow | undefined;
  childrenNamed: number;
}

/**
 * One actor at run time: its mailbox, its present incarnation, and its children, whose supervisor it
 * is. Everything a restart throws away belongs to the {@link CellContext} of an incarnation; the
 * cell and its mailbox stay.
 */
export class Cell implements Runnable, ActorView {
  readonly host: Host;
  readonly parent: Cell | undefined;
  /** A name, or the number of an actor without one. */
  readonly name: string | number;
  readonly actor: Actor;
  #address: string | undefined;
  #mailbox: Mailbox<Envelope> | undefined;
  readonly #options: SpawnOptions;
  /** What the handler at work was sent. */
  current: Envelope | undefined;
  trace: TraceContext | undefined;
  #state: ActorState = "starting";
  #handlers: AnyHandlers | undefined;
  #context: CellContext | undefined;
  /** The runtime's own work in this actor: goes before any message. */
  #tasks: Array<() => unknown> | undefined;
  #relations: Relations | undefined;
  /** The incarnation whose asynchronous handler holds the mailbox. */
  #busy: CellContext | undefined;
  /** Set while what the last incarnation began is being cleaned up; the next one waits for it. */
  #ending: Promise<void> | undefined;
  #interleaved = 0;
  nextReady: Runnable | undefined;
  #stopRequested = false;
  #terminated: Promise<void> | undefined;

  constructor(
    host: Host,
    parent: Cell | undefined,
    actor: Actor,
    name: string | number,
    options: SpawnOptions,
  ) {
    this.host = host;
    this.parent = parent;
    this.actor = actor;
    this.name = name;
    this.#options = options;
  }

  /** Text for a million actors that nobody calls by name would be a waste: made when it is needed. */
  get address(): string {
    this.#address ??= `${this.parent?.address ?? this.host.node}/${this.name}`;
    return this.#address;
  }

  /** The address without the node. */
  get path(): string {
    return this.address.slice(this.host.node.length + 1);
  }

  /** Made when the first message comes: most actors wait for one. */
  get mailbox(): Mailbox<Envelope> {
    if (this.#mailbox === undefined) {
      const { mailbox } = this.actor.options;
      this.#mailbox = new Mailbox(this.capacity, mailbox?.overflow ?? "reject-new");
    }
    return this.#mailbox;
  }

  get restartKind(): RestartKind {
    return this.#options.restart ?? "transient";
  }

  get capabilities(): readonly string[] {
    return this.#options.capabilities ?? [];
  }

  get protocol(): string {
    return this.actor.protocol.name;
  }

  get state(): ActorState {
    return this.#state;
  }

  get waiting(): number {
    return this.#mailbox?.length ?? 0;
  }

  get capacity(): number {
    return this.actor.options.mailbox?.capacity ?? defaultCapacity;
  }

  get atWork(): Envelope | undefined {
    return this.#busy === undefined ? undefined : this.current;
  }

  get alive(): boolean {
    return this.#state !== "stopped" && this.#state !== "stopping";
  }

  /** Numbers for children without a name. */
  nextChild(): number {
    const relations = this.#related();
    relations.childrenNamed += 1;
    return relations.childrenNamed;
  }

  /** Begins an incarnation: runs the setup, then whatever waits in the mailbox. */
  start(): void {
    if (!this.alive || this.#context !== undefined) return;
    if (this.#ending !== undefined) {
      void this.#ending.then(() => this.start());
      return;
    }
    this.#state = "starting";
    const context = new CellContext(this);
    this.#context = context;
    try {
      const made: unknown = this.actor.setup(context as never);
      if (made instanceof Promise) {
        made.then(
          (handlers: AnyHandlers) => this.#begin(context, handlers),
          (thrown) => this.#misbegun(context, thrown),
        );
      } else this.#begin(context, made as AnyHandlers);
    } catch (thrown) {
      this.#misbegun(context, thrown);
    }
  }

  #begin(context: CellContext, handlers: AnyHandlers): void {
    if (this.#context !== context || this.#state !== "starting") return;
    this.#handlers = handlers;
    this.#state = "running";
    const waits = this.#mailbox !== undefined && this.#mailbox.length > 0;
    if (waits || this.#tasks !== undefined || this.#stopRequested) this.#wake();
  }

  #misbegun(context: CellContext, thrown: unknown): void {
    if (this.#context === context && this.#state === "starting") this.fail(ensureError(thrown));
  }

  become(handlers: Handlers<never>): void {
    this.#handlers = handlers;
  }

  /** Puts a message in the mailbox. */
  receive(envelope: Envelope): void {
    if (!this.alive) return this.host.undeliverable(envelope, this.address, "stopped");
    this.host.times?.arrived(envelope);
    const queued = this.mailbox.push(envelope);
    if (queued === "refused") {
      return this.host.undeliverable(envelope, this.address, "mailbox-full");
    }
    if (queued !== "accepted") {
      this.host.undeliverable(queued.dropped, this.address, "mailbox-full");
    }
    this.#wake();
  }

  /** Runs a piece of this incarnation's own work before any message. Dropped if it restarts first. */
  runSoon(context: CellContext, run: () => unknown): void {
    if (this.#context !== context || !this.alive) return;
    this.#tasks ??= [];
    this.#tasks.push(() => (this.#context === context ? run() : undefined));
    this.#wake();
  }

  #wake(): void {
    if (this.#busy === undefined) this.host.dispatcher.schedule(this);
  }

  turn(budget: number): number {
    for (let handled = 0; handled < budget; handled += 1) {
      if (this.#busy !== undefined) return handled;
      if (this.#stopRequested) {
        void this.terminate("stopped");
        return handled;
      }
      if (this.#state !== "running") return handled;
      const task = this.#tasks?.shift();
      if (task !== undefined) {
        if (this.#tasks?.length === 0) this.#tasks = undefined;
        this.#perform(task, undefined, undefined);
        continue;
      }
      if (this.#interleaved >= interleaveLimit) return handled;
      const envelope = this.#mailbox?.shift();
      if (envelope === undefined) return handled;
      this.handle(envelope);
    }
    this.#wake();
    return budget;
  }

  /** Handles a message at once. To be called from a task: between it and the handler nothing can come. */
  handle(envelope: Envelope): void {
    const { type, asked } = envelope;
    if (asked?.isOver === true) {
      return this.host.undeliverable(envelope, this.address, "expired");
    }
    const handler = this.#handlers?.[type];
    if (typeof handler !== "function") {
      return this.host.undeliverable(envelope, this.address, "malformed", `no message '${type}'`);
    }
    const { trace } = envelope;
    const { protocol } = this.actor;
    const span =
      trace?.sampled === true
        ? messageSpan(this.host, "process", protocol, type, this.address, trace)
        : undefined;
    this.trace = span?.context ?? trace;
    this.#context?.touch();
    this.host.times?.taken(protocol, envelope);
    this.#perform(handler as (body: unknown) => unknown, envelope, span);
  }

  #perform(
    work: (body: unknown) => unknown,
    envelope: Envelope | undefined,
    span: MessageSpan | undefined,
  ): void {
    const context = this.#context;
    this.current = envelope;
    let result: unknown;
    try {
      result = work(envelope?.body);
    } catch (thrown) {
      this.current = undefined;
      return this.#failed(context, envelope, span, ensureError(thrown));
    }
    if (result instanceof Promise) return this.#await(result, context, envelope, span);
    this.current = undefined;
    span?.end();
    this.#handled(envelope);
    this.#answer(envelope, result);
  }

  #handled(envelope: Envelope | undefined): void {
    if (envelope !== undefined) this.host.times?.ended(this.actor.protocol, envelope);
  }

  #answer(envelope: Envelope | undefined, value: unknown): void {
    if (envelope?.asked === undefined || envelope.givenUp) return;
    if (envelope.stashed) envelope.stashed = false;
    else envelope.asked.answer({ ok: true, value: this.host.isolate(value) });
  }

  /** Goes on when the handler's promise has settled; meanwhile the mailbox waits, unless it interleaves. */
  #await(
    result: Promise<unknown>,
    context: CellContext | undefined,
    envelope: Envelope | undefined,
    span: MessageSpan | undefined,
  ): void {
    envelope?.asked?.taken();
    const interleaves = envelope !== undefined && this.#interleaves(envelope.type);
    if (interleaves) {
      this.#interleaved += 1;
      this.current = undefined;
    } else this.#busy = context;
    const settled = (): void => {
      if (interleaves) this.#interleaved -= 1;
      else if (this.#busy === context) {
        this.#busy = undefined;
        this.current = undefined;
      }
    };
    result.then(
      (value) => {
        settled();
        span?.end();
        this.#handled(envelope);
        this.#answer(envelope, value);
        this.#wake();
      },
      (thrown) => {
        settled();
        this.#failed(context, envelope, span, ensureError(thrown));
        this.#wake();
      },
    );
  }

  /** Who would wait for an answer to an ask that this actor makes now, outermost first. */
  waitingChain(): readonly string[] {
    const { current } = this;
    if (current === undefined) return [];
    const before = current.asked?.chain ?? [];
    return this.#interleaves(current.type) ? before : [...before, this.address];
  }

  #interleaves(type: string): boolean {
    const { interleave } = this.actor.options;
    return interleave === "all" || interleave?.includes(type) === true;
  }

  #failed(
    context: CellContext | undefined,
    envelope: Envelope | undefined,
    span: MessageSpan | undefined,
    error: Error,
  ): void {
    span?.fail(error);
    span?.end();
    if (envelope?.givenUp === true) return;
    if (envelope !== undefined) this.host.times?.failed(this.actor.protocol, envelope);
    if (error instanceof HandedOnError && envelope?.asked !== undefined) {
      const { stage, message: detail } = error;
      return envelope.asked.answer({ ok: false, stage, detail });
    }
    if (envelope !== undefined) this.#poisoned(envelope, error);
    if (this.#state === "running" && this.#context === context) this.fail(error);
  }

  /** A message whose handler failed goes back for another try, or into quarantine. */
  #poisoned(envelope: Envelope, error: Error): void {
    envelope.failures += 1;
    if (envelope.failures < (this.actor.options.poisonAfter ?? 1) && this.alive) {
      this.mailbox.unshift(envelope);
      return;
    }
    this.#quarantine(envelope, error);
  }

  /** Somebody outside has found that this incarnation does not go on. False when there is none. */
  restart(error: Error): boolean {
    if (this.#state !== "running") return false;
    const { atWork } = this;
    if (atWork !== undefined) {
      atWork.givenUp = true;
      this.#quarantine(atWork, error);
    }
    this.fail(error);
    return true;
  }

  #quarantine(envelope: Envelope, error: Error): void {
    this.host.quarantine.add(this.address, envelope, error);
    envelope.asked?.answer({ ok: false, stage: "handler", detail: error.message });
  }

  /** Ends the incarnation and leaves the rest to the supervisor. */
  fail(error: Error): void {
    this.suspend();
    if (this.parent === undefined) this.host.rootFailure(this, error);
    else this.parent.childFailed(this, error);
  }

  /** Ends the incarnation: what it started is stopped; the mailbox waits. */
  suspend(): void {
    if (!this.alive) return;
    this.#state = "backing-off";
    this.#handlers = undefined;
    this.#tasks = undefined;
    this.#busy = undefined;
    const context = this.#context;
    this.#context = undefined;
    const cleaned = context?.end();
    if (this.#relations === undefined && cleaned === undefined) return;
    const ends = this.#children()
      .reverse()
      .map((child) => child.terminate("stopped"));
    this.#ending = Promise.all([cleaned, ...ends]).then(() => {
      this.#ending = undefined;
    });
  }

  #related(): Relations {
    this.#relations ??= {
      children: new Map(),
      watchers: new Set(),
      window: undefined,
      childrenNamed: 0,
    };
    return this.#relations;
  }

  addChild(child: Cell): void {
    this.#related().children.set(child.name, child);
  }

  removeChild(child: Cell): void {
    this.#relations?.children.delete(child.name);
  }

  #children(): Cell[] {
    return [...(this.#relations?.children.values() ?? [])];
  }

  /** The supervisor's part: decides what follows from a child's failure. */
  childFailed(child: Cell, error: Error): void {
    const { supervision } = this.actor.options;
    const relations = this.#related();
    relations.window ??= new RestartWindow(supervisionRule(supervision), this.host.random);
    superviseFailure(this.host, relations.window, this.#children(), child, error, () => {
      this.host.emit({ kind: "escalated", actor: this.address, error });
      if (this.alive) this.fail(error);
    });
  }

  /** An actor that this one watches is gone. */
  terminated(address: string, why: StopReason): void {
    this.#context?.terminated(address, why);
  }

  watched(): readonly string[] {
    return this.#context?.watchedAddresses() ?? [];
  }

  addWatcher(address: string, linked: boolean): void {
    this.#related().watchers.add(address);
    if (linked) this.#context?.linkedBy(address);
  }

  removeWatcher(address: string): void {
    this.#relations?.watchers.delete(address);
  }

  /** The behaviour wants to end: it does after the message at hand, or begins anew if permanent. */
  leave(): void {
    const context = this.#context;
    if (this.restartKind !== "permanent") this.requestStop();
    else if (context !== undefined) {
      this.runSoon(context, () => {
        throw new Error("it stopped itself, but is permanent");
      });
    }
  }

  requestStop(): void {
    this.#stopRequested = true;
    this.#context?.abort();
    if (this.#busy !== undefined) return;
    if (this.#state === "running") this.#wake();
    else void this.terminate("stopped");
  }

  /** Children first, then clean-up, then whoever watches is told. */
  terminate(reason: StopReason, error?: Error): Promise<void> {
    this.#terminated ??= this.#terminate(reason, error);
    return this.#terminated;
  }

  async #terminate(reason: StopReason, error: Error | undefined): Promise<void> {
    this.#state = "stopping";
    this.host.ending(this);
    const context = this.#context;
    this.#context = undefined;
    for (const child of this.#children().reverse()) await child.terminate("stopped");
    await context?.end();
    // A suspended actor may still be cleaning up after its last incarnation.
    await this.#ending;
    this.#state = "stopped";
    for (const envelope of this.#mailbox?.drain() ?? []) {
      this.host.undeliverable(envelope, this.address, "stopped");
    }
    this.parent?.removeChild(this);
    this.host.gone(this, reason, this.#relations?.watchers ?? [], error);
  }
}
