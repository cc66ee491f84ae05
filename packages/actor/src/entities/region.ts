import type { ActorContext, Handlers } from "../behaviour.ts";
import { AskError, ensureError } from "../errors.ts";
import type { Journal } from "../ports/journal.ts";
import type { Definitions, Protocol } from "../protocol.ts";
import type { Ref } from "../ref.ts";
import { traced } from "../system/actor-ref.ts";
import type { Cluster, SystemEvent } from "../system-api.ts";
import { activationOf, type Handled } from "./activation.ts";
import type { EntityDefinition } from "./definition.ts";
import { Delivery } from "./delivery.ts";
import { activatorIn, subjectOf } from "./entity-state.ts";
import { type Hosts, ownerAmong } from "./hosts.ts";
import { entitiesFrom } from "./refs.ts";
import {
  type Addressed,
  type AddressedAsk,
  hopLimit,
  type Outcome,
  regionName,
  regionProtocol,
} from "./region-protocol.ts";
import { Resident } from "./resident.ts";
import { Residents } from "./residents.ts";
import { Seen } from "./seen.ts";

/** For how long, and how many messages at least, copies made by the network are known again. */
const seenMs = 60_000;
const seenLimit = 50_000;
/** How long an entity is left to the node that has fenced this one, whatever the view says. */
const yieldMs = 10_000;
/** Time for one message in an entity: its asker's patience ends where it was asked. */
const unlimitedMs = 2 ** 40;

type RegionMessages = (typeof regionProtocol)["messages"];

export interface RegionOptions {
  readonly definition: EntityDefinition;
  readonly journal: Journal | undefined;
  readonly cluster: Cluster;
  readonly hosts: Hosts;
  readonly waitingLimit: number;
  readonly activateMs: number;
  readonly relocationBatch: number;
  readonly report: (event: SystemEvent) => void;
}

/** The entities of one kind on one node: takes their messages, and passes on what belongs elsewhere. */
export class Region {
  readonly #context: ActorContext<RegionMessages>;
  readonly #options: RegionOptions;
  readonly #residents: Residents;
  readonly #seen: Seen<Promise<Outcome> | "told">;
  /** By key, to whom and until when. */
  readonly #yielded = new Map<string, { readonly node: string; readonly until: number }>();
  readonly #children = new Map<Resident, Ref>();
  #open = 0;
  #over = false;
  #quiet: (() => void) | undefined;

  constructor(context: ActorContext<RegionMessages>, options: RegionOptions) {
    const { definition, relocationBatch } = options;
    this.#context = context;
    this.#options = options;
    this.#seen = new Seen(context.clock, seenMs, seenLimit);
    this.#residents = new Residents(context.clock, definition, relocationBatch);
    context.onStop(() => this.#ended());
  }

  get handlers(): Handlers<RegionMessages> {
    return {
      tell: (message) => {
        const id = `${message.id}/${message.hops}`;
        if (this.#seen.once(id, () => "told").first) this.#tell(message);
      },
      ask: (message) => {
        const id = `${message.id}/${message.hops}`;
        return this.#seen.once(id, () => this.#ask(message)).value as Promise<Outcome>;
      },
      sweep: () => {
        const now = this.#context.clock.monotonic();
        for (const [key, { until }] of this.#yielded) {
          if (until <= now) this.#yielded.delete(key);
        }
        const live = this.#options.hosts.live();
        this.#residents.sweep(live, (key) => this.#ownerOf(key, live) === this.#context.node);
      },
    };
  }

  keys(): readonly string[] {
    return this.#residents.keys();
  }

  /** Sends every entity away and hands on what comes for them; resolves when nothing is left to do. */
  async emptied(): Promise<void> {
    const quiet = Promise.withResolvers<void>();
    this.#quiet = quiet.resolve;
    this.#residents.leave();
    this.#checkQuiet();
    await quiet.promise;
  }

  #tell(message: Addressed): void {
    const { clock, trace } = this.#context;
    this.#receive(new Delivery(message, clock, trace, (end) => this.#toldEnded(message, end)));
  }

  #ask(message: AddressedAsk): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const { clock, trace } = this.#context;
    this.#open += 1;
    const settle = (outcome: Outcome): void => {
      this.#open -= 1;
      resolve(outcome);
      this.#checkQuiet();
    };
    this.#receive(new Delivery(message, clock, trace, settle));
    return promise;
  }

  /** What was told and failed in its handler is in quarantine; the rest becomes a dead letter here. */
  #toldEnded({ key, type }: Addressed, outcome: Outcome): void {
    if (outcome.ok) return;
    const { stage, reason, detail } = outcome;
    if (stage === "handler" && reason === undefined) return;
    const { definition, report } = this.#options;
    report({
      kind: "dead-letter",
      reason:
        reason === "full"
          ? "mailbox-full"
          : reason === "malformed"
            ? "malformed"
            : stage === "reply"
              ? "stopped"
              : "no-actor",
      type,
      sender: undefined,
      receiver: `entity:${definition.kind}/${key}`,
      detail,
    });
  }

  #receive(delivery: Delivery): void {
    const { kind, protocol } = this.#options.definition;
    const { key, type, body, via, hops } = delivery.message;
    if (this.#yielded.get(key)?.node === via && hops > 0) this.#yielded.delete(key);
    const checked = protocol.messages[type]?.body.safeParse(body);
    if (checked?.success !== true) {
      const detail = checked?.error.message ?? `'${protocol.name}' has no message '${type}'`;
      return delivery.fail("handler", "malformed", detail);
    }
    if (delivery.chain.includes(`${kind}/${key}`)) {
      const circle = [...delivery.chain, `${kind}/${key}`].join(" -> ");
      const detail = `these entities would wait for each other: ${circle}`;
      return delivery.fail("cycle", undefined, detail);
    }
    this.#route(delivery);
  }

  #route(delivery: Delivery): void {
    const { hosts } = this.#options;
    const { key } = delivery.message;
    const live = hosts.live();
    if (hosts.cutOff(live)) {
      return delivery.fail("unreachable", "cut-off", "its node may be cut off from the others");
    }
    const owner = this.#ownerOf(key, live);
    if (owner === undefined) {
      return delivery.fail("unreachable", "no-host", "no live node hosts its kind");
    }
    const isOwn = owner === this.#context.node;
    if (delivery.hops > hopLimit || (delivery.hops === hopLimit && !isOwn)) {
      const detail = `the nodes do not agree where it lives: forwarded ${hopLimit} times`;
      return delivery.fail("unreachable", "forwarded", detail);
    }
    const resident = this.#residents.get(key);
    if (resident !== undefined) {
      resident.accept(delivery);
      if (!isOwn) resident.leave();
    } else if (isOwn) {
      this.#residents.add(this.#resident(key)).accept(delivery);
    } else this.#forward(delivery, owner);
  }

  #ownerOf(key: string, live: readonly string[]): string | undefined {
    const yielded = this.#yielded.get(key);
    const isYielded =
      yielded !== undefined &&
      yielded.until > this.#context.clock.monotonic() &&
      live.includes(yielded.node);
    return isYielded ? yielded.node : ownerAmong(live, this.#options.definition.kind, key);
  }

  #forward(delivery: Delivery, owner: string): void {
    const { definition } = this.#options;
    const { node } = this.#context;
    const address = `${owner}/${regionName(definition.kind)}`;
    const plain = this.#context.ref(regionProtocol, address);
    const region = delivery.trace === undefined ? plain : traced(plain, delivery.trace);
    const message = { ...delivery.message, hops: delivery.hops + 1, via: node };
    if (!delivery.isAsk) return region.tell("tell", message);
    const withinMs = Math.max(1, delivery.leftMs());
    const { chain } = delivery;
    region.ask("ask", { ...message, withinMs, chain: [...chain] }, { withinMs }).then(
      (outcome) => delivery.settle(outcome),
      (thrown) => {
        const { message: detail } = ensureError(thrown);
        const stage = thrown instanceof AskError ? thrown.stage : "handler";
        // When this node ends, it only seems that nobody was there: the message is on its way.
        const isUncertain = this.#over && stage === "unreachable";
        delivery.fail(isUncertain ? "reply" : stage, undefined, detail);
      },
    );
  }

  #resident(key: string): Resident {
    const { hosts, waitingLimit } = this.#options;
    const { clock, node } = this.#context;
    return new Resident(key, {
      clock,
      waitingLimit,
      obstacle: () => {
        const live = hosts.live();
        if (hosts.cutOff(live)) return "cut-off";
        return this.#ownerOf(key, live) === node ? undefined : "elsewhere";
      },
      start: (resident) => this.#start(resident),
      stop: (resident) => this.#context.stop(this.#children.get(resident) as Ref),
      hand: (resident, delivery) => this.#hand(resident, delivery),
      idle: () => this.#residents.keepLimit(),
    });
  }

  #start(resident: Resident): void {
    const { key } = resident;
    const { definition, journal, hosts, cluster, activateMs } = this.#options;
    const actor = activationOf(definition, {
      key,
      journal,
      doubtful: () => hosts.doubtful(),
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
    });
    const child = this.#context.spawn(actor, { name: key, restart: "temporary" });
    this.#children.set(resident, child);
    const cancel = this.#context.clock.schedule(activateMs, () => {
      if (!resident.isStarting) return;
      resident.failed(new Error(`it took longer than ${activateMs} ms`));
      this.#context.stop(child);
    });
    this.#context.watch(child, () => {
      cancel();
      void this.#gone(resident);
    });
  }

  #hand(resident: Resident, { message, trace }: Delivery): Promise<Handled> {
    const plain = this.#children.get(resident) as Ref;
    const child = trace === undefined ? plain : traced(plain, trace);
    const handed = { id: message.id, body: message.body };
    const asked = child.ask(message.type as never, handed as never, { withinMs: unlimitedMs });
    return asked as Promise<unknown> as Promise<Handled>;
  }

  /** What an activation left behind goes where it belongs now. */
  async #gone(resident: Resident): Promise<void> {
    const { key, failure } = resident;
    if (resident.fenced) await this.#yield(key);
    this.#children.delete(resident);
    this.#residents.remove(resident);
    const isUnable = failure !== undefined && !resident.fenced;
    for (const delivery of resident.gone()) {
      if (isUnable) {
        const detail = `it could not be activated: ${failure.message}`;
        delivery.fail("unreachable", "activation", detail);
      } else this.#route(delivery);
    }
    this.#checkQuiet();
  }

  async #yield(key: string): Promise<void> {
    const { journal, definition } = this.#options;
    const { clock, log, node: self } = this.#context;
    try {
      const stored = (await journal?.read(subjectOf(definition.kind, key))) ?? [];
      const latest = stored.findLast(({ payload }) => activatorIn(payload) !== undefined);
      const node = latest && activatorIn(latest.payload);
      if (node === undefined || node === self) return;
      this.#yielded.set(key, { node, until: clock.monotonic() + yieldMs });
    } catch (thrown) {
      log("warn", "who took an entity over could not be read", { key, error: ensureError(thrown) });
    }
  }

  #ended(): void {
    this.#over = true;
    for (const resident of this.#children.keys()) {
      for (const delivery of resident.gone()) {
        delivery.fail("unreachable", "stopped", "its node stops");
      }
    }
  }

  #checkQuiet(): void {
    if (this.#open === 0 && this.#residents.size === 0) this.#quiet?.();
  }
}
