import type { SimulatedWorld } from "../../simulation/world.ts";
import { sha256 } from "../digest.ts";
import type { StateMachine } from "../group.ts";
import type { Decision, Notice } from "../state.ts";

/** The machine of the simulations: a chain of everything that was done. */
export interface Chain {
  readonly count: number;
  /** Digest of all operations in their order. */
  readonly chain: string;
}

export const chainMachine: StateMachine<Chain> = {
  initial: { count: 0, chain: "" },
  apply: ({ count, chain }, operation) => {
    const state = { count: count + 1, chain: sha256(`${chain} ${String(operation)}`) };
    return { state, result: { position: state.count, chain: state.chain } };
  },
};

/** What one honest replica's life has executed. */
interface Course {
  readonly life: number;
  executed: number | undefined;
}

/** Everything that honest replicas decided and clients were told, and whether it can be so. */
export class Chronicle {
  readonly #world: SimulatedWorld;
  /** What was decided at each sequence, as the first honest replica said. */
  readonly #decided = new Map<number, { readonly text: string; readonly operations: string[] }>();
  readonly #courses = new Map<string, Course>();
  readonly #submitted = new Set<string>();
  readonly #told = new Map<string, { readonly sequence: number; readonly result: unknown }>();

  constructor(world: SimulatedWorld) {
    this.#world = world;
  }

  submitted(operation: string): void {
    this.#submitted.add(operation);
  }

  /** A client was told what became of its operation. */
  told(operation: string, sequence: number, result: unknown): void {
    this.#told.set(operation, { sequence, result });
  }

  /** An honest replica has executed a batch. */
  decided(replica: string, life: number, { sequence, requests }: Decision): void {
    const { trace } = this.#world;
    const operations = requests.flatMap((request) =>
      request.operations.map((one) => String(JSON.parse(one))),
    );
    trace.add("decided", replica, sequence, operations.join());
    this.#inOrder(replica, life, sequence);
    const text = JSON.stringify(requests.map((one) => [one.client, one.timestamp, one.operations]));
    const known = this.#decided.get(sequence);
    if (known === undefined) this.#decided.set(sequence, { text, operations });
    else {
      this.#world.require(known.text === text, "all decide the same at every sequence", () => {
        return `${replica} decided ${text} at ${sequence}, another ${known.text}`;
      });
    }
    for (const operation of operations) {
      const isKnown = this.#submitted.has(operation);
      this.#world.require(isKnown, "only what a client submitted is decided", () => operation);
    }
  }

  noticed(replica: string, life: number, notice: Notice): void {
    this.#world.trace.add("notice", replica, notice.kind);
    if (notice.kind === "caught-up") this.#courseOf(replica, life).executed = notice.sequence;
    this.#world.require(
      notice.kind !== "diverged",
      "honest replicas compute the same",
      () => replica,
    );
  }

  #courseOf(replica: string, life: number): Course {
    const known = this.#courses.get(replica);
    if (known?.life === life) return known;
    const course = { life, executed: undefined };
    this.#courses.set(replica, course);
    return course;
  }

  #inOrder(replica: string, life: number, sequence: number): void {
    const course = this.#courseOf(replica, life);
    const { executed } = course;
    const follows = executed === undefined || sequence === executed + 1;
    this.#world.require(follows, "batches are executed in order, without gaps", () => {
      return `${replica} executed ${sequence} after ${executed}`;
    });
    course.executed = sequence;
  }

  /** Looks at the whole: as if one machine had executed the decisions in their order. */
  end(): Chain {
    const world = this.#world;
    const places = new Map<string, number>();
    let state = chainMachine.initial;
    const results = new Map<string, unknown>();
    for (const sequence of [...this.#decided.keys()].sort((a, b) => a - b)) {
      for (const operation of this.#decided.get(sequence)?.operations ?? []) {
        const earlier = places.get(operation);
        world.require(earlier === undefined, "an operation is executed once", () => {
          return `${operation} at ${earlier} and at ${sequence}`;
        });
        places.set(operation, sequence);
        const applied = chainMachine.apply(state, operation);
        state = applied.state;
        results.set(operation, applied.result);
      }
    }
    for (const [operation, told] of this.#told) {
      const isSo =
        told.sequence === places.get(operation) &&
        JSON.stringify(sorted(told.result)) === JSON.stringify(sorted(results.get(operation)));
      world.require(isSo, "clients are told what was decided", () => {
        return `${operation}: ${JSON.stringify(told)}, decided at ${places.get(operation)}`;
      });
    }
    return state;
  }
}

function sorted(value: unknown): unknown {
  return Object.entries(value ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
}
