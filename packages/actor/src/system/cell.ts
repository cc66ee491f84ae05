import type {
  Actor,
  ActorContext,
  Handlers,
  RestartKind,
  SpawnOptions,
  StopReason,
} from "../behaviour.ts";
import { ensureError } from "../errors.ts";
import { Mailbox } from "../mailbox/mailbox.ts";
import type { Span, TraceContext } from "../ports/tracer.ts";
import { RestartWindow, supervisionRule } from "../supervision/restarts.ts";
import { CellContext } from "./context.ts";
import type { Envelope, SystemTask } from "./envelope.ts";
import type { Host } from "./host.ts";

/** Messages handled in one go before other actors get their turn. */
const turnBudget = 256;
const defaultCapacity = 10_000;

type State = "starting" | "running" | "backing-off" | "stopping" | "stopped";

/**
 * One actor at run time: its mailbox, its present incarnation, and its children, whose supervisor it
 * is. Everything a restart throws away belongs to the {@link CellContext} of an incarnation; the
 * cell and its mailbox stay.
 */
export class Cell {
  readonly host: Host;
  readonly parent: Cell | undefined;
  readonly path: string;
  readonly address: string;
  readonly actor: Actor;
  readonly restartKind: RestartKind;
  readonly capabilities: readonly string[];
  readonly mailbox: Mailbox<Envelope>;
  /** What the handler at work was sent. */
  current: Envelope | undefined;
  trace: TraceContext | undefined;
  #state: State = "starting";
  #handlers: Handlers<never> | undefined;
  #context: CellContext | undefined;
  #tasks: SystemTask[] = [];
  #children: Map<string, Cell> | undefined;
  #watchers: Set<string> | undefined;
  #window: RestartWindow | undefined;
  #busy = false;
  #scheduled = false;
  #stopRequested = false;
  #leaving = false;
  #terminated: Promise<void> | undefined;
  #childrenNamed = 0;

  constructor(
    host: Host,
    parent: Cell | undefined,
    actor: Actor,
    name: string,
    options: SpawnOptions,
  ) {
    this.host = host;
    this.parent = parent;
    this.actor = actor;
    this.path = parent === undefined ? name : `${parent.path}/${name}`;
    this.address = `${host.node}/${this.path}`;
    this.restartKind = options.restart ?? "transient";
    this.capabilities = options.capabilities ?? [];
    const { capacity = defaultCapacity, overflow = "reject-new" } = actor.options.mailbox ?? {};
    this.mailbox = new Mailbox(capacity, overflow);
  }

  get alive(): boolean {
    return this.#state !== "stopped" && this.#state !== "stopping";
  }

  /** Names for children that were not given one. */
  nextChildName(): string {
    this.#childrenNamed += 1;
    return `${this.#childrenNamed}`;
  }

  /** Begins an incarnation: runs the setup, then whatever waits in the mailbox. */
  start(): void {
    if (!this.alive) return;
    this.#state = "starting";
    const context = new CellContext(this);
    this.#context = context;
    const begun = (handlers: Handlers<never>): void => {
      if (this.#context !== context || this.#state !== "starting") return;
      this.#handlers = handlers;
      this.#state = "running";
      this.#wake();
    };
    const failed = (thrown: unknown): void => {
      if (this.#context === context && this.#state === "starting") this.fail(ensureError(thrown));
    };
    try {
      const made = this.actor.setup(context as unknown as ActorContext);
      if (made instanceof Promise) made.then(begun as (value: unknown) => void, failed);
      else begun(made as Handlers<never>);
    } catch (thrown) {
      failed(thrown);
    }
  }

  become(handlers: Handlers<never>): void {
    this.#handlers = handlers;
  }

  /** Puts a message in the mailbox. */
  receive(envelope: Envelope): void {
    if (!this.alive) return this.host.undeliverable(envelope, this.address, "stopped");
    const queued = this.mailbox.push(envelope);
    if (!queued.accepted) return this.host.undeliverable(envelope, this.address, "mailbox-full");
    if (queued.dropped !== undefined) {
      this.host.undeliverable(queued.dropped, this.address, "mailbox-full");
    }
    this.#wake();
  }

  /** Runs a piece of this incarnation's own work before any message. Dropped if it restarts first. */
  runSoon(context: CellContext, run: () => void | Promise<void>): void {
    if (this.#context !== context || !this.alive) return;
    this.#tasks.push({ run: () => (this.#context === context ? run() : undefined) });
    this.#wake();
  }

  #wake(): void {
    if (this.#scheduled || this.#busy) return;
    this.#scheduled = true;
    queueMicrotask(() => this.#turn());
  }

  #turn(): void {
    this.#scheduled = false;
    if (this.#busy) return;
    for (let budget = turnBudget; budget > 0; budget -= 1) {
      if (this.#leaving) {
        this.#leaving = false;
        this.fail(new Error("it stopped itself, but is permanent"));
        return;
      }
      if (this.#stopRequested) {
        void this.terminate("stopped");
        return;
      }
      if (this.#state !== "running") return;
      const task = this.#tasks.shift();
      if (task !== undefined) {
        if (this.#perform(() => task.run(), undefined, undefined)) return;
        continue;
      }
      const envelope = this.mailbox.shift();
      if (envelope === undefined) return;
      if (this.#handle(envelope)) return;
    }
    this.#scheduled = true;
    setImmediate(() => this.#turn());
  }

  /** True when the handler goes on after this turn. */
  #handle(envelope: Envelope): boolean {
    const { type, deadline } = envelope;
    if (deadline !== undefined && this.host.clock.now() > deadline) {
      this.host.undeliverable(envelope, this.address, "expired");
      return false;
    }
    const handler = (this.#handlers as Record<string, unknown> | undefined)?.[type];
    if (typeof handler !== "function") {
      this.host.undeliverable(envelope, this.address, "malformed");
      return false;
    }
    const span = this.#startSpan(envelope);
    this.trace = span?.context ?? envelope.trace;
    this.#context?.touch();
    return this.#perform(() => handler(envelope.body), envelope, span);
  }

  #startSpan(envelope: Envelope): Span | undefined {
    if (envelope.trace?.sampled !== true) return undefined;
    const { name } = this.actor.protocol;
    return this.host.tracer.start(`process ${name}.${envelope.type}`, {
      kind: "consumer",
      parent: envelope.trace,
      attributes: {
        "messaging.system": "nats",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": this.address,
      },
    });
  }

  #perform(work: () => unknown, envelope: Envelope | undefined, span: Span | undefined): boolean {
    this.current = envelope;
    let result: unknown;
    try {
      result = work();
    } catch (thrown) {
      this.#finished(envelope, span, { ok: false, error: ensureError(thrown) });
      return false;
    }
    if (!(result instanceof Promise)) {
      this.#finished(envelope, span, { ok: true, value: result });
      return false;
    }
    this.#busy = true;
    envelope?.taken?.();
    const settle = (outcome: Finished): void => {
      this.#busy = false;
      this.#finished(envelope, span, outcome);
      this.#wake();
    };
    result.then(
      (value) => settle({ ok: true, value }),
      (thrown) => settle({ ok: false, error: ensureError(thrown) }),
    );
    return true;
  }

  #finished(envelope: Envelope | undefined, span: Span | undefined, outcome: Finished): void {
    this.current = undefined;
    if (!outcome.ok) span?.fail(outcome.error);
    span?.end();
    if (outcome.ok) {
      envelope?.answer?.({ ok: true, value: outcome.value });
      return;
    }
    if (envelope !== undefined) this.#poisoned(envelope, outcome.error);
    if (this.#state === "running") this.fail(outcome.error);
  }

  /** A message whose handler failed goes back for another try, or into quarantine. */
  #poisoned(envelope: Envelope, error: Error): void {
    envelope.failures += 1;
    if (envelope.failures < (this.actor.options.poisonAfter ?? 1)) {
      this.mailbox.unshift(envelope);
      return;
    }
    this.host.quarantine.add(this.address, envelope, error);
    envelope.answer?.({ ok: false, stage: "handler", detail: error.message });
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
    this.#tasks = [];
    const context = this.#context;
    this.#context = undefined;
    void context?.end();
    for (const child of this.#childList().reverse()) void child.terminate("stopped");
  }

  addChild(child: Cell): void {
    this.#children ??= new Map();
    this.#children.set(child.path, child);
  }

  #childList(): Cell[] {
    return [...(this.#children?.values() ?? [])];
  }

  /** The supervisor's part: decides what follows from a child's failure. */
  childFailed(child: Cell, error: Error): void {
    this.#window ??= new RestartWindow(
      supervisionRule(this.actor.options.supervision),
      this.host.random,
    );
    superviseFailure(this.host, this.#window, this.actor, this.#childList(), child, error, () => {
      this.host.emit({ kind: "escalated", actor: this.address, error });
      if (this.alive) this.fail(error);
    });
  }

  /** A watched actor is gone. */
  terminated(address: string, why: StopReason): void {
    this.#context?.terminated(address, why);
  }

  watched(): readonly string[] {
    return this.#context?.watchedAddresses() ?? [];
  }

  /** The behaviour wants to end: it does after the message at hand, or begins anew if permanent. */
  leave(): void {
    if (this.restartKind !== "permanent") return this.requestStop();
    this.#leaving = true;
    if (!this.#busy) this.#wake();
  }

  requestStop(): void {
    this.#stopRequested = true;
    this.#context?.abort();
    if (!this.#busy) {
      if (this.#state === "running") this.#wake();
      else void this.terminate("stopped");
    }
  }

  addWatcher(address: string): void {
    this.#watchers ??= new Set();
    this.#watchers.add(address);
  }

  removeWatcher(address: string): void {
    this.#watchers?.delete(address);
  }

  /** Children first, then clean-up, then whoever watches is told. */
  terminate(reason: StopReason, error?: Error): Promise<void> {
    this.#terminated ??= this.#terminate(reason, error);
    return this.#terminated;
  }

  async #terminate(reason: StopReason, error: Error | undefined): Promise<void> {
    this.#state = "stopping";
    const context = this.#context;
    this.#context = undefined;
    for (const child of this.#childList().reverse()) await child.terminate("stopped");
    await context?.end();
    this.#state = "stopped";
    for (const envelope of this.mailbox.drain()) {
      this.host.undeliverable(envelope, this.address, "stopped");
    }
    this.parent?.removeChild(this);
    this.host.gone(this, reason, [...(this.#watchers ?? [])], error);
  }

  removeChild(child: Cell): void {
    this.#children?.delete(child.path);
  }
}

type Finished =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: Error };

/**
 * Applies a supervisor's rule to one failed child: restarts it, and the siblings that share its
 * fate, after the back-off; or gives up when restarts have been too many.
 */
export function superviseFailure(
  host: Host,
  window: RestartWindow,
  supervisor: Pick<Actor, "options"> | undefined,
  siblings: readonly Cell[],
  child: Cell,
  error: Error,
  giveUp: () => void,
): void {
  if (child.restartKind === "temporary") {
    void child.terminate("failed", error);
    return;
  }
  const verdict = window.failed(host.clock.monotonic());
  if (!verdict.restart) {
    void child.terminate("failed", error);
    giveUp();
    return;
  }
  const { strategy } = supervisionRule(supervisor?.options.supervision);
  const from = strategy === "one-for-all" ? 0 : siblings.indexOf(child);
  const affected = strategy === "one-for-one" ? [child] : siblings.slice(from);
  for (const sibling of [...affected].reverse()) {
    if (sibling === child) continue;
    if (sibling.restartKind === "temporary") void sibling.terminate("stopped");
    else sibling.suspend();
  }
  host.emit({
    kind: "restarted",
    actor: child.address,
    error,
    restarts: verdict.restarts,
    delayMs: verdict.delayMs,
  });
  host.clock.schedule(verdict.delayMs, () => {
    for (const cell of affected) cell.start();
  });
}
