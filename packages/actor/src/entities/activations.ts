import type { ActorContext } from "../behaviour.ts";
import type { Journal } from "../ports/journal.ts";
import type { Definitions, Protocol } from "../protocol.ts";
import type { Ref } from "../ref.ts";
import { traced } from "../system/actor-ref.ts";
import type { Cluster } from "../system-api.ts";
import { activationOf, type Handled } from "./activation.ts";
import type { EntityDefinition } from "./definition.ts";
import type { Delivery } from "./delivery.ts";
import type { ActivationDesk } from "./entity-context.ts";
import type { Placement } from "./placement.ts";
import { entitiesFrom } from "./refs.ts";
import { Resident } from "./resident.ts";

/** Time for one message in an entity: its asker's patience ends where it was asked. */
const unlimitedMs = 2 ** 40;

export interface ActivationsOptions {
  readonly definition: EntityDefinition;
  readonly journal: Journal | undefined;
  readonly cluster: Cluster;
  readonly placement: Placement;
  readonly waitingLimit: number;
  /** How long a setup may take, milliseconds. */
  readonly activateMs: number;
  /** An activation's actor has ended. */
  readonly gone: (resident: Resident) => void;
  /** A resident has nothing to do. */
  readonly idle: () => void;
}

/** The actors of a region's entities: starts, feeds, and stops them. */
export class Activations {
  readonly #context: Pick<ActorContext, "clock" | "spawn" | "stop" | "watch">;
  readonly #options: ActivationsOptions;
  readonly #children = new Map<Resident, Ref>();

  constructor(
    context: Pick<ActorContext, "clock" | "spawn" | "stop" | "watch">,
    options: ActivationsOptions,
  ) {
    this.#context = context;
    this.#options = options;
  }

  begin(key: string): Resident {
    const { waitingLimit, placement, idle } = this.#options;
    return new Resident(key, {
      clock: this.#context.clock,
      waitingLimit,
      place: () => placement.of(key),
      start: (resident) => this.#start(resident),
      stop: (resident) => this.#stop(resident),
      hand: (resident, delivery) => this.#hand(resident, delivery),
      idle,
    });
  }

  #start(resident: Resident): void {
    const { definition, activateMs, gone } = this.#options;
    const actor = activationOf(definition, this.#desk(resident));
    const child = this.#context.spawn(actor, { name: resident.key, restart: "temporary" });
    this.#children.set(resident, child);
    const cancel = this.#context.clock.schedule(activateMs, () => {
      if (!resident.isStarting) return;
      resident.failed(new Error(`it took longer than ${activateMs} ms`));
      this.#stop(resident);
    });
    this.#context.watch(child, () => {
      cancel();
      this.#children.delete(resident);
      gone(resident);
    });
  }

  #stop(resident: Resident): void {
    const child = this.#children.get(resident);
    if (child !== undefined) this.#context.stop(child);
  }

  #desk(resident: Resident): ActivationDesk {
    const { definition, journal, placement, cluster } = this.#options;
    const { key } = resident;
    return {
      key,
      journal,
      doubtful: () => placement.doubtful(),
      ready: () => resident.ready(),
      failed: (error) => resident.failed(error),
      lost: (why) => resident.lost(why),
      begun: (id) => resident.begun(id),
      passivate: () => resident.leave(),
      chain: () => [...resident.chain, `${definition.kind}/${key}`],
      entities: (of, from, chain) => {
        const { node, random } = from;
        const ref = <D extends Definitions>(protocol: Protocol<D>, address: string): Ref<D> =>
          from.ref(protocol, address);
        return entitiesFrom({ node, random, ref, cluster, chain }, of);
      },
    };
  }

  /** What is told is asked as well, to learn when it has been handled. */
  #hand(resident: Resident, { message, trace }: Delivery): Promise<Handled> {
    const plain = this.#children.get(resident) as Ref;
    const child = trace === undefined ? plain : traced(plain, trace);
    const handed = { id: message.id, body: message.body };
    const asked = child.ask(message.type as never, handed as never, { withinMs: unlimitedMs });
    return asked as Promise<unknown> as Promise<Handled>;
  }
}
