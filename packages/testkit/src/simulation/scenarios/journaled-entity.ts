import { between, happens, pick } from "../../faults/chance.ts";
import type { SimulatedNode } from "../node.ts";
import type { Course, Scenario } from "../scenario.ts";
import type { World } from "../world.ts";
import { AppendLedger } from "./journaled-entity/append-ledger.ts";
import { keeper, keeperProtocol, triesPerWrite } from "./journaled-entity/keeper.ts";
import { archivedNotes, openNotes, type Snapshotting } from "./journaled-entity/note.ts";

const keys = ["left", "right"];
/** Time between the writes that have to succeed at the end. */
const roundMs = 2000;
/** When, after the faults, requests sent before have ended. */
const recoveredMs = 5000;

/** Entities written by several nodes at once, while their journal fails over and answers are lost. */
export const journaledEntity: Scenario = {
  name: "journaled-entity",
  protocol: "entity",
  description: "no acknowledged append is lost, no history forks, one writer at a time",
  nodes: ["a", "b", "c"],
  faults: {
    pause: { times: 5, forMs: [10, 4000] },
    crash: { times: 5, forMs: [0, 2000] },
    failOver: { times: 2, forMs: [5000, 5000] },
    lostAcks: { times: 8, forMs: [200, 3000], lost: 0.4 },
    clocks: { skewMs: 5000, drift: 0.01 },
    journalLatencyMs: 30,
  },
  faultyMs: 20_000,
  calmMs: 20_000,
  actions: 50,
  begin: (world) => new JournaledEntityCourse(world, undefined),
};

/** The same with snapshots, and records that are purged once they are covered. */
export const snapshottedEntity: Scenario = {
  ...journaledEntity,
  name: "snapshotted-entity",
  protocol: "entity",
  description: "the same, when folded states are stored and the records they cover are purged",
  begin: (world) =>
    new JournaledEntityCourse(world, {
      every: between(world.random, 1, 6),
      retain: pick(world.random, ["all", "uncovered", "uncovered"] as const),
    }),
};

/** The same with old records moved to segments; all of them can be read at the end. */
export const archivedEntity: Scenario = {
  ...journaledEntity,
  name: "archived-entity",
  description: "the same, when old records are moved to segments and purged from the journal",
  begin: (world) =>
    new JournaledEntityCourse(world, { every: between(world.random, 1, 6), retain: "archived" }),
};

class JournaledEntityCourse implements Course {
  readonly #world: World;
  readonly #ledger: AppendLedger;
  readonly #snapshotting: Snapshotting | undefined;
  #writes = 0;

  constructor(world: World, snapshotting: Snapshotting | undefined) {
    this.#world = world;
    this.#snapshotting = snapshotting;
    this.#ledger = new AppendLedger(world, keys, snapshotting === undefined);
  }

  boot({ name, life }: SimulatedNode): void {
    life.system.spawn(keeper(this.#ledger, name, life, this.#snapshotting), { name: "keeper" });
  }

  act(): void {
    const { random, nodes, up } = this.#world;
    if (up.length === 0) return;
    const key = pick(random, keys);
    if (happens(random, 0.1)) this.#tell(pick(random, up)).tell("reopen", { key });
    // Several at once, as when a node is taken for lost and another begins its work.
    else if (happens(random, 0.3)) for (const node of nodes) this.#write(node, key);
    else this.#write(pick(random, up), key);
  }

  calm(): void {
    const { clock, nodes } = this.#world;
    for (const [round, node] of nodes.entries()) {
      clock.schedule(recoveredMs + round * roundMs, () => {
        for (const key of keys) this.#ledger.owe(this.#write(node, key));
      });
    }
  }

  end(): Promise<void> {
    const { clock, random, store: journal } = this.#world;
    return this.#ledger.end(triesPerWrite, async (key) => {
      const { state } = await openNotes({ journal, clock, random }, key, this.#snapshotting);
      if (this.#snapshotting?.retain === "archived") {
        const ids = await archivedNotes(journal, key);
        this.#world.require(
          state.join() === ids.join(),
          "segments and journal have every record once",
          () => `${key} has ${ids.join()}, and its state is of ${state.join()}`,
        );
      }
      return state;
    });
  }

  #write(node: SimulatedNode, key: string): number {
    this.#writes += 1;
    const id = this.#writes;
    node.life.process.run(() => this.#tell(node).tell("write", { key, id }));
    return id;
  }

  #tell({ name, life }: SimulatedNode) {
    return life.system.ref(keeperProtocol, `${name}/keeper`);
  }
}
