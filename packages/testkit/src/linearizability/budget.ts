import type { SearchLimit } from "./verdict.ts";

/** What a search may cost. */
export interface SearchLimits {
  /**
   * How many configurations (a set of operations placed, and the state they lead to) are looked at,
   * over all partitions. Each is remembered, so this bounds memory too. Default 2 000 000.
   */
  readonly nodes?: number;
  /** Asked now and then: true ends the search, as undecided. Default: never. */
  readonly expired?: () => boolean;
}

const nodesBetweenQuestions = 256;

/** Counts configurations against the limits. */
export class Budget {
  readonly #nodes: number;
  readonly #expired: () => boolean;
  #spent = 0;

  /** @throws RangeError when `nodes` is not a number or negative */
  constructor({ nodes = 2_000_000, expired = () => false }: SearchLimits) {
    if (!(nodes >= 0)) throw new RangeError(`nodes must be at least 0, not ${nodes}`);
    this.#nodes = nodes;
    this.#expired = expired;
  }

  get spent(): number {
    return this.#spent;
  }

  /** Counts one configuration, unless a limit forbids it: then that limit. */
  spend(): SearchLimit | undefined {
    if (this.#spent >= this.#nodes) return "nodes";
    if (this.#spent % nodesBetweenQuestions === 0 && this.#expired()) return "expired";
    this.#spent += 1;
    return undefined;
  }
}
