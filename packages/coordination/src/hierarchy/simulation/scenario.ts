import { z } from "zod";
import { between, happens, pick } from "../../simulation/chance.ts";
import { type HeldPlay, heldScenario, passingFaults } from "../../simulation/held-scenario.ts";
import type { CallerContext, Holdings } from "../../simulation/holdings.ts";
import type { SimulatedNode, SimulatedScenario, SimulatedWorld } from "../../simulation/world.ts";
import { delegate, type Worker } from "../delegate.ts";
import type { JobOutcome } from "../outcome.ts";
import { workerProtocol } from "../protocol.ts";
import { type CountedLeaf, type HeldJob, judgeJob } from "./judge-job.ts";
import { type Piece, WorkBook } from "./work-book.ts";
import { type Manner, simulatedWorker } from "./worker.ts";

const nodes = ["a", "b", "c", "d", "e"];
/** Each leads a team, in which the other leads as well: whoever leads above is not given work. */
const deputies: ReadonlyMap<string, readonly string[]> = new Map([
  ["a", ["b", "c", "d"]],
  ["b", ["a", "d", "e"]],
]);
const nameOf = (node: string): string => `${node}/worker`;
const workers = nodes.map(nameOf);
/** Whose actor stops for good in the midst of the last jobs. */
const stopping = "c";
const deadlineMs = 3000;
const lastDeadlineMs = 6000;
/** When, after the faults, everybody knows everybody again. */
const lastFromMs = 4000;
/** How long after a job's end, without faults, workers have heard of it. */
const letGoMs = 100;

/** Jobs for teams of teams, whose workers die, are cut off, are slow, fail or lie. */
export const hierarchyScenario: SimulatedScenario = heldScenario(
  {
    name: "hierarchy",
    description:
      "every part of a delegated job is counted once or missing with why, whoever dies, and it ends in time",
    protocol: "hierarchy",
    nodes,
    faults: { ...passingFaults, clocks: { skewMs: 2000, drift: 0.01 } },
    faultyMs: 5000,
    calmMs: 20_000,
    actions: 8,
    lastFromMs,
  },
  (world, holdings) => new HierarchyPlay(world, holdings),
);

class HierarchyPlay implements HeldPlay {
  readonly #world: SimulatedWorld;
  readonly #holdings: Holdings;
  readonly #book = new WorkBook();
  readonly #manners: ReadonlyMap<string, Manner>;
  #jobs = 0;

  constructor(world: SimulatedWorld, holdings: Holdings) {
    this.#world = world;
    this.#holdings = holdings;
    const many: readonly Manner[] = ["honest", "honest", "honest", "forging", "sloppy", "fickle"];
    this.#manners = new Map(nodes.map((name) => [name, pick(world.random, many)]));
    for (const [name, manner] of this.#manners) world.trace.add("manner", name, manner);
  }

  boot({ name, life }: SimulatedNode): void {
    const { system, number } = life;
    const team = (deputies.get(name) ?? []).map((other) => ({
      member: nameOf(other),
      ref: system.ref(workerProtocol, nameOf(other)),
    }));
    const manner = this.#manners.get(name) ?? "honest";
    const actor = simulatedWorker({
      book: this.#book,
      manner,
      life: number,
      others: workers,
      team,
    });
    system.spawn(actor, { name: "worker" });
  }

  act(up: readonly SimulatedNode[]): void {
    const { random } = this.#world;
    const team = workers.filter(() => happens(random, 0.7));
    const held: HeldJob = {
      id: this.#name(),
      size: between(random, 1, 12),
      team: team.length > 0 ? team : workers,
      attempts: between(random, 1, 3),
      share: between(random, 1, 5),
      depth: between(random, 1, 3),
      deadlineMs,
      least: happens(random, 0.5) ? 1 : 2,
    };
    this.#hold(pick(random, up), held, this.#book.draw(random, held.id, held.size));
  }

  /** Without faults: all of a job is done, also when a worker stops, and all but what cannot be. */
  get last(): readonly (() => void)[] {
    return [() => this.#owed(1), () => this.#owed(2), () => this.#hang()];
  }

  #name(): string {
    this.#jobs += 1;
    return `j${this.#jobs}`;
  }

  /** Whoever works as it should: what these are given is owed. */
  get #sound(): readonly string[] {
    return nodes.filter((name) => this.#manners.get(name) !== "sloppy").map(nameOf);
  }

  #last(size: number): HeldJob {
    return {
      id: this.#name(),
      size,
      team: this.#sound,
      attempts: 3,
      share: 3,
      depth: 1,
      deadlineMs: lastDeadlineMs,
      least: 1,
    };
  }

  #pieces({ id, size }: HeldJob): readonly Piece[] {
    const { random } = this.#world;
    const piece = { job: id, failures: 0, hangs: false };
    return Array.from({ length: size }, (_, leaf) => ({
      ...piece,
      leaf,
      takesMs: between(random, 50, 200),
    }));
  }

  /** A job that is done as a whole; in the midst of it one of its workers stops. */
  #owed(depth: number): void {
    if (this.#sound.length < 2) return;
    const [home] = this.#world.nodes;
    const held = { ...this.#last(8), depth };
    if (home === undefined) return;
    this.#world.clock.schedule(60, () => this.#stopOne());
    this.#hold(home, held, this.#pieces(held), (outcome, tookMs) => {
      const isWhole = outcome.done && outcome.complete;
      // With a team below whose members are sloppy, all attempts may go there.
      this.#world.require(depth > 1 || isWhole, "without faults every part is counted", () => {
        return `${held.id}: ${JSON.stringify(outcome)}`;
      });
      const isSoon = tookMs < lastDeadlineMs / 4;
      this.#world.require(
        depth > 1 || isSoon,
        "what a worker that stops had is given to others at once",
        () => {
          return `${held.id}: ${tookMs} ms, ${JSON.stringify(outcome)}`;
        },
      );
    });
  }

  #stopOne(): void {
    const node = this.#world.nodes.find(({ name }) => name === stopping);
    void node?.life.system.stopActor({ address: nameOf(stopping) });
  }

  /** A job of which one part hangs wherever it is done: the rest counts, and at the deadline all let go. */
  #hang(): void {
    const held = this.#last(4);
    const [, home] = this.#world.nodes;
    if (home === undefined || this.#sound.length < 3) return;
    const pieces = this.#pieces(held).map((one) => ({ ...one, hangs: one.leaf === 0 }));
    const alone = { ...held, share: 1, deadlineMs: 2000 };
    this.#hold(home, alone, pieces, (outcome) => {
      const missing = outcome.missing.map(({ leaf }) => leaf);
      this.#world.require(
        outcome.done && missing.join() === "0",
        "what can be done is done",
        () => {
          return `${held.id}: ${JSON.stringify(outcome)}`;
        },
      );
      this.#world.clock.schedule(letGoMs, () => {
        const busy = this.#book.stillAt(held.id);
        this.#world.require(busy.length === 0, "workers let go of what nobody wants", () => {
          return `${held.id}: ${busy.join()}`;
        });
      });
    });
  }

  #hold(
    node: SimulatedNode,
    held: HeldJob,
    pieces: readonly Piece[],
    judge?: (outcome: JobOutcome<readonly CountedLeaf[]>, tookMs: number) => void,
  ): void {
    const { id, team, least, size: _, ...spec } = held;
    const begin = (context: CallerContext): Promise<JobOutcome<readonly CountedLeaf[]>> =>
      delegate(
        context,
        {
          ...spec,
          id,
          leaves: pieces,
          result: z.string(),
          aggregation: {
            start: [] as readonly CountedLeaf[],
            add: (all, result, leaf) => [...all, { leaf, result }],
          },
          partial: least === 2 ? "refuse" : { leaves: 1, of: 2 },
        },
        team.map((member): Worker => ({ member, ref: context.ref(workerProtocol, member) })),
      );
    this.#holdings.hold(node, id, held.deadlineMs, begin, (outcome, tookMs) => {
      judgeJob(this.#world, this.#book, held, outcome, tookMs);
      judge?.(outcome, tookMs);
    });
  }
}
