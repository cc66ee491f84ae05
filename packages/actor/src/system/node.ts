import { Asks } from "../asks/asks.ts";
import type { Actor, SpawnOptions, StopReason } from "../behaviour.ts";
import { Gossip } from "../cluster/gossip.ts";
import { AskError, ensureError, InvalidNameError } from "../errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { Ports } from "../ports/ports.ts";
import type { Random } from "../ports/random.ts";
import type { TraceContext, Tracer } from "../ports/tracer.ts";
import type { Subscription, Transport, TransportMessage } from "../ports/transport.ts";
import type { Protocol, QueryDefinition } from "../protocol.ts";
import { RestartWindow, supervisionRule } from "../supervision/restarts.ts";
import type { ActorSystemOptions, SystemEvent } from "../system-api.ts";
import { Cell, superviseFailure } from "./cell.ts";
import type { Answer, Envelope } from "./envelope.ts";
import type { Host } from "./host.ts";
import { copyByWire, deepFreeze } from "./isolation.ts";
import { Quarantine } from "./quarantine.ts";
import { decodeWire, encodeWire, type WireMessage } from "./wire.ts";

const namePattern = /^[A-Za-z0-9_-]{1,64}$/;

type DeadLetterReason = Extract<SystemEvent, { kind: "dead-letter" }>["reason"];

/** One node's actors and its two doors to the network: a subject for its actors, one for answers. */
export class Node implements Host {
  readonly node: string;
  readonly prefix: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly tracer: Tracer;
  readonly asks: Asks;
  readonly quarantine: Quarantine;
  readonly gossip: Gossip;
  readonly #transport: Transport;
  readonly #subjects: string;
  readonly #isolate: (body: unknown) => unknown;
  readonly #cells = new Map<string, Cell>();
  /** Restart windows of top-level actors, which have no parent to supervise them. */
  readonly #windows = new Map<string, RestartWindow>();
  readonly #observers = new Set<(event: SystemEvent) => void>();
  readonly #subscriptions: readonly Subscription[];
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
    this.random = ports.random;
    this.log = ports.log;
    this.tracer = ports.tracer;
    this.asks = new Asks(ports.clock);
    this.quarantine = new Quarantine(
      (event) => this.emit(event),
      (address, envelope) => this.send(address, envelope),
    );
    this.#transport = ports.transport;
    this.#subjects = `${prefix}.${system}`;
    this.#isolate = isolation === "copy" ? copyByWire : deepFreeze;
    this.#subscriptions = [
      ports.transport.subscribe(`${this.#subjects}.actor.${node}.>`, (m) => this.#arrive(m)),
      ports.transport.subscribe(`${this.#inbox()}.*`, (m) => this.#answered(m)),
    ];
    this.gossip = new Gossip({
      subject: `${this.#subjects}.cluster`,
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

  spawn(actor: Actor, options: SpawnOptions, parent: Cell | undefined): string {
    if (options.name !== undefined) requireName("actor", options.name);
    const cell = new Cell(this, parent, actor, options.name ?? this.#nameFor(parent), options);
    if (this.#cells.has(cell.path)) throw new InvalidNameError("second actor named", cell.path);
    this.#cells.set(cell.path, cell);
    parent?.addChild(cell);
    this.emit({ kind: "started", actor: cell.address });
    cell.start();
    if (cell.capabilities.length > 0) this.#advertise();
    return cell.address;
  }

  #nameFor(parent: Cell | undefined): string {
    if (parent !== undefined) return parent.nextChildName();
    this.#unnamed += 1;
    return `${this.#unnamed}`;
  }

  send(address: string, envelope: Envelope): void {
    const { node, path } = splitAddress(address);
    if (node !== this.node) return this.#sendRemote(node, path, envelope, undefined);
    const cell = this.#cells.get(path);
    if (cell === undefined) return this.undeliverable(envelope, address, "no-actor");
    cell.receive({ ...envelope, body: this.#isolate(envelope.body) });
  }

  async ask(
    protocol: Protocol,
    address: string,
    type: string,
    body: unknown,
    withinMs: number,
    from: { readonly sender: Cell | undefined; readonly trace: TraceContext | undefined },
  ): Promise<unknown> {
    const { sender } = from;
    const chain = [
      ...(sender?.current?.chain ?? []),
      ...(sender === undefined ? [] : [sender.address]),
    ];
    if (sender?.current !== undefined && chain.includes(address)) {
      const circle = [...chain.slice(chain.indexOf(address)), address].join(" -> ");
      throw new AskError(
        "cycle",
        address,
        type,
        `these actors would wait for each other: ${circle}`,
      );
    }
    const span =
      from.trace?.sampled === true
        ? this.tracer.start(`ask ${protocol.name}.${type}`, {
            kind: "client",
            parent: from.trace,
            attributes: {
              "messaging.system": "nats",
              "messaging.operation.name": "ask",
              "messaging.operation.type": "send",
              "messaging.destination.name": address,
            },
          })
        : undefined;
    try {
      const value = await this.asks.open(address, type, withinMs, (id) => {
        const { node, path } = splitAddress(address);
        const envelope: Envelope = {
          type,
          body,
          sender: sender?.address,
          trace: span?.context ?? from.trace,
          chain: sender?.current === undefined ? undefined : chain,
          deadline: this.clock.now() + withinMs,
          answer: (answer) => this.#settle(id, answer, address, type),
          taken: () => this.asks.markTaken(id),
          failures: 0,
        };
        if (node === this.node) this.send(address, envelope);
        else this.#sendRemote(node, path, envelope, `${this.#inbox()}.${id}`);
      });
      return splitAddress(address).node === this.node
        ? value
        : checkedReply(protocol, address, type, value);
    } catch (thrown) {
      span?.fail(thrown);
      throw thrown;
    } finally {
      span?.end();
    }
  }

  #settle(id: string, answer: Answer, address: string, type: string): void {
    if (this.asks.settle(id, answer)) return;
    this.emit({
      kind: "dead-letter",
      reason: "late-reply",
      type,
      sender: address,
      receiver: this.node,
    });
  }

  #inbox(): string {
    return `${this.#subjects}.inbox.${this.node}`;
  }

  #sendRemote(node: string, path: string, envelope: Envelope, reply: string | undefined): void {
    const { type, body, sender, trace, deadline, chain } = envelope;
    this.#publish(
      node,
      path,
      { kind: "message", type, body, sender, trace, deadline, chain },
      reply,
      (error) => {
        const detail = ensureError(error).message;
        this.undeliverable(envelope, `${node}/${path}`, "no-actor", detail);
      },
    );
  }

  #publish(
    node: string,
    path: string,
    message: WireMessage,
    reply: string | undefined,
    failed: (error: unknown) => void,
  ): void {
    try {
      this.#transport.publish(
        `${this.#subjects}.actor.${node}.${path.replaceAll("/", ".")}`,
        encodeWire(message),
        reply === undefined ? {} : { reply },
      );
    } catch (error) {
      failed(error);
    }
  }

  /** A message from another node for one of the actors here. */
  #arrive(message: TransportMessage): void {
    const path = message.subject
      .slice(`${this.#subjects}.actor.${this.node}.`.length)
      .replaceAll(".", "/");
    const wire = decodeWire(message.payload);
    const cell = this.#cells.get(path);
    const { reply } = message;
    const answer = (outcome: Answer): void => {
      if (reply !== undefined) this.#reply(reply, { kind: "answer", answer: outcome });
    };
    switch (wire?.kind) {
      case "message": {
        const envelope: Envelope = {
          ...wire,
          answer: reply === undefined ? undefined : answer,
          taken: reply === undefined ? undefined : () => this.#reply(reply, { kind: "taken" }),
          failures: 0,
        };
        if (cell === undefined)
          return this.undeliverable(envelope, `${this.node}/${path}`, "no-actor");
        const checked = cell.actor.protocol.messages[wire.type]?.body.safeParse(wire.body);
        if (checked?.success !== true) {
          const detail =
            checked?.error.message ?? `'${cell.actor.protocol.name}' has no such message`;
          return this.undeliverable(envelope, cell.address, "malformed", detail);
        }
        return cell.receive({ ...envelope, body: checked.data });
      }
      case "watch":
        if (cell === undefined)
          this.#tellTerminated(wire.watcher, `${this.node}/${path}`, "not-found");
        else cell.addWatcher(wire.watcher);
        return;
      case "unwatch":
        return cell?.removeWatcher(wire.watcher);
      case "terminated":
        return cell?.terminated(wire.actor, wire.reason as StopReason);
      default:
        this.emit({
          kind: "dead-letter",
          reason: "malformed",
          type: "unknown",
          sender: undefined,
          receiver: `${this.node}/${path}`,
          detail: `${message.payload.length} bytes that are no message`,
        });
    }
  }

  #reply(subject: string, message: WireMessage): void {
    try {
      this.#transport.publish(subject, encodeWire(message));
    } catch (error) {
      const detail = ensureError(error).message;
      this.#transport.publish(
        subject,
        encodeWire({ kind: "answer", answer: { ok: false, stage: "handler", detail } }),
      );
    }
  }

  #answered(message: TransportMessage): void {
    const id = message.subject.slice(this.#inbox().length + 1);
    if (message.noResponders === true) {
      this.asks.settle(id, { ok: false, stage: "unreachable", detail: "its node is not there" });
      return;
    }
    const wire = decodeWire(message.payload);
    if (wire?.kind === "taken") this.asks.markTaken(id);
    if (wire?.kind === "answer") this.#settle(id, wire.answer, message.subject, "answer");
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
    envelope.answer?.({ ok: false, stage, detail: detail ?? reason });
  }

  watch(address: string, watcher: string): void {
    const { node, path } = splitAddress(address);
    if (node !== this.node) {
      if (!this.gossip.nodes().includes(node))
        return this.#tellTerminated(watcher, address, "node-lost");
      return this.#publish(node, path, { kind: "watch", watcher }, undefined, () => {});
    }
    const cell = this.#cells.get(path);
    if (cell === undefined) this.#tellTerminated(watcher, address, "not-found");
    else cell.addWatcher(watcher);
  }

  unwatch(address: string, watcher: string): void {
    const { node, path } = splitAddress(address);
    if (node === this.node) this.#cells.get(path)?.removeWatcher(watcher);
    else this.#publish(node, path, { kind: "unwatch", watcher }, undefined, () => {});
  }

  #tellTerminated(watcher: string, actor: string, reason: StopReason): void {
    const { node, path } = splitAddress(watcher);
    if (node === this.node) this.#cells.get(path)?.terminated(actor, reason);
    else this.#publish(node, path, { kind: "terminated", actor, reason }, undefined, () => {});
  }

  #nodeGone(node: string): void {
    for (const cell of this.#cells.values()) {
      for (const address of cell.watched()) {
        if (address.startsWith(`${node}/`)) cell.terminated(address, "node-lost");
      }
    }
  }

  stopLocal(address: string): void {
    this.#cells.get(splitAddress(address).path)?.requestStop();
  }

  async stopActor(address: string): Promise<void> {
    const { node, path } = splitAddress(address);
    if (node === this.node) await this.#cells.get(path)?.terminate("stopped");
  }

  rootFailure(cell: Cell, error: Error): void {
    const window =
      this.#windows.get(cell.path) ?? new RestartWindow(supervisionRule(undefined), this.random);
    this.#windows.set(cell.path, window);
    superviseFailure(this, window, undefined, [cell], cell, error, () =>
      this.emit({ kind: "escalated", actor: cell.address, error }),
    );
  }

  gone(
    cell: Cell,
    reason: StopReason,
    watchers: readonly string[],
    error: Error | undefined,
  ): void {
    this.#cells.delete(cell.path);
    this.#windows.delete(cell.path);
    if (cell.capabilities.length > 0) this.#advertise();
    for (const watcher of watchers) this.#tellTerminated(watcher, cell.address, reason);
    this.emit({ kind: "stopped", actor: cell.address, ...(error === undefined ? {} : { error }) });
  }

  #advertise(): void {
    this.gossip.advertise(
      [...this.#cells.values()]
        .filter(({ capabilities, alive }) => alive && capabilities.length > 0)
        .map(({ address, capabilities }) => ({ address, node: this.node, capabilities })),
    );
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

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.gossip.leave();
    const top = [...this.#cells.values()].filter(({ parent }) => parent === undefined);
    await Promise.all(top.map((cell) => cell.terminate("stopped")));
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    this.asks.close();
    await this.#transport.flush();
  }
}

function requireName(what: string, value: string): void {
  if (!namePattern.test(value)) throw new InvalidNameError(what, value);
}

function splitAddress(address: string): { readonly node: string; readonly path: string } {
  const slash = address.indexOf("/");
  return { node: address.slice(0, slash), path: address.slice(slash + 1) };
}

/** Answers from other nodes are checked like messages are. */
function checkedReply(protocol: Protocol, address: string, type: string, value: unknown): unknown {
  const reply = (protocol.messages[type] as QueryDefinition | undefined)?.reply;
  const parsed = reply?.safeParse(value);
  if (parsed === undefined) return value;
  if (parsed.success) return parsed.data;
  throw new AskError("reply", address, type, `the answer is malformed: ${parsed.error.message}`);
}
