import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";
import type { Meter } from "./meter.ts";
import type { Pulse } from "./pulse.ts";
import type { Random } from "./random.ts";
import type { Tracer } from "./tracer.ts";
import type { Transport } from "./transport.ts";

/** The doors to the world that an actor system is given. There are no others. */
export interface Ports {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly tracer: Tracer;
  readonly log: Log;
  /** Default: nothing is measured. */
  readonly meter?: Meter;
  /** Default: the node's heartbeats come from its own timers alone. */
  readonly pulse?: Pulse;
}
