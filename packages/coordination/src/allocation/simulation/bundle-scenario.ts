import { between, happens } from "../../simulation/chance.ts";
import type {
  SimulatedCourse,
  SimulatedNode,
  SimulatedScenario,
  SimulatedWorld,
} from "../../simulation/world.ts";
import { bundleActor } from "../bundles/bundle-actor.ts";
import { bundleProtocol } from "../bundles/protocol.ts";

const nodes = ["a", "b", "c", "d"];
const tasks = 5;
const spreadMs = 400;
/** When, after the faults, all agents should agree: some rounds across all of them. */
const agreedMs = 8000;
const mostValue = 10;

/** Tasks shared out by consensus, with nobody in the middle. */
export const allocationBundles: SimulatedScenario = {
  name: "allocation-bundles",
  description:
    "agents that share out tasks among themselves come to agree, and nobody has another's task",
  protocol: "allocation",
  nodes,
  faults: {
    partition: { times: 1, forMs: [200, 3000] },
    oneWay: { times: 1, forMs: [200, 3000] },
    links: { times: 6, forMs: [500, 3000], drop: 0.4, duplicate: 0.4, reorder: 0.6, delayMs: 80 },
    pause: { times: 2, forMs: [100, 2000] },
    crash: { times: 1, forMs: [500, 3000] },
    clocks: { skewMs: 2000, drift: 0.01 },
  },
  faultyMs: 5000,
  calmMs: agreedMs,
  actions: 0,
  begin: (world) => new BundleCourse(world),
};

/** What an agent says that it does, and believes of the others. */
interface Shares {
  readonly id: string;
  readonly path: readonly number[];
  readonly winners: readonly (string | null)[];
}

class BundleCourse implements SimulatedCourse {
  readonly #world: SimulatedWorld;
  readonly #values: ReadonlyMap<string, readonly number[]>;
  readonly #most: ReadonlyMap<string, number>;
  readonly #isDiminishing: boolean;

  constructor(world: SimulatedWorld) {
    this.#world = world;
    const { random } = world;
    const draw = (): number[] =>
      Array.from({ length: tasks }, () => between(random, 1, mostValue) + random.next() / 2);
    this.#values = new Map(nodes.map((name) => [name, draw()]));
    this.#most = new Map(nodes.map((name) => [name, between(random, 1, 3)]));
    this.#isDiminishing = happens(random, 0.7);
  }

  boot({ name, life }: SimulatedNode): void {
    const values = this.#values.get(name) ?? [];
    // Where gains do not diminish, agents agree as well.
    const factor = this.#isDiminishing ? 0 : 0.5;
    const actor = bundleActor({
      id: this.#idOf(name, life.number),
      tasks,
      most: this.#most.get(name) ?? 1,
      score: (path) =>
        path.reduce((sum, task, at) => sum + (values[task] ?? 0) * (1 + at * factor), 0),
      neighbours: new Map(
        nodes.filter((other) => other !== name).map((other) => [other, `${other}/agent`]),
      ),
      spreadMs,
    });
    life.system.spawn(actor, { name: "agent" });
  }

  act(): void {}

  calm(): void {}

  async end(): Promise<void> {
    const held = await Promise.all(this.#world.nodes.map((node) => this.#sharesOf(node)));
    const require = (holds: boolean, invariant: string): void =>
      this.#world.require(holds, invariant, () => JSON.stringify(held));
    const beliefs = new Set(held.map(({ winners }) => JSON.stringify(winners)));
    require(beliefs.size === 1, "all agents come to believe the same");
    const taken = held.flatMap(({ path }) => path);
    require(new Set(taken).size === taken.length, "a task is given once");
    for (const { id, path, winners } of held) {
      const own = winners.flatMap((winner, task) => (winner === id ? [task] : []));
      require([...path].sort().join() === own.join(), "who is believed to have a task has it");
      require(path.length <= (this.#most.get(nodeOf(id)) ?? 0), "nobody takes more than it can");
    }
    const isWhole = this.#world.nodes.every(({ life }) => life.number === 1);
    this.#world.trace.add("shared", taken.length, isWhole ? 1 : 0);
  }

  /** Whoever was gone begins again under another name. */
  #idOf(name: string, life: number): string {
    return life === 1 ? name : `${name}#${life}`;
  }

  async #sharesOf({ name, life }: SimulatedNode): Promise<Shares> {
    const ref = life.system.ref(bundleProtocol, `${name}/agent`);
    const { path, winners } = await ref.ask("holdings", {}, { withinMs: 1000 });
    return { id: this.#idOf(name, life.number), path, winners };
  }
}

function nodeOf(id: string): string {
  return id.split("#")[0] ?? id;
}
