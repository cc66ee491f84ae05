import type { Asks } from "../asks/asks.ts";
import type { Actor, SpawnOptions, StopReason } from "../behaviour.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { Random } from "../ports/random.ts";
import type { TraceContext, Tracer } from "../ports/tracer.ts";
import type { Protocol } from "../protocol.ts";
import type { SystemEvent } from "../system-api.ts";
import type { Cell } from "./cell.ts";
import type { Envelope } from "./envelope.ts";
import type { Quarantine } from "./quarantine.ts";

/** What cells and references need of the node they live on. */
export interface Host {
  readonly node: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly tracer: Tracer;
  readonly asks: Asks;
  readonly quarantine: Quarantine;
  emit(event: SystemEvent): void;
  spawn(actor: Actor, options: SpawnOptions, parent: Cell | undefined): string;
  send(address: string, envelope: Envelope): void;
  ask(
    protocol: Protocol,
    address: string,
    type: string,
    body: unknown,
    withinMs: number,
    from: { readonly sender: Cell | undefined; readonly trace: TraceContext | undefined },
  ): Promise<unknown>;
  stopLocal(address: string): void;
  watch(address: string, watcher: string): void;
  unwatch(address: string, watcher: string): void;
  undeliverable(
    envelope: Envelope,
    receiver: string,
    reason: Extract<SystemEvent, { kind: "dead-letter" }>["reason"],
    detail?: string,
  ): void;
  rootFailure(cell: Cell, error: Error): void;
  /** A cell has ended for good. */
  gone(cell: Cell, reason: StopReason, watchers: readonly string[], error: Error | undefined): void;
}
