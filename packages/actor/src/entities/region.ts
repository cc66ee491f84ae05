import type { ActorContext, Handlers } from "../behaviour.ts";
import { AskError, ensureError } from "../errors.ts";
import { traced } from "../system/actor-ref.ts";
import type { SystemEvent } from "../system-api.ts";
import { Activations, type ActivationsOptions } from "./activations.ts";
import { deadLetter } from "./dead-letter.ts";
import { Delivery } from "./delivery.ts";
import {
  type Addressed,
  type AddressedAsk,
  hopLimit,
  type Outcome,
  regionName,
  regionProtocol,
} from "./region-protocol.ts";
import type { Resident } from "./resident.ts";
import { Residents } from "./residents.ts";
import { Seen } from "./seen.ts";

/** For how long copies made by the network are known again, unless there are more messages. */
const seenMs = 60_000;
const seenLimit = 50_000;

type RegionMessages = (typeof regionProtocol)["messages"];

interface RegionOptions extends Omit<ActivationsOptions, "gone" | "idle"> {
  readonly relocationBatch: number;
  readonly report: (event: SystemEvent) => void;
}

/** The entities of one kind on one node: takes their messages, and passes on what belongs elsewhere. */
export class Region {
  readonly #context: ActorContext<RegionMessages>;
  readonly #options: RegionOptions;
  readonly #residents: Residents;
  readonly #activations: Activations;
  readonly #seen: Seen<Promise<Outcome> | "told">;
  /** Asks without an answer. */
  #open = 0;
  #over = false;
  #quiet: (() => void) | undefined;

  constructor(context: ActorContext<RegionMessages>, options: RegionOptions) {
    this.#context = context;
    this.#options = options;
    this.#seen = new Seen(context.clock, seenMs, seenLimit);
    this.#residents = new Residents(context.clock, options.definition, options.relocationBatch);
    this.#activations = new Activations(context, {
      ...options,
      gone: (resident) => void this.#gone(resident),
      idle: () => this.#residents.keepLimit(),
    });
    context.onStop(() => this.#end());
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
        const { placement } = this.#options;
        placement.sweep();
        const view = placement.view();
        this.#residents.sweep(placement.version, (key) => view(key).kind !== "elsewhere");
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
    const { definition, report } = this.#options;
    const settle = (outcome: Outcome): void => {
      const letter = deadLetter(definition.kind, message, outcome);
      if (letter !== undefined) report(letter);
    };
    this.#receive(new Delivery(message, clock, trace, settle));
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

  #receive(delivery: Delivery): void {
    const { definition, placement } = this.#options;
    const { kind, protocol } = definition;
    const { key, type, body, via, hops } = delivery.message;
    if (hops > 0) placement.returned(key, via);
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
    const { key } = delivery.message;
    const place = this.#options.placement.of(key);
    if (place.kind === "nowhere") {
      return delivery.fail("unreachable", place.reason, place.detail);
    }
    const isHere = place.kind === "here";
    if (delivery.hops > hopLimit || (delivery.hops === hopLimit && !isHere)) {
      const detail = `the nodes do not agree where it lives: forwarded ${hopLimit} times`;
      return delivery.fail("unreachable", "forwarded", detail);
    }
    const resident = this.#residents.get(key);
    if (resident !== undefined) {
      resident.accept(delivery);
      if (!isHere) resident.leave();
    } else if (isHere) {
      const { version } = this.#options.placement;
      this.#residents.add(this.#activations.begin(key), version).accept(delivery);
    } else this.#forward(delivery, place.node);
  }

  #forward(delivery: Delivery, owner: string): void {
    const address = `${owner}/${regionName(this.#options.definition.kind)}`;
    const plain = this.#context.ref(regionProtocol, address);
    const region = delivery.trace === undefined ? plain : traced(plain, delivery.trace);
    const message = { ...delivery.message, hops: delivery.hops + 1, via: this.#context.node };
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

  /** What an activation left behind goes where it belongs now. */
  async #gone(resident: Resident): Promise<void> {
    const { failure, fenced } = resident;
    if (fenced) await this.#options.placement.yield(resident.key);
    this.#residents.remove(resident);
    for (const delivery of resident.gone()) {
      if (this.#over) delivery.fail("unreachable", "stopped", "its node stops");
      else if (failure !== undefined && !fenced) {
        const detail = `it could not be activated: ${failure.message}`;
        delivery.fail("unreachable", "activation", detail);
      } else this.#route(delivery);
    }
    this.#checkQuiet();
  }

  #end(): void {
    this.#over = true;
    for (const resident of this.#residents) {
      for (const delivery of resident.gone()) {
        delivery.fail("unreachable", "stopped", "its node stops");
      }
    }
  }

  #checkQuiet(): void {
    if (this.#open === 0 && this.#residents.size === 0) this.#quiet?.();
  }
}
