import {
  type Actor,
  type ActorContext,
  type ActorSystem,
  createActorSystem,
  type Definitions,
  defineActor,
  defineProtocol,
  type Meter,
  message,
  type Protocol,
  type Random,
  type Ref,
  type SystemEvent,
  silentLog,
  type Transport,
} from "@troupe/actor";
import { z } from "zod";
import { InMemoryNetwork } from "./in-memory-network.ts";
import { RecordingTracer } from "./recording-tracer.ts";
import { seededRandom } from "./seeded-random.ts";
import { VirtualClock } from "./virtual-clock.ts";

const callerProtocol = defineProtocol("caller", { nothing: message(z.object({})) });

/** The context of an actor in whose name a test asks, holds or spawns something. */
export type CallerContext = ActorContext<typeof callerProtocol.messages>;

/** What a node's connection is made of: faults come in between. */
export type Wrap = (transport: Transport, cluster: VirtualCluster) => Transport;

interface VirtualClusterOptions {
  /** Seed of all chance. Default 1. */
  readonly seed?: number;
  /** Instead of a seed: chance that the test has drawn from already. */
  readonly random?: Random;
  /** Time from publisher to subscriber, milliseconds. Default 0: on the next turn. */
  readonly delayMs?: number;
  /** Default: nothing is measured. */
  readonly meter?: Meter;
  /** What becomes of every node's connection. Default: nothing. */
  readonly wrap?: Wrap;
}

/** Somebody invited: its name, and a reference that the inviting actor can use. */
interface Invited<D extends Definitions> {
  readonly member: string;
  readonly ref: Ref<D>;
}

/**
 * Nodes in virtual time on one network in memory, for tests of what actors of several nodes do together. For
 * faults drawn from seeds, with journals and crashes, see `simulate`.
 *
 * @example
 * const cluster = new VirtualCluster();
 * const { address } = cluster.system("n1").spawn(counter, { name: "counter" });
 * const counting = cluster.caller().ref(counterProtocol, address);
 * cluster.network.isolate("n1");
 * await cluster.clock.advance(5000);
 */
export class VirtualCluster {
  readonly clock = new VirtualClock();
  readonly random: Random;
  readonly network: InMemoryNetwork;
  readonly tracer: RecordingTracer;
  /** What all nodes told their observers, in order. */
  readonly events: SystemEvent[] = [];
  readonly #options: VirtualClusterOptions;
  readonly #systems = new Map<string, ActorSystem>();

  constructor(options: VirtualClusterOptions = {}) {
    const { seed = 1, random = seededRandom(seed), delayMs = 0 } = options;
    this.#options = options;
    this.random = random;
    this.network = new InMemoryNetwork({ clock: this.clock, random, delayMs });
    this.tracer = new RecordingTracer(this.clock, random);
  }

  /**
   * The system of a node, started when it is first asked for.
   *
   * @param wrap what becomes of this node's connection besides; heeded when the system is started
   */
  system(node: string, wrap: Wrap = (transport) => transport): ActorSystem {
    const existing = this.#systems.get(node);
    if (existing !== undefined) return existing;
    const { clock, random, tracer } = this;
    const { meter, wrap: wrapAll = (transport) => transport } = this.#options;
    const transport = wrap(wrapAll(this.network.connect(node), this), this);
    const ports = { transport, clock, random, tracer, log: silentLog };
    const system = createActorSystem({
      node,
      ports: meter === undefined ? ports : { ...ports, meter },
    });
    system.observe((event) => this.events.push(event));
    this.#systems.set(node, system);
    return system;
  }

  /** Spawns an actor `home/caller` that does nothing, and returns its context. */
  caller(): CallerContext {
    const contexts: CallerContext[] = [];
    const actor = defineActor(callerProtocol, (context) => {
      contexts.push(context);
      return { nothing: () => {} };
    });
    this.system("home").spawn(actor, { name: "caller" });
    const [context] = contexts;
    if (context === undefined) throw new RangeError("the calling actor did not start");
    return context;
  }

  /** Spawns each actor as `party` on a node of its own: `n1`, `n2` and so on, which is also its name. */
  invite<D extends Definitions>(
    context: CallerContext,
    protocol: Protocol<D>,
    actors: readonly Actor<D>[],
  ): readonly Invited<D>[] {
    return actors.map((actor, index) => {
      const node = `n${index + 1}`;
      const { address } = this.system(node).spawn(actor, { name: "party" });
      return { member: node, ref: context.ref(protocol, address) };
    });
  }
}
