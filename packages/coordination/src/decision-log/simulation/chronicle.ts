import type { SimulatedWorld } from "../../simulation/world.ts";
import type { Decision } from "../decision-log.ts";

/** What clients ask of a decision log. */
export type LogInput =
  | { readonly kind: "propose"; readonly id: string }
  | { readonly kind: "read" };
/** A proposal gives its index, a read from 1 the ids in their order. */
export type LogOutput = number | readonly string[];

/** One operation of a client, in the shape that the linearizability checker of `@troupe/testkit` takes. */
export interface LogOperation {
  readonly process: string;
  readonly call: number;
  return?: number;
  readonly input: LogInput;
  output?: LogOutput;
}

/** The part of a simulated world that judges. */
export type Judge = Pick<SimulatedWorld, "require" | "trace">;

/**
 * What clients and followers of a decision log were told, and whether it can be so. The same for every
 * back end: it knows nothing of how the log is kept.
 */
export class Chronicle {
  readonly #judge: Judge;
  readonly #operations: LogOperation[] = [];
  /** The id at each index, as whoever heard of it first was told. */
  readonly #decided = new Map<number, string>();
  readonly #places = new Map<string, number>();
  /** How far each life of each follower is. */
  readonly #followed = new Map<string, number>();
  #events = 0;

  constructor(judge: Judge) {
    this.#judge = judge;
  }

  /**
   * All operations whose outcome is known by now, for a checker: to a proposal that was not answered the
   * final log has answered. One that is not in it had no effect, nor had a read that nobody heard of.
   */
  get operations(): readonly LogOperation[] {
    return this.#operations.flatMap((operation) => {
      const { input, output } = operation;
      if (output !== undefined) return operation;
      const place = input.kind === "read" ? undefined : this.#places.get(input.id);
      return place === undefined ? [] : { ...operation, return: this.#events, output: place };
    });
  }

  /** How many decisions anybody has heard of. */
  get decisions(): number {
    return this.#decided.size;
  }

  /** A client begins something. Returns what notes the answer; without one it stays unknown. */
  call(process: string, input: LogInput): (output: LogOutput) => void {
    const operation: LogOperation = { process, call: this.#events++, input };
    this.#operations.push(operation);
    return (output) => {
      operation.return = this.#events++;
      operation.output = output;
      const { trace } = this.#judge;
      if (typeof output !== "number") {
        trace.add("read", process, output.length);
        for (const [at, id] of output.entries()) this.#told(at + 1, id, process);
      } else if (input.kind === "propose") {
        trace.add("proposed", process, input.id, output);
        this.#told(output, input.id, process);
      }
    };
  }

  /** A follower was told of a decision. `life`: of whoever forgets where it was. */
  followed(follower: string, life: number, { index, id }: Decision): void {
    const key = `${follower} ${life}`;
    const before = this.#followed.get(key);
    const follows = before === undefined || index === before + 1;
    this.#judge.require(follows, "followers are told in order, without gaps", () => {
      return `${follower} heard of ${index} after ${before}`;
    });
    this.#followed.set(key, index);
    this.#told(index, id, follower);
  }

  #told(index: number, id: string, by: string): void {
    const { require } = boundTo(this.#judge);
    const known = this.#decided.get(index);
    require(known === undefined || known === id, "an index has one entry", () => {
      return `${by} was told of ${id} at ${index}, others of ${known}`;
    });
    const place = this.#places.get(id);
    require(place === undefined || place === index, "an id is decided once", () => {
      return `${by} was told of ${id} at ${index}, others at ${place}`;
    });
    if (known === undefined) this.#decided.set(index, id);
    if (place === undefined) this.#places.set(id, index);
  }

  /**
   * Looks at the whole, when everything has come to rest.
   *
   * @param final what the log holds then, from index 1
   */
  end(final: readonly string[]): void {
    const { require } = boundTo(this.#judge);
    for (const [index, id] of this.#decided) {
      require(final[index - 1] === id, "nothing that was acknowledged is lost", () => {
        return `${id} was decided at ${index}, where ${final[index - 1]} is`;
      });
    }
    for (const [at, id] of final.entries()) this.#told(at + 1, id, "the end");
    this.#inRealTime();
  }

  /**
   * Linearizability, for a log whose ids are told apart: what was known to be decided before a call is
   * before what the call adds, and in what it reads.
   */
  #inRealTime(): void {
    const { require } = boundTo(this.#judge);
    const firstCalls = new Map<string, number>();
    for (const { input, call } of this.#operations) {
      if (input.kind === "propose" && !firstCalls.has(input.id)) firstCalls.set(input.id, call);
    }
    for (const [id, index] of this.#places) {
      require(firstCalls.has(id), "only what was proposed is decided", () => `${id} at ${index}`);
    }
    const returns = this.#operations
      .filter((operation) => operation.return !== undefined)
      .map((operation) => ({ at: operation.return ?? 0, length: lengthIn(operation) }))
      .sort((one, other) => one.at - other.at);
    /** How long the log was known to be at a moment. */
    const knownAt = (moment: number): number => {
      let known = 0;
      for (const { at, length } of returns) {
        if (at >= moment) break;
        known = Math.max(known, length);
      }
      return known;
    };
    for (const [id, call] of firstCalls) {
      const index = this.#places.get(id);
      const known = knownAt(call);
      require(index === undefined || index > known, "proposals and reads are linearizable", () => {
        return `${id} is at ${index}, and was proposed when the log had ${known}`;
      });
    }
    for (const { process, call, output } of this.#operations) {
      if (output === undefined || typeof output === "number") continue;
      const known = knownAt(call);
      require(output.length >= known, "proposals and reads are linearizable", () => {
        return `${process} read ${output.length} decisions when ${known} were known`;
      });
    }
  }
}

function lengthIn({ output }: LogOperation): number {
  return typeof output === "number" ? output : (output?.length ?? 0);
}

/** The judge's `require`, as a function of its own. */
function boundTo(judge: Judge): Pick<Judge, "require"> {
  return { require: (...said) => judge.require(...said) };
}
