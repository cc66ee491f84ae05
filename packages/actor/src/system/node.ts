import { Asks, PendingAsk } from "../asks/asks.ts";
import type { Actor, SpawnOptions, StopReason } from "../behaviour.ts";
import { Gossip } from "../cluster/gossip.ts";
import { AskError, InvalidNameError } from "../errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import { type Meter, noMeter } from "../ports/meter.ts";
import type { Ports } from "../ports/ports.ts";
import type { Random } from "../ports/random.ts";
import type { TraceContext, Tracer } from "../ports/tracer.ts";
import type { Transport } from "../ports/transport.ts";
import type { Protocol, QueryDefinition } from "../protocol.ts";
import { splitAddress } from "../remote/address.ts";
import { forgedLetter, forgery } from "../remote/forgery.ts";
import type { Item, Route } from "../remote/parcel.ts";
import { Post } from "../remote/post.ts";
import { RemoteAsk } from "../remote/remote-ask.ts";
import { RestartWindow, superviseFailure, supervisionRule } from "../supervision/restarts.ts";
import type { ActorSystemOptions, ActorView, SystemEvent } from "../system-api.ts";
import { Cell } from "./cell.ts";
import { Dispatcher } from "./dispatcher.ts";
import { type Answer, Envelope } from "./envelope.ts";
import type { Host } from "./host.ts";
import { copyByWire, deepFreeze } from "./isolation.ts";
import { type MessageSpan, messageSpan } from "./message-span.ts";
import { MessageTimes } from "./message-times.ts";
import { Quarantine } from "./quarantine.ts";

const namePattern = /^[A-Za-z0-9_-]{1,64}$/;
/** Names that actors without one are given, and only they. */
const numbered = /^\d+$/;
const nobodyWaits: readonly string[] = [];

type DeadLetterReason = Extract<SystemEvent, { kind: "dead-letter" }>["reason"];

/** One node's actors, and what they need of each other and of the other nodes. */
export class Node implements Host {
  readonly node: string;
  readonly prefix: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly tracer: Tracer;
  readonly meter: Meter;
  readonly dispatcher: Dispatcher;
  readonly times: MessageTimes | undefined;
  readonly quarantine: Quarantine;
  readonly gossip: Gossip;
  readonly isolate: (body: unknown) => unknown;
  readonly #asks: Asks;
  readonly #transport: Transport;
  readonly #post: Post;
  /** By path; top-level actors without a name by their number. */
  readonly #cells = new Map<string | number, Cell>();
  /** Restart windows of top-level actors, which have no parent to supervise them. */
  readonly #windows = new Map<string, RestartWindow>();
  readonly #observers = new Set<(event: SystemEvent) => void>();
  readonly #beforeStop = new Set<() => Promise<void>>();
  /** Messages along one route come in rows: the receiver's address is made once for each. */
  #latestRoute: Route | undefined;
  #latestReceiver = "";
  #stopped = false;
  #unnamed = 0;

  constructor(options: ActorSystemOptions & { readonly ports: Ports }) {
    const { prefix = "troupe", system = "main", node, ports, isolation = "freeze" } = options;
    requireName("node", node);
    requireName("prefix", prefix);
    requireName("system", system);
    this.node = node;
    this.prefix = prefix;
    this.clock = ports.clock;
    this.dispatcher = new Dispatcher(ports.clock);
    this.times = ports.meter && new MessageTimes(ports.meter, ports.clock);
    this.random = ports.random;
    this.log = ports.log;
    this.tracer = ports.tracer;
    this.meter = ports.meter ?? noMeter;
    this.isolate = isolation === "copy" ? copyByWire : deepFreeze;
    this.quarantine = new Quarantine(
      (event) => this.emit(event),
      (address, envelope) => this.#route(address, envelope),
    );
    this.#asks = new Asks(ports.clock, (address, type) => this.#late(address, type));
    this.#transport = ports.transport;
    const subjects = `${prefix}.${system}`;
    this.#post = new Post({
      transport: ports.transport,
      subjects,
      node,
      deliver: (item, from) => this.#arrived(item, from),
      malformed: (subject, bytes) => this.#malformed(subject, bytes),
      forged: (subject, claimed) =>
        this.emit(forgedLetter("parcel", claimed, node, `subject '${subject}'`)),
      failed: (item, to, error) => this.#unsendable(item, to, error),
      leaving: (item, parcel) => this.#leaving(item, parcel),
      nobody: (parcel) => this.#asks.unreachable(parcel),
    });
    this.gossip = new Gossip({
      subject: `${subjects}.cluster`,
      node,
      ports,
      heartbeatMs: options.membership?.heartbeatMs ?? 1000,
      suspectMs: options.membership?.suspectMs ?? 8000,
      changed: (change) => {
        this.emit(change);
        if (change.kind !== "node-joined") this.#nodeGone(change.node);
      },
    });
  }

  spawn(actor: Actor, options: SpawnOptions, parent: Cell | undefined): Cell {
    const { name } = options;
    const cell = new Cell(this, parent, actor, name ?? this.#numberFor(parent), options);
    const key = keyOf(cell);
    if (name !== undefined) {
      if (numbered.test(name)) throw new InvalidNameError("actor", name);
      requireName("actor", name);
      if (this.#cells.has(key)) throw new InvalidNameError("second actor named", cell.path);
    }
    this.#cells.set(key, cell);
    parent?.addChild(cell);
    if (this.#observers.size > 0) this.emit({ kind: "started", actor: cell.address });
    cell.start();
    const { capabilities } = cell;
    if (capabilities.length > 0 && cell.alive) {
      this.gossip.advertise({ address: cell.address, node: this.node, capabilities });
    }
    return cell;
  }

  #numberFor(parent: Cell | undefined): number {
    if (parent !== undefined) return parent.nextChild();
    this.#unnamed += 1;
    return this.#unnamed;
  }

  #at(path: string): Cell | undefined {
    return this.#cells.get(numbered.test(path) ? Number(path) : path);
  }

  local(address: string): Cell | undefined {
    const { node, path } = splitAddress(address);
    return node === this.node ? this.#at(path) : undefined;
  }

  #route(address: string, envelope: Envelope): void {
    const cell = this.local(address);
    if (cell === undefined) this.send(address, envelope);
    else cell.receive(envelope);
  }

  send(address: string, envelope: Envelope): void {
    const { node, path } = splitAddress(address);
    if (node === this.node) return this.undeliverable(envelope, address, "no-actor");
    const { type, body, sender, trace, asked } = envelope;
    const chain = asked?.chain ?? nobodyWaits;
    this.#post.send(node, {
      kind: "message",
      route: { path, type, sender, trace, chain },
      body,
      // Only asks that began on this node are sent on, and they know their number.
      ask:
        asked instanceof PendingAsk
          ? { id: this.#asks.number(asked), deadline: asked.deadline }
          : undefined,
    });
  }

  ask(
    protocol: Protocol,
    address: string,
    target: Cell | undefined,
    type: string,
    body: unknown,
    withinMs: number,
    sender: Cell | undefined,
    trace: TraceContext | undefined,
  ): Promise<unknown> {
    const chain = sender === undefined ? nobodyWaits : sender.waitingChain();
    if (chain.length > 0 && chain.includes(address)) {
      const circle = [...chain.slice(chain.indexOf(address)), address].join(" -> ");
      const detail = `these actors would wait for each other: ${circle}`;
      return Promise.reject(new AskError("cycle", address, type, detail));
    }
    const span =
      trace?.sampled === true
        ? messageSpan(this, "ask", protocol, type, address, trace)
        : undefined;
    const ask = this.#asks.open(address, type, withinMs, chain, target !== undefined);
    if (!ask.isOver) {
      const context = span?.context ?? trace;
      const envelope = new Envelope(type, this.isolate(body), sender?.address, context, ask);
      if (target === undefined) this.send(address, envelope);
      else target.receive(envelope);
    }
    const answer =
      target === undefined
        ? ask.promise.then((value) => checkedReply(protocol, address, type, value))
        : ask.promise;
    return span === undefined ? answer : ended(span, answer);
  }

  #late(address: string, type: string): void {
    this.emit({
      kind: "dead-letter",
      reason: "late-reply",
      type,
      sender: address,
      receiver: this.node,
    });
  }

  #leaving(item: Item, parcel: number): void {
    if (item.kind !== "message" || item.ask === undefined) return;
    const ask = this.#asks.find(item.ask.id);
    if (ask !== undefined) ask.parcel = parcel;
  }

  #unsendable(item: Item, node: string, error: Error): void {
    const { message: detail } = error;
    if (item.kind === "message") {
      const { path, type, sender, trace } = item.route;
      const asked = item.ask && this.#asks.find(item.ask.id);
      const envelope = new Envelope(type, item.body, sender, trace, asked);
      return this.undeliverable(envelope, `${node}/${path}`, "no-actor", detail);
    }
    if (item.kind === "answer" && item.answer.ok) {
      const answer: Answer = { ok: false, stage: "handler", detail };
      return this.#post.send(node, { kind: "answer", id: item.id, answer });
    }
    this.log("warn", "something could not be sent to another node", {
      node,
      kind: item.kind,
      error,
    });
  }

  #malformed(receiver: string, bytes: number): void {
    const detail = `${bytes} bytes that are no message`;
    const sender = undefined;
    this.emit({
      kind: "dead-letter",
      reason: "malformed",
      type: "unknown",
      sender,
      receiver,
      detail,
    });
  }

  /** Something from another node for an actor here, or for this node itself. */
  #arrived(item: Item, from: string): void {
    const forged = forgery(item, from, this.node, (id) => this.#asks.find(id)?.address);
    if (forged !== undefined) return this.emit(forged);
    switch (item.kind) {
      case "message":
        return this.#receive(item.route, item.body, item.ask, from);
      case "answer": {
        const ask = this.#asks.find(item.id);
        if (ask === undefined) this.#late(from, "answer");
        else ask.answer(item.answer);
        return;
      }
      case "taken":
        return this.#asks.find(item.id)?.taken();
      case "watch": {
        const address = `${this.node}/${item.path}`;
        const cell = this.#at(item.path);
        if (cell === undefined) this.#tellTerminated(item.watcher, address, "not-found");
        else cell.addWatcher(item.watcher, item.linked);
        return;
      }
      case "unwatch":
        return this.#at(item.path)?.removeWatcher(item.watcher);
      case "terminated": {
        const cell = this.#at(item.path);
        return cell?.terminated(item.actor, item.reason as StopReason);
      }
    }
  }

  #receive(
    route: Route,
    body: unknown,
    ask: { readonly id: number; readonly deadline: number } | undefined,
    from: string,
  ): void {
    const { type, sender, trace } = route;
    const asked = ask && new RemoteAsk(this.#post, this.clock, from, route.chain, ask);
    if (route !== this.#latestRoute) {
      this.#latestRoute = route;
      this.#latestReceiver = `${this.node}/${route.path}`;
    }
    const address = this.#latestReceiver;
    const cell = this.#at(route.path);
    if (cell === undefined) {
      const envelope = new Envelope(type, body, sender, trace, asked);
      return this.undeliverable(envelope, address, "no-actor");
    }
    const { name, messages } = cell.actor.protocol;
    const checked = messages[type]?.body.safeParse(body);
    if (checked?.success !== true) {
      const envelope = new Envelope(type, body, sender, trace, asked);
      const detail = checked?.error.message ?? `'${name}' has no message '${type}'`;
      return this.undeliverable(envelope, address, "malformed", detail);
    }
    cell.receive(new Envelope(type, checked.data, sender, trace, asked));
  }

  undeliverable(
    envelope: Envelope,
    receiver: string,
    reason: DeadLetterReason,
    detail?: string,
  ): void {
    const { type, sender } = envelope;
    this.emit({
      kind: "dead-letter",
      reason,
      type,
      sender,
      receiver,
      ...(detail === undefined ? {} : { detail }),
    });
    const stage =
      reason === "no-actor" || reason === "stopped"
        ? "unreachable"
        : reason === "malformed"
          ? "handler"
          : "mailbox";
    envelope.asked?.answer({ ok: false, stage, detail: detail ?? reason });
  }

  watch(address: string, watcher: string, linked: boolean): void {
    const { node, path } = splitAddress(address);
    if (node === this.node) {
      const cell = this.#at(path);
      if (cell === undefined) this.#tellTerminated(watcher, address, "not-found");
      else cell.addWatcher(watcher, linked);
    } else if (this.gossip.nodes().includes(node)) {
      this.#post.send(node, { kind: "watch", path, watcher, linked });
    } else this.#tellTerminated(watcher, address, "node-lost");
  }

  unwatch(address: string, watcher: string): void {
    const { node, path } = splitAddress(address);
    if (node === this.node) this.#at(path)?.removeWatcher(watcher);
    else this.#post.send(node, { kind: "unwatch", path, watcher });
  }

  #tellTerminated(watcher: string, actor: string, reason: StopReason): void {
    const { node, path } = splitAddress(watcher);
    if (node === this.node) this.#at(path)?.terminated(actor, reason);
    else this.#post.send(node, { kind: "terminated", path, actor, reason });
  }

  #nodeGone(node: string): void {
    for (const cell of this.#cells.values()) {
      for (const address of cell.watched()) {
        if (address.startsWith(`${node}/`)) cell.terminated(address, "node-lost");
      }
    }
  }

  stopLocal(address: string): void {
    this.local(address)?.requestStop();
  }

  async stopActor(address: string): Promise<void> {
    await this.local(address)?.terminate("stopped");
  }

  rootFailure(cell: Cell, error: Error): void {
    const window =
      this.#windows.get(cell.address) ?? new RestartWindow(supervisionRule(undefined), this.random);
    this.#windows.set(cell.address, window);
    superviseFailure(this, window, [cell], cell, error, () =>
      this.emit({ kind: "escalated", actor: cell.address, error }),
    );
  }

  ending(cell: Cell): void {
    if (cell.capabilities.length > 0) this.gossip.withdraw(cell.address);
  }

  gone(cell: Cell, reason: StopReason, watchers: Iterable<string>, error: Error | undefined): void {
    this.#cells.delete(keyOf(cell));
    this.#windows.delete(cell.address);
    for (const watcher of watchers) this.#tellTerminated(watcher, cell.address, reason);
    this.emit({ kind: "stopped", actor: cell.address, ...(error === undefined ? {} : { error }) });
  }

  observe(observer: (event: SystemEvent) => void): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  emit(event: SystemEvent): void {
    for (const observer of [...this.#observers]) {
      try {
        observer(event);
      } catch (error) {
        this.log("error", "an observer of system events failed", { event: event.kind, error });
      }
    }
  }

  beforeStop(work: () => Promise<void>): () => void {
    this.#beforeStop.add(work);
    return () => this.#beforeStop.delete(work);
  }

  actors(): Iterable<ActorView> {
    return this.#cells.values();
  }

  restart(address: string, error: Error): boolean {
    return this.local(address)?.restart(error) ?? false;
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const { reason } of await rejections(this.#beforeStop)) {
      this.log("error", "work before the stop failed", { error: reason });
    }
    await this.gossip.leave();
    const top = [...this.#cells.values()].filter(({ parent }) => parent === undefined);
    await Promise.all(top.map((cell) => cell.terminate("stopped")));
    this.#post.close();
    this.#asks.close();
    await this.#transport.flush();
  }
}

async function rejections(
  work: ReadonlySet<() => Promise<void>>,
): Promise<readonly PromiseRejectedResult[]> {
  const ends = await Promise.allSettled([...work].map((one) => one()));
  return ends.filter((end) => end.status === "rejected");
}

function requireName(what: string, value: string): void {
  if (!namePattern.test(value)) throw new InvalidNameError(what, value);
}

function keyOf(cell: Cell): string | number {
  return cell.parent === undefined ? cell.name : cell.path;
}

/** Answers from other nodes are checked like messages are. */
function checkedReply(protocol: Protocol, address: string, type: string, value: unknown): unknown {
  const reply = (protocol.messages[type] as QueryDefinition | undefined)?.reply;
  const parsed = reply?.safeParse(value);
  if (parsed === undefined) return value;
  if (parsed.success) return parsed.data;
  throw new AskError("reply", address, type, `the answer is malformed: ${parsed.error.message}`);
}

function ended(span: MessageSpan, answer: Promise<unknown>): Promise<unknown> {
  return answer.then(
    (value) => {
      span.end();
      return value;
    },
    (error: unknown) => {
      span.fail(error);
      span.end();
      throw error;
    },
  );
}
