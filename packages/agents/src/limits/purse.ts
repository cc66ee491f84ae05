import { PurseEmptyError } from "../errors.ts";
import type { Spent } from "../trail/trail-records.ts";
import type { AgentLimits } from "./agent-limits.ts";

/** What one call takes at most. Without prices its cost is not known. */
export interface Price {
  /** Of prompt and answer together. */
  readonly tokens: number;
  /** In the currency of the model's prices. */
  readonly cost?: number;
}

/** What was set aside for one call. */
export interface Grant {
  /** Says what it took; never said, it took all that was set aside. Only the first time counts. */
  settle(took: Price): void;
}

/** Pays for calls before they are made. */
export interface Payer {
  /** @throws PurseEmptyError when a limit forbids the call */
  reserve(price: Price): Promise<Grant>;
}

type PurseLimits = Pick<AgentLimits, "maxCalls" | "maxTokens" | "maxCost">;

export interface PurseOptions {
  readonly limits: PurseLimits;
  /** What was spent in earlier lives of the run. */
  readonly spent: Spent;
  /** Whoever gave the work: pays too, so that its limits hold for all below it. Default nobody. */
  readonly parent?: Purse;
  /** Stores that a call is paid, before it is made. */
  readonly store: (price: { readonly tokens: number; readonly cost: number }) => Promise<unknown>;
}

/**
 * The money of one run of an agent. All checks, its own and those of the agents above, are made in one
 * turn, so that calls that begin together cannot spend the same twice.
 */
export class Purse implements Payer {
  readonly #options: PurseOptions;
  #spent: Spent;

  constructor(options: PurseOptions) {
    this.#options = options;
    this.#spent = options.spent;
    // What an agent below spent in an earlier life is not in the records of those above yet.
    if (options.parent !== undefined) options.parent.#add(options.spent);
  }

  get spent(): Spent {
    return this.#spent;
  }

  async reserve(price: Price): Promise<Grant> {
    this.#check(price);
    const { tokens, cost = 0 } = price;
    this.#add({ calls: 1, tokens, cost });
    await this.#options.store({ tokens, cost });
    let isSettled = false;
    return {
      settle: (took) => {
        if (isSettled) return;
        isSettled = true;
        this.#add({ calls: 0, tokens: took.tokens - tokens, cost: (took.cost ?? 0) - cost });
      },
    };
  }

  #add({ calls, tokens, cost }: Spent): void {
    this.#spent = {
      calls: this.#spent.calls + calls,
      tokens: this.#spent.tokens + tokens,
      cost: this.#spent.cost + cost,
    };
    const { parent } = this.#options;
    if (parent !== undefined) parent.#add({ calls, tokens, cost });
  }

  #check(price: Price): void {
    const { limits, parent } = this.#options;
    const { calls, tokens, cost } = this.#spent;
    const needed = {
      maxCalls: calls + 1,
      maxTokens: tokens + price.tokens,
      // Of what has no price nobody can say that it is cheap enough.
      maxCost: price.cost === undefined ? Number.POSITIVE_INFINITY : cost + price.cost,
    };
    for (const limit of ["maxCalls", "maxTokens", "maxCost"] as const) {
      const allowed = limits[limit];
      if (allowed !== undefined && needed[limit] > allowed) {
        throw new PurseEmptyError(limit, allowed, needed[limit]);
      }
    }
    if (parent !== undefined) parent.#check(price);
  }
}
