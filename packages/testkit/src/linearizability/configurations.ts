import { canonicalKey } from "./canonical-key.ts";
import type { History } from "./history.ts";
import type { Model } from "./model.ts";

const bitsPerWord = 16;

/**
 * The set of placed operations, and which such sets were met with which states: Lowe's memo.
 *
 * Of operations that never return a set is also known as met when a smaller one was met, all else
 * being equal. Whatever can follow the larger can follow the smaller, as they may stay without
 * effect. This spares most of the subsets of the unknown, of which there are exponentially many.
 */
export class Configurations<State> {
  readonly #keyOf: (state: State) => unknown;
  readonly #stateNumbers = new Map<unknown, number>();
  /** By the rest of the configuration, the sets of never returning operations. */
  readonly #met = new Map<string, bigint[]>();
  /**
   * The bits of operations that return are in order of call. So their set is a run of ones, a few
   * mixed bits and zeros, and its text stays short however long the history.
   */
  readonly #bitOf: Int32Array;
  readonly #isPending: readonly boolean[];
  readonly #returning: Uint16Array;
  #pending = 0n;

  constructor(model: Model<State, never, never>, history: History<unknown, unknown>) {
    this.#keyOf = model.key?.bind(model) ?? defaultKey;
    this.#isPending = history.map(({ return: returned }) => returned === undefined);
    this.#bitOf = new Int32Array(history.length);
    const byCall = [...history.entries()].sort(([, one], [, other]) => one.call - other.call);
    let returning = 0;
    let pending = 0;
    for (const [operation] of byCall) {
      this.#bitOf[operation] = this.#isPending[operation] ? pending++ : returning++;
    }
    this.#returning = new Uint16Array(Math.ceil(returning / bitsPerWord));
  }

  /** Adds an operation to the set, or takes it out. */
  toggle(operation: number): void {
    const bit = this.#bitOf[operation] as number;
    if (this.#isPending[operation]) {
      this.#pending ^= 1n << BigInt(bit);
    } else {
      const word = Math.floor(bit / bitsPerWord);
      this.#returning[word] = (this.#returning[word] as number) ^ (1 << (bit % bitsPerWord));
    }
  }

  /** Remembers the set together with `state`; false when it was met before. */
  meet(state: State): boolean {
    const text = this.#text(state);
    const met = this.#met.get(text);
    if (met?.some((smaller) => (smaller & this.#pending) === smaller)) return false;
    if (met === undefined) this.#met.set(text, [this.#pending]);
    else met.push(this.#pending);
    return true;
  }

  #text(state: State): string {
    const number = this.#numberOf(state);
    const words = this.#returning;
    let from = 0;
    while (words[from] === 0xffff) from += 1;
    let to = words.length;
    while (to > from && words[to - 1] === 0) to -= 1;
    const head = String.fromCharCode(number & 0xffff, number >>> 16, from & 0xffff, from >>> 16);
    return head + String.fromCharCode(...words.subarray(from, to));
  }

  #numberOf(state: State): number {
    const key = this.#keyOf(state);
    const known = this.#stateNumbers.get(key);
    if (known !== undefined) return known;
    this.#stateNumbers.set(key, this.#stateNumbers.size);
    return this.#stateNumbers.size - 1;
  }
}

/** Scalars are their own keys; the mark before a text keeps it apart from the key of an object. */
function defaultKey(state: unknown): unknown {
  if (typeof state === "string") return `'${state}`;
  return typeof state === "object" && state !== null ? canonicalKey(state) : state;
}
