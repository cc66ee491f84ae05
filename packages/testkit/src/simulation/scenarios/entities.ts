import { type Entities, type EntityHost, entityRefs, hostEntities } from "@troupe/actor";
import { between, happens, pick } from "../../faults/chance.ts";
import type { SimulatedNode } from "../node.ts";
import type { Course, Scenario } from "../scenario.ts";
import type { World } from "../world.ts";
import { CountLedger } from "./entities/count-ledger.ts";
import { type CounterMessages, counters } from "./entities/counter.ts";
import { type AskEnd, EntityAsks } from "./entities/entity-asks.ts";

const keys = ["east", "north", "south", "west"];
/** Asks entities, and hosts none. */
const client = "client";
const withinOptions = [200, 1500, 6000];
const slowOptions = [0, 0, 0, 20, 800];
/** When, after the faults, the asks begin that have to succeed. */
const recoveredMs = 15_000;
const roundMs = 500;
const patienceMs = 5000;

/** Counters that live once in a cluster whose nodes, links and journal fail. */
export const entities: Scenario = {
  name: "entities",
  protocol: "entity",
  description: "an increment counts once; one activation writes; every counter is linearizable",
  nodes: ["a", "b", "c", "d", client],
  faults: {
    partition: { times: 3, forMs: [200, 14_000] },
    oneWay: { times: 4, forMs: [200, 14_000] },
    links: { times: 8, forMs: [500, 6000], drop: 0.2, duplicate: 0.3, delayMs: 100 },
    pause: { times: 4, forMs: [100, 14_000] },
    crash: { times: 8, forMs: [50, 6000] },
    leave: { times: 6, forMs: [500, 8000] },
    failOver: { times: 1, forMs: [2000, 5000] },
    lostAcks: { times: 6, forMs: [200, 5000], lost: 0.4 },
    clocks: { skewMs: 2000, drift: 0.01 },
    journalLatencyMs: 20,
  },
  faultyMs: 40_000,
  calmMs: 30_000,
  actions: 90,
  begin: (world) => new EntitiesCourse(world),
};

class EntitiesCourse implements Course {
  readonly #world: World;
  readonly #asks: EntityAsks;
  readonly #ledger: CountLedger;
  readonly #definition: ReturnType<typeof counters>;
  readonly #minorityMs: number;
  readonly #drainMs: number;
  readonly #hosts = new Map<string, EntityHost<CounterMessages>>();
  readonly #refs = new Map<string, Entities<CounterMessages>>();

  constructor(world: World) {
    const { random } = world;
    this.#world = world;
    this.#asks = new EntityAsks(world);
    this.#ledger = new CountLedger(world, keys);
    this.#minorityMs = pick(random, [0, 5000, 60_000]);
    this.#drainMs = pick(random, [100, 2000]);
    this.#definition = counters({
      passivateAfterMs: pick(random, [1500, 600_000]),
      residentLimit: pick(random, [1, 10_000]),
      snapshotEvery: pick(random, [undefined, 3]),
      retain: pick(random, ["all", "uncovered"] as const),
    });
  }

  boot({ name, life: { system, journal, random } }: SimulatedNode): void {
    if (name === client) {
      this.#refs.set(name, entityRefs(system, this.#definition, { random }));
      return;
    }
    const options = { journal, minorityMs: this.#minorityMs, drainMs: this.#drainMs };
    const host = hostEntities(system, this.#definition, options);
    this.#hosts.set(name, host);
    this.#refs.set(name, host);
  }

  act(): void {
    const { random, up, nodes } = this.#world;
    if (up.length === 0) return;
    const key = pick(random, keys);
    if (happens(random, 0.2)) for (const node of nodes) this.#add(node, key);
    else if (happens(random, 0.6)) this.#add(pick(random, up), key);
    else this.#read(pick(random, up), key);
  }

  calm(): void {
    const { clock, nodes } = this.#world;
    for (const [turn, node] of nodes.entries()) {
      clock.schedule(recoveredMs + turn * roundMs, () => {
        for (const key of keys) {
          this.#add(node, key, true);
          this.#read(node, key, true);
        }
      });
    }
  }

  end(): void {
    this.#asks.end();
    this.#ledger.end();
    const residents = [...this.#hosts.values()].flatMap((host) => host.residents());
    this.#world.require(
      new Set(residents).size === residents.length,
      "at rest an entity is in the memory of one node",
      () =>
        [...this.#hosts].map(([name, host]) => `${name}: ${host.residents().join()}`).join("; "),
    );
  }

  #add(node: SimulatedNode, key: string, owed = false): void {
    const { random } = this.#world;
    const slowMs = owed ? 0 : pick(random, slowOptions);
    const withinMs = owed ? patienceMs : pick(random, withinOptions);
    const { life } = node;
    life.process.run(() => {
      const call = this.#ledger.adds(node.name, key);
      const ask = () => this.#ref(node, key).ask("add", { id: call.id, slowMs }, { withinMs });
      void this.#asks.watch({ node, life }, `add ${key} ${call.id}`, withinMs, ask).then((end) => {
        call.ended(end);
        if (owed) this.#requireAnswer(end, node, key);
      });
    });
  }

  #read(node: SimulatedNode, key: string, owed = false): void {
    const withinMs = owed ? patienceMs : between(this.#world.random, 100, patienceMs);
    const { life } = node;
    life.process.run(() => {
      const ended = this.#ledger.reads(node.name, key);
      const ask = () => this.#ref(node, key).ask("total", {}, { withinMs });
      void this.#asks.watch({ node, life }, `total ${key}`, withinMs, ask).then((end) => {
        ended(end);
        if (owed) this.#requireAnswer(end, node, key);
      });
    });
  }

  #requireAnswer(end: AskEnd<number>, { name }: SimulatedNode, key: string): void {
    const isAnswered = end.kind === "answered";
    this.#world.require(isAnswered, "without faults an entity answers", () => `${key} to ${name}`);
  }

  #ref({ name }: SimulatedNode, key: string) {
    return (this.#refs.get(name) as Entities<CounterMessages>).ref(key);
  }
}
