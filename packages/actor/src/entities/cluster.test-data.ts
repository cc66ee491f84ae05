import { InMemoryJournal, InMemoryNetwork, seededRandom, VirtualClock } from "@troupe/testkit";
import { z } from "zod";
import {
  type ActorSystem,
  createActorSystem,
  defineEntity,
  defineProtocol,
  type EntityHost,
  type EntityHostOptions,
  type EntityOptions,
  entityRefs,
  hostEntities,
  type Journal,
  message,
  query,
  rendezvous,
  type SystemEvent,
} from "../index.ts";

export const counterProtocol = defineProtocol("counter", {
  add: query(z.object({ by: z.number() }), z.number()),
  total: query(z.object({}), z.number()),
  /** Adds two times, with a second between. */
  twice: query(z.object({ by: z.number() }), z.number()),
  note: message(z.object({ by: z.number() })),
  crash: query(z.object({}), z.null()),
});
type Messages = (typeof counterProtocol)["messages"];

/** Durable counters; `lives` gets one line for each activation's beginning and end. */
export function counters(options: Partial<EntityOptions> = {}, lives: string[] = []) {
  return defineEntity(counterProtocol, {
    kind: "counter",
    journal: {
      version: 1,
      record: z.object({ by: z.number() }),
      initial: 0,
      apply: (sum, { by }) => sum + by,
    },
    setup: (key, context, state) => {
      lives.push(`+${context.node}/${key}`);
      context.onStop(() => void lives.push(`-${context.node}/${key}`));
      return {
        add: ({ by }) => state.append({ by }),
        total: () => state.state,
        twice: async ({ by }) => {
          await state.append({ by });
          await new Promise<void>((resolve) => void context.clock.schedule(1000, resolve));
          return await state.append({ by });
        },
        note: async ({ by }) => void (await state.append({ by })),
        crash: () => {
          throw new Error("asked to");
        },
      };
    },
    ...options,
  });
}

interface ClusterOptions {
  readonly seed?: number;
  /** Between two nodes, milliseconds. */
  readonly delayMs?: number;
  readonly links?: ConstructorParameters<typeof InMemoryNetwork>[0]["links"];
  /** What a node sees of the journal. */
  readonly journalOf?: (node: string, journal: Journal) => Journal;
}

/** Some nodes on one simulated network, with one journal. */
export class TestCluster {
  readonly clock = new VirtualClock();
  readonly network: InMemoryNetwork;
  readonly journal = new InMemoryJournal(this.clock);
  readonly events: SystemEvent[] = [];
  readonly systems = new Map<string, ActorSystem>();
  readonly hosts = new Map<string, EntityHost<Messages>>();
  readonly #seed: number;
  readonly #journalOf: (node: string, journal: Journal) => Journal;

  constructor({ seed = 1, delayMs = 1, links, journalOf }: ClusterOptions = {}) {
    this.#seed = seed;
    this.#journalOf = journalOf ?? ((_, journal) => journal);
    this.network = new InMemoryNetwork({
      clock: this.clock,
      random: seededRandom(seed),
      delayMs,
      ...(links === undefined ? {} : { links }),
    });
  }

  system(node: string): ActorSystem {
    const system = createActorSystem({
      node,
      ports: {
        transport: this.network.connect(node),
        clock: this.clock,
        random: seededRandom(this.#seed * 1000 + node.charCodeAt(0) + this.systems.size),
      },
    });
    system.observe((event) => this.events.push(event));
    this.systems.set(node, system);
    return system;
  }

  host(
    node: string,
    definition = counters(),
    options: EntityHostOptions = {},
  ): EntityHost<Messages> {
    const journal = this.#journalOf(node, this.journal);
    const host = hostEntities(this.system(node), definition, { journal, ...options });
    this.hosts.set(node, host);
    return host;
  }

  /** Hosts a, b and c, who know each other. */
  async three(definition = counters(), options: EntityHostOptions = {}): Promise<void> {
    for (const node of ["a", "b", "c"]) this.host(node, definition, options);
    await this.clock.advance(100);
  }

  /** A counter as seen from a node, which may be one that hosts none. */
  from(node: string, key: string, definition = counters()) {
    const host = this.hosts.get(node);
    if (host !== undefined) return host.ref(key);
    const system = this.systems.get(node) as ActorSystem;
    return entityRefs(system, definition, { random: seededRandom(this.#seed) }).ref(key);
  }

  residentsOf(node: string): readonly string[] {
    return this.hosts.get(node)?.residents() ?? [];
  }

  deadLetters(): readonly string[] {
    return this.events.flatMap((event) =>
      event.kind === "dead-letter" ? [`${event.reason} ${event.type} ${event.receiver}`] : [],
    );
  }

  /** What the journal holds of a counter, without its activations. */
  async stored(key: string): Promise<readonly number[]> {
    const records = await this.journal.read(`journal.counter.${key}`);
    return records.flatMap(({ payload }) => {
      const { record } = JSON.parse(new TextDecoder().decode(payload));
      return typeof record.by === "number" ? [record.by] : [];
    });
  }

  /** The outcome of an ask, with time moving on until it has one. */
  async outcome<T>(ask: Promise<T>): Promise<T | Error> {
    let end: { readonly value: T | Error } | undefined;
    ask.then(
      (value) => {
        end = { value };
      },
      (error: Error) => {
        end = { value: error };
      },
    );
    for (let turn = 0; turn < 100_000 && end === undefined; turn += 1) await this.clock.advance(1);
    if (end === undefined) throw new Error("the ask has no end");
    return end.value;
  }
}

/** A key that lives on `owner` while `hosts` are there, and on `next`, if given, without `owner`. */
export function keyOn(owner: string, hosts = ["a", "b", "c"], next?: string, skip = 0): string {
  for (let number = skip; ; number += 1) {
    const key = `k${number}`;
    const others = hosts.filter((host) => host !== owner);
    const id = `counter/${key}`;
    if (rendezvous(id, hosts) !== owner) continue;
    if (next === undefined || rendezvous(id, others) === next) return key;
  }
}
