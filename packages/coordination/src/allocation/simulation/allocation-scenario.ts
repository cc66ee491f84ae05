import { between, pick } from "../../simulation/chance.ts";
import { type HeldPlay, heldScenario, passingFaults } from "../../simulation/held-scenario.ts";
import type { Holdings } from "../../simulation/holdings.ts";
import type { SimulatedNode, SimulatedScenario, SimulatedWorld } from "../../simulation/world.ts";
import { allocate } from "../allocate.ts";
import { type CostMatrix, costMatrix } from "../assignment/cost-matrix.ts";
import { type Award, allocationBidder } from "../bidding.ts";
import type { AllocationOutcome } from "../outcome.ts";
import { allocationBidderProtocol } from "../protocol.ts";
import { judgeAllocation, judgeToldAwards } from "./judge-allocation.ts";

const nodes = ["a", "b", "c", "d"];
const members = nodes.map((name) => `${name}/bidder`);
const answerMs = 300;
const deadlineMs = 3000;
/** When, after the faults, everybody knows everybody again. */
const lastFromMs = 4000;
const mostTasks = 5;
const mostAgents = 2;

/** Many tasks for many agents, by the auction of Bertsekas over the messages of actors. */
export const allocationAuction: SimulatedScenario = heldScenario(
  {
    name: "allocation-auction",
    description:
      "an allocation gives no task twice, as many as possible at the least cost, whoever falls out",
    protocol: "allocation",
    nodes,
    faults: {
      ...passingFaults,
      links: { times: 4, forMs: [500, 2000], drop: 0.2, duplicate: 0.3, reorder: 0.5, delayMs: 20 },
      pause: { times: 2, forMs: [50, 1000] },
      clocks: { skewMs: 20, drift: 0.003 },
    },
    faultyMs: 4000,
    calmMs: 15_000,
    actions: 6,
    lastFromMs,
  },
  (world, holdings) => new AllocationPlay(world, holdings),
);

class AllocationPlay implements HeldPlay {
  readonly #world: SimulatedWorld;
  readonly #holdings: Holdings;
  /** By allocation and member: what its agents ask for. */
  readonly #costs = new Map<string, CostMatrix>();
  readonly #agents: ReadonlyMap<string, number>;
  readonly #told = new Map<string, Map<string, (readonly Award[])[]>>();
  readonly #ends = new Map<string, AllocationOutcome>();
  #allocations = 0;

  constructor(world: SimulatedWorld, holdings: Holdings) {
    this.#world = world;
    this.#holdings = holdings;
    this.#agents = new Map(members.map((member) => [member, between(world.random, 1, mostAgents)]));
  }

  boot(node: SimulatedNode): void {
    const member = `${node.name}/bidder`;
    const bidder = allocationBidder({
      costs: (tasks) => this.#costsOf(member, tasks as readonly string[]),
      awarded: (allocation, awards) => {
        const told = this.#told.get(member) ?? new Map<string, (readonly Award[])[]>();
        told.set(allocation, [...(told.get(allocation) ?? []), awards]);
        this.#told.set(member, told);
      },
    });
    node.life.system.spawn(bidder, { name: "bidder" });
  }

  act(up: readonly SimulatedNode[]): void {
    this.#hold(pick(this.#world.random, up), false);
  }

  get last(): readonly (() => void)[] {
    const { nodes: all, random } = this.#world;
    return [() => this.#hold(pick(random, all), true)];
  }

  end(): void {
    for (const [id, outcome] of this.#ends) judgeToldAwards(this.#world, id, outcome, this.#told);
  }

  #hold(node: SimulatedNode, owed: boolean): void {
    const { random } = this.#world;
    this.#allocations += 1;
    const id = `l${this.#allocations}`;
    const count = between(random, 1, mostTasks);
    const tasks = Array.from({ length: count }, (_, at) => `${id} ${at}`);
    const costs = new Map(members.map((member) => [member, this.#costsOf(member, tasks)]));
    this.#holdings.hold(
      node,
      id,
      deadlineMs,
      (context) => {
        const bidders = members.map((member) => ({
          member,
          ref: context.ref(allocationBidderProtocol, member),
        }));
        return allocate(context, { id, tasks, answerMs, deadlineMs }, bidders);
      },
      (outcome) => {
        this.#ends.set(id, outcome);
        judgeAllocation(this.#world, id, count, costs, outcome);
        const isWhole = outcome.settled && outcome.removed.length === 0;
        this.#world.require(!owed || isWhole, "without faults all bidders take part", () => {
          return `${id}: ${JSON.stringify(outcome)}`;
        });
      },
    );
  }

  /** The same whenever it is asked, so that a bidder that starts again asks for the same. */
  #costsOf(member: string, tasks: readonly string[]): CostMatrix {
    const key = `${member} ${tasks[0]}`;
    const known = this.#costs.get(key);
    if (known !== undefined) return known;
    const rows = this.#agents.get(member) ?? 1;
    const draw = (): number => between(this.#world.random, 1, 50);
    const matrix = costMatrix(
      Array.from({ length: rows }, () => Array.from({ length: tasks.length }, draw)),
    );
    this.#costs.set(key, matrix);
    return matrix;
  }
}
