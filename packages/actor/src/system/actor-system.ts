import type { Actor, SpawnOptions } from "../behaviour.ts";
import { silentLog } from "../ports/log.ts";
import { systemRandom } from "../ports/random.ts";
import { systemClock } from "../ports/system-clock.ts";
import { noTracer } from "../ports/trace-context.ts";
import type { Definitions } from "../protocol.ts";
import type { Ref } from "../ref.ts";
import type { ActorSystem, ActorSystemOptions } from "../system-api.ts";
import { ActorRef } from "./actor-ref.ts";
import { Node } from "./node.ts";

/** One for all: there may be a million actors without options. */
const noOptions: SpawnOptions = {};

/**
 * Starts one node's part of an actor system: its actors, and its view of the others.
 *
 * @throws InvalidNameError when the node's name can't be part of a subject
 */
export function createActorSystem(options: ActorSystemOptions): ActorSystem {
  const ports = {
    clock: systemClock,
    random: systemRandom,
    tracer: noTracer,
    log: silentLog,
    ...options.ports,
  };
  const node = new Node({ ...options, ports });
  return {
    node: node.node,
    prefix: node.prefix,
    cluster: node.gossip,
    quarantine: node.quarantine,
    spawn: <D extends Definitions>(actor: Actor<D>, options: SpawnOptions = noOptions): Ref<D> => {
      const cell = node.spawn(actor as unknown as Actor, options, undefined);
      return new ActorRef(node, actor.protocol, cell, undefined) as unknown as Ref<D>;
    },
    ref: (protocol, address) => new ActorRef(node, protocol, address, undefined) as never,
    stopActor: ({ address }) => node.stopActor(address),
    actors: () => node.actors(),
    restart: ({ address }, error) => node.restart(address, error),
    observe: (observer) => node.observe(observer),
    report: (event) => node.emit(event),
    beforeStop: (work) => node.beforeStop(work),
    stop: () => node.stop(),
  };
}
