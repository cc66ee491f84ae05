import { between, happens, pick } from "../../simulation/chance.ts";
import type {
  SimulatedCourse,
  SimulatedNode,
  SimulatedScenario,
  SimulatedWorld,
} from "../../simulation/world.ts";
import { agree } from "../agree.ts";
import { agreementClientActor } from "../client-actor.ts";
import { isEquivocation } from "../equivocation.ts";
import { defineReplicaGroup, faultyOf, type ReplicaGroup } from "../group.ts";
import { agreementClientProtocol, replicaProtocol } from "../protocol.ts";
import { replicaActor } from "../replica.ts";
import { Chronicle, chainMachine } from "./chronicle.ts";
import { keyedSignatures } from "./keyed-signatures.ts";
import { drawHabits, type LiarOptions, liarActor } from "./liar.ts";

const clientNode = "k";
/** When, after the faults, operations are asked for again, milliseconds. */
const lastFromMs = 2000;
/** Operations asked for when the faults are over, one after the other. */
const lastOperations = 6;
const lastOperationMs = 500;
/** How long all is watched when everything has been decided: ten times what a replica takes to tell how it stands. */
const watchedMs = 4000;

/** Who lies, as a scenario says or the seed draws. */
type Liars = (world: SimulatedWorld, replicas: readonly string[]) => ReadonlyMap<string, Manner>;
type Manner = Pick<LiarOptions, "habits" | "inclination">;

/** How often there are as many liars as a group tolerates, and the first leader is one of them. */
const mostLiars = 0.8;
const firstLeaderLies = 0.4;

/** Up to `f` replicas, each in ways of its own. */
const drawnLiars: Liars = ({ random }, replicas) => {
  const most = faultyOf(replicas.length);
  const count = happens(random, mostLiars) ? most : between(random, 0, most);
  const liars = new Map<string, Manner>();
  while (liars.size < count) {
    const isFirst = liars.size === 0 && happens(random, firstLeaderLies);
    liars.set(isFirst ? (replicas[0] ?? "") : pick(random, replicas), drawHabits(random));
  }
  return liars;
};

/** As many liars as a scenario says, who order two things and agree to everything, whenever they can. */
const twoFaced =
  (names: readonly string[]): Liars =>
  () =>
    new Map(names.map((name) => [name, { habits: ["equivocate", "agree"], inclination: 1 }]));

/**
 * A simulation of a replica group of its own, with operations asked for under faults.
 *
 * @param replicas their names, one node each
 * @param liars who lies; by default up to `f`, drawn from the seed
 */
function agreementScenario(
  about: Pick<SimulatedScenario, "name" | "description" | "beyond">,
  replicas: readonly string[],
  liars: Liars = drawnLiars,
): SimulatedScenario {
  return {
    ...about,
    protocol: "pbft",
    nodes: [...replicas, clientNode],
    faults: {
      partition: { times: 2, forMs: [300, 4000] },
      oneWay: { times: 2, forMs: [300, 4000] },
      links: {
        times: 8,
        forMs: [500, 5000],
        drop: 0.3,
        duplicate: 0.3,
        reorder: 0.5,
        delayMs: 60,
      },
      pause: { times: 2, forMs: [100, 4000] },
      crash: { times: 4, forMs: [0, 3000] },
      clocks: { skewMs: 2000, drift: 0.01 },
    },
    faultyMs: 12_000,
    calmMs: 30_000,
    actions: 40,
    begin: (world) => new Agreement(world, replicas, liars(world, replicas)),
  };
}

const four = ["a", "b", "c", "d"];

/** Four replicas, of whom one may lie. */
export const pbft = agreementScenario(
  {
    name: "pbft",
    description:
      "four replicas, one of whom may lie, decide the same, once, in one order, and go on afterwards",
  },
  four,
);

/** Seven replicas, of whom two may lie. */
export const pbftSeven = agreementScenario(
  {
    name: "pbft-seven",
    description: "the same with seven replicas, two of whom may lie",
  },
  ["a", "b", "c", "d", "e", "f", "g"],
);

/** One of four lies in the way that two would need to do harm. */
export const pbftOneLiar = agreementScenario(
  {
    name: "pbft-one-liar",
    description: "one of four replicas orders two things and agrees to both: it does no harm",
  },
  four,
  twoFaced(["a"]),
);

/** Two of four lie: one more than such a group tolerates. */
export const pbftTwoLiars = agreementScenario(
  {
    name: "pbft-two-liars",
    description:
      "two of four replicas do so, one more than is tolerated: others decide differently",
    beyond: "f + 1 liars",
  },
  four,
  twoFaced(["a", "b"]),
);

/** All scenarios of this package, in the order in which they are run. */
export const agreementScenarios: readonly SimulatedScenario[] = [
  pbft,
  pbftSeven,
  pbftOneLiar,
  pbftTwoLiars,
];

class Agreement implements SimulatedCourse {
  readonly #world: SimulatedWorld;
  readonly #group: ReplicaGroup;
  readonly #liars: ReadonlyMap<string, Manner>;
  readonly #chronicle: Chronicle;
  /** Operations that wait for an answer, with the client's life that waits. */
  readonly #open = new Map<string, number>();
  #operations = 0;
  #lastLeft = lastOperations;
  /** When the latest operation was decided, milliseconds of virtual time. */
  #decidedAt = 0;

  constructor(
    world: SimulatedWorld,
    replicas: readonly string[],
    liars: ReadonlyMap<string, Manner>,
  ) {
    this.#world = world;
    this.#liars = liars;
    this.#chronicle = new Chronicle(world);
    this.#group = defineReplicaGroup({
      name: "simulated",
      replicas: replicas.map((name) => ({ name, address: `${name}/replica` })),
      clients: [{ name: clientNode, address: `${clientNode}/client` }],
      machine: chainMachine,
      limits: {
        batchOperations: 4,
        batchDelayMs: 5,
        pipeline: 4,
        checkpointEvery: 4,
        logWindow: 8,
        clientOutstanding: 8,
        requestMs: 800,
        viewChangeMostMs: 4000,
        statusMs: 400,
      },
    }) as ReplicaGroup;
    for (const [liar, { habits }] of liars) world.trace.add("liar", liar, habits.join());
  }

  boot({ name, life }: SimulatedNode): void {
    const group = this.#group;
    const { system, number, journal } = life;
    const signatures = keyedSignatures(name);
    if (name === clientNode) {
      system.spawn(agreementClientActor({ group, name, signatures }), { name: "client" });
      return;
    }
    const manner = this.#liars.get(name);
    if (manner !== undefined) {
      const { random } = life;
      const identity = { group, name, signatures };
      system.spawn(liarActor({ ...manner, identity, random }), { name: "replica" });
      return;
    }
    const replica = replicaActor({
      group,
      name,
      signatures,
      journal,
      onDecision: (decision) => this.#chronicle.decided(name, number, decision),
      onNotice: (notice) => this.#chronicle.noticed(name, number, notice),
    });
    system.spawn(replica, { name: "replica" });
  }

  act(): void {
    const { random } = this.#world;
    for (let left = between(random, 1, 3); left > 0; left -= 1) this.#submit();
  }

  calm(): void {
    for (let turn = 0; turn < lastOperations; turn += 1) {
      this.#world.clock.schedule(lastFromMs + turn * lastOperationMs, () => {
        this.#lastLeft -= 1;
        this.#submit();
      });
    }
  }

  isOver(): boolean {
    if (this.#lastLeft > 0 || this.#owed().length > 0) return false;
    return this.#world.clock.monotonic() >= this.#decidedAt + watchedMs;
  }

  async end(): Promise<void> {
    const world = this.#world;
    const owed = this.#owed();
    world.require(owed.length === 0, "every operation is decided after the faults", () =>
      owed.join(),
    );
    this.#chronicle.end();
    const honest = world.nodes.filter(({ name }) => name !== clientNode && !this.#liars.has(name));
    const standings = await Promise.all(honest.map((node) => this.#standingOf(node)));
    const states = new Set(standings.map(({ executed, digest }) => `${executed} ${digest}`));
    world.require(states.size === 1, "all honest replicas come to the same state", () => {
      return [...states].join(", ");
    });
    const signatures = keyedSignatures(clientNode);
    for (const { evidence } of standings) {
      for (const proof of evidence) {
        const isSo =
          this.#liars.has(proof.signer) && isEquivocation(this.#group.name, proof, signatures);
        world.require(isSo, "only liars are accused, with a proof", () => JSON.stringify(proof));
      }
    }
  }

  /** Operations that the client waits for. What a former life of it asked for it has forgotten. */
  #owed(): readonly string[] {
    const life = this.#client.life.number;
    return [...this.#open].filter(([, asked]) => asked === life).map(([name]) => name);
  }

  get #client(): SimulatedNode {
    const client = this.#world.nodes.find(({ name }) => name === clientNode);
    if (client === undefined) throw new RangeError("there is no client");
    return client;
  }

  #standingOf({ name, life }: SimulatedNode) {
    const ref = life.system.ref(replicaProtocol, `${name}/replica`);
    return ref.ask("standing", {}, { withinMs: 1000 });
  }

  #submit(): void {
    const { life } = this.#client;
    this.#operations += 1;
    const operation = `op-${this.#operations}`;
    life.process.run(() => {
      const client = life.system.ref(agreementClientProtocol, `${clientNode}/client`);
      this.#chronicle.submitted(operation);
      this.#open.set(operation, life.number);
      void agree(client, operation, { withinMs: 600_000 }).then(({ sequence, result }) => {
        this.#open.delete(operation);
        this.#decidedAt = this.#world.clock.monotonic();
        this.#chronicle.told(operation, sequence, result);
      });
    });
  }
}
