import type { Actor, SpawnOptions, StopReason } from "../behaviour.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { Meter } from "../ports/meter.ts";
import type { Random } from "../ports/random.ts";
import type { TraceContext, Tracer } from "../ports/tracer.ts";
import type { Protocol } from "../protocol.ts";
import type { SystemEvent } from "../system-api.ts";
import type { Cell } from "./cell.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Envelope } from "./envelope.ts";
import type { MessageTimes } from "./message-times.ts";
import type { Quarantine } from "./quarantine.ts";

/** What cells and references need of the node they live on. */
export interface Host {
  readonly node: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly tracer: Tracer;
  readonly meter: Meter;
  readonly dispatcher: Dispatcher;
  /** Undefined when nothing is measured. */
  readonly times: MessageTimes | undefined;
  readonly quarantine: Quarantine;
  emit(event: SystemEvent): void;
  spawn(actor: Actor, options: SpawnOptions, parent: Cell | undefined): Cell;
  /** The live actor of this node with that address, if there is one. */
  local(address: string): Cell | undefined;
  /** Makes a body that neither side can change for the other. */
  isolate(body: unknown): unknown;
  /** Sends to an address for which `local` has nobody; the body is isolated. */
  send(address: string, envelope: Envelope): void;
  /** @param target the actor at the address, when it is one of this node */
  ask(
    protocol: Protocol,
    address: string,
    target: Cell | undefined,
    type: string,
    body: unknown,
    withinMs: number,
    sender: Cell | undefined,
    trace: TraceContext | undefined,
  ): Promise<unknown>;
  stopLocal(address: string): void;
  watch(address: string, watcher: string, linked: boolean): void;
  unwatch(address: string, watcher: string): void;
  undeliverable(
    envelope: Envelope,
    receiver: string,
    reason: Extract<SystemEvent, { kind: "dead-letter" }>["reason"],
    detail?: string,
  ): void;
  rootFailure(cell: Cell, error: Error): void;
  /** A cell begins to end, and takes nothing more. */
  ending(cell: Cell): void;
  /** A cell has ended for good. */
  gone(cell: Cell, reason: StopReason, watchers: Iterable<string>, error: Error | undefined): void;
}
