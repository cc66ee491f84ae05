import { type EntityHost, hostEntities } from "@troupe/actor";
import { between, happens, pick } from "../../faults/chance.ts";
import type { Life, SimulatedNode } from "../node.ts";
import type { Course, Scenario } from "../scenario.ts";
import type { World } from "../world.ts";
import { type AskEnd, type Asker, EntityAsks } from "./entities/entity-asks.ts";
import { type LeaseMessages, leaseEntity } from "./leases/lease.ts";
import { LeaseLedger } from "./leases/lease-ledger.ts";
import { type VaultMessages, vaultEntity } from "./leases/vault.ts";

const names = ["red", "blue"];
/** Longer than wall clocks differ. */
const withinMs = 4000;
const longestLeaseMs = 5000;
/** Writes of one holder, and the longest time between two. */
const putsPerLease = 4;
const restMs = 1500;
/** When, after the faults, every lease has lapsed by every clock. */
const recoveredMs = 15_000;
const turnMs = 1000;

/** Leases in the journal, and what they protect, while holders sleep beyond their time. */
export const leases: Scenario = {
  name: "leases",
  protocol: "entity",
  description:
    "tokens only grow, each has one holder, and a holder whose time is over writes no more",
  nodes: ["a", "b", "c"],
  faults: {
    partition: { times: 2, forMs: [200, 10_000] },
    oneWay: { times: 2, forMs: [200, 10_000] },
    links: { times: 4, forMs: [500, 6000], drop: 0.2, duplicate: 0.3, delayMs: 100 },
    pause: { times: 6, forMs: [100, 12_000] },
    crash: { times: 3, forMs: [100, 8000] },
    leave: { times: 2, forMs: [3000, 8000] },
    failOver: { times: 1, forMs: [2000, 5000] },
    lostAcks: { times: 4, forMs: [200, 3000], lost: 0.4 },
    clocks: { skewMs: 1000, drift: 0.01 },
    journalLatencyMs: 20,
  },
  faultyMs: 40_000,
  calmMs: 30_000,
  actions: 60,
  begin: (world) => new LeasesCourse(world),
};

interface Hosts {
  readonly leases: EntityHost<LeaseMessages>;
  readonly vaults: EntityHost<VaultMessages>;
}

/** What one holder does, drawn beforehand. */
interface Plan {
  readonly forMs: number;
  readonly rests: readonly number[];
  readonly releases: boolean;
}

class LeasesCourse implements Course {
  readonly #world: World;
  readonly #asks: EntityAsks;
  readonly #ledger: LeaseLedger;
  readonly #hosts = new Map<Life, Hosts>();

  constructor(world: World) {
    this.#world = world;
    this.#asks = new EntityAsks(world);
    this.#ledger = new LeaseLedger(world);
  }

  boot({ life }: SimulatedNode): void {
    const options = { journal: life.journal, minorityMs: 10_000, drainMs: 2000 };
    this.#hosts.set(life, {
      leases: hostEntities(life.system, leaseEntity, options),
      vaults: hostEntities(life.system, vaultEntity, options),
    });
  }

  act(): void {
    const { random, up } = this.#world;
    if (up.length === 0) return;
    const node = pick(random, up);
    const name = pick(random, names);
    const puts = between(random, 1, putsPerLease);
    const plan = {
      forMs: between(random, 100, longestLeaseMs),
      rests: Array.from({ length: puts }, () => between(random, 0, restMs)),
      releases: happens(random, 0.6),
    };
    node.life.process.run(() => void this.#hold(node, name, plan));
  }

  calm(): void {
    const { clock, nodes } = this.#world;
    const plan = { forMs: 500, rests: [0, 0], releases: true };
    for (const [turn, node] of nodes.entries()) {
      clock.schedule(recoveredMs + turn * turnMs, () => {
        for (const name of names) void this.#hold(node, name, plan, true);
      });
    }
  }

  end(): Promise<void> {
    this.#asks.end();
    return this.#ledger.end(names);
  }

  /** Acquires a lease, writes now and then, whatever the time, and releases it or forgets to. */
  async #hold(node: SimulatedNode, name: string, plan: Plan, owed = false): Promise<void> {
    const { life } = node;
    const asker = { node, life };
    const token = await this.#acquire(asker, name, plan.forMs);
    if (owed) this.#requireWorks(typeof token === "number", node, `acquire ${name}`);
    if (typeof token !== "number") return;
    for (const ms of plan.rests) {
      await new Promise<void>((resolve) => void life.clock.schedule(ms, resolve));
      const end = await this.#put(asker, name, token);
      if (owed) this.#requireWorks(isYes(end), node, `put ${name}`);
    }
    if (!plan.releases) return;
    const end = await this.#release(asker, name, token);
    if (owed) this.#requireWorks(isYes(end), node, `release ${name}`);
  }

  async #acquire(asker: Asker, name: string, forMs: number): Promise<number | false | undefined> {
    const ended = this.#ledger.acquires(asker.node.name, name);
    const end = await this.#asks.watch(asker, `acquire ${name}`, withinMs, () =>
      this.#of(asker).leases.ref(name).ask("acquire", { forMs }, { withinMs }),
    );
    ended(end);
    return end.kind === "answered" ? end.value : undefined;
  }

  async #put(asker: Asker, name: string, token: number): Promise<AskEnd<boolean>> {
    const { id, ended } = this.#ledger.puts(asker.node.name, name, token);
    const end = await this.#asks.watch(asker, `put ${name} ${token} ${id}`, withinMs, () =>
      this.#of(asker).vaults.ref(name).ask("put", { token, id }, { withinMs }),
    );
    ended(end);
    return end;
  }

  async #release(asker: Asker, name: string, token: number): Promise<AskEnd<boolean>> {
    const ended = this.#ledger.releases(asker.node.name, name, token);
    const end = await this.#asks.watch(asker, `release ${name} ${token}`, withinMs, () =>
      this.#of(asker).leases.ref(name).ask("release", { token }, { withinMs }),
    );
    ended(end);
    return end;
  }

  #of({ life }: Asker): Hosts {
    return this.#hosts.get(life) as Hosts;
  }

  #requireWorks(works: boolean, { name }: SimulatedNode, what: string): void {
    this.#world.require(works, "without faults a lease is given, used and released", () => {
      return `${name}: ${what}`;
    });
  }
}

function isYes(end: AskEnd<boolean>): boolean {
  return end.kind === "answered" && end.value;
}
