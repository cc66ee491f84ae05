import {
  type ActorSystem,
  createActorSystem,
  type Entities,
  entityRefs,
  hostEntities,
  rendezvous,
} from "@troupe/actor";
import {
  InMemoryJournal,
  InMemoryNetwork,
  processClock,
  processJournal,
  processTransport,
  SimulatedProcess,
  seededRandom,
  VirtualClock,
} from "@troupe/testkit";
import { acquireUnits, type UnitsRequest } from "./acquire-units.ts";
import type { HeldUnits } from "./held-units.ts";
import { type UnitAllocatorOptions, unitAllocator } from "./unit-allocator.ts";
import type { UnitsMessages } from "./units-protocol.ts";

const hosts = ["a", "b", "c"];

/** Three hosts of the allocator, and nodes `d` and `e` that only use it, each of which can be killed. */
export class UnitsCluster {
  readonly clock = new VirtualClock();
  readonly network: InMemoryNetwork;
  readonly journal = new InMemoryJournal(this.clock);
  readonly allocator;
  /** Links that lose everything, one way: `from>to`. */
  readonly cut = new Set<string>();
  readonly processes = new Map<string, SimulatedProcess>();
  /** How each node refers to the allocator's groups: its messages have ids in a row. */
  readonly #refs = new Map<string, Entities<UnitsMessages>>();
  readonly #seed: number;

  constructor(options: UnitAllocatorOptions, seed = 1) {
    this.#seed = seed;
    this.allocator = unitAllocator(options);
    this.network = new InMemoryNetwork({
      clock: this.clock,
      random: seededRandom(seed),
      delayMs: 1,
      links: { delays: (from, to) => (this.cut.has(`${from}>${to}`) ? [] : [1]) },
    });
  }

  static async start(options: UnitAllocatorOptions, seed = 1): Promise<UnitsCluster> {
    const cluster = new UnitsCluster(options, seed);
    for (const node of hosts) cluster.host(node);
    for (const node of ["d", "e"]) cluster.client(node);
    await cluster.clock.advance(2000);
    return cluster;
  }

  host(node: string): void {
    const system = this.#boot(node);
    const process = this.processes.get(node) as SimulatedProcess;
    const journal = processJournal(this.journal, process);
    this.#refs.set(node, hostEntities(system, this.allocator, { journal }));
  }

  client(node: string): void {
    const random = seededRandom(this.#seed + node.charCodeAt(0));
    this.#refs.set(node, entityRefs(this.#boot(node), this.allocator, { random }));
  }

  #boot(node: string): ActorSystem {
    const process = new SimulatedProcess(this.clock);
    this.processes.set(node, process);
    const system = createActorSystem({
      node,
      ports: {
        transport: processTransport(this.network.connect(node), process),
        clock: processClock(this.clock, process),
        random: seededRandom(this.#seed * 1000 + node.charCodeAt(0) + this.processes.size),
      },
    });
    return system;
  }

  /** Where the allocator of a group lives while all hosts are there. */
  ownerOf(group: string): string {
    return rendezvous(`units/${group}`, hosts) ?? "";
  }

  kill(node: string): void {
    this.processes.get(node)?.kill();
  }

  acquire(
    node: string,
    holder: string,
    units: UnitsRequest["units"],
    more: Partial<UnitsRequest> = {},
  ): Promise<HeldUnits> {
    const process = this.processes.get(node) as SimulatedProcess;
    const clock = processClock(this.clock, process);
    return acquireUnits(this.#refsOf(node), { group: "warehouse", holder, units, clock, ...more });
  }

  async usage(node = "d", group = "warehouse") {
    return await this.end(this.#refsOf(node).ref(group).ask("usage", {}, { withinMs: 5000 }));
  }

  #refsOf(node: string): Entities<UnitsMessages> {
    return this.#refs.get(node) as Entities<UnitsMessages>;
  }

  /** The outcome, with time moving on until there is one; an error is returned. */
  async outcome<T>(work: Promise<T>, withinMs = 100_000): Promise<T | Error> {
    let end: { readonly value: T | Error } | undefined;
    work.then(
      (value) => {
        end = { value };
      },
      (error: Error) => {
        end = { value: error };
      },
    );
    for (let ms = 0; ms < withinMs && end === undefined; ms += 10) await this.clock.advance(10);
    if (end === undefined) throw new Error(`there is no outcome within ${withinMs} ms`);
    return end.value;
  }

  /** As `outcome`, for what must not fail. */
  async end<T>(work: Promise<T>, withinMs?: number): Promise<T> {
    const outcome = await this.outcome(work, withinMs);
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }
}
