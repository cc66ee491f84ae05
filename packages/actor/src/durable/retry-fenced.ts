import { FencedError } from "../errors.ts";
import type { Clock } from "../ports/clock.ts";
import { pause } from "../ports/pause.ts";
import type { Random } from "../ports/random.ts";

/** How often something is tried while other writers are faster, and how long is waited in between. */
export interface FencedRetry {
  /** All tries, the first included; 1 or more. */
  readonly tries: number;
  /** Before each further try a random part of `mostMs` milliseconds passes. Default: none does. */
  readonly between?: { readonly clock: Clock; readonly random: Random; readonly mostMs: number };
}

/**
 * Does something that ends in an append behind a fence, to an entity that others write too: again, when
 * another writer was faster.
 *
 * @param attempt begins with reading what is there, which is then what the other has written
 * @throws FencedError when others were faster in every try; anything else that `attempt` rejects with, at once
 */
export async function retryFenced<T>(
  attempt: () => Promise<T>,
  { tries, between }: FencedRetry,
): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof FencedError) || tried >= tries) throw error;
      if (between !== undefined) await pause(between.clock, between.mostMs * between.random.next());
    }
  }
}
