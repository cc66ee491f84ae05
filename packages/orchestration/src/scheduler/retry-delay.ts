import type { RetryPolicy } from "./goal-spec.ts";

/**
 * Time before a retry: exponential, capped, and shortened by chance so that tasks that failed
 * together do not come back together.
 *
 * @param failures attempts that failed, at least 1
 * @param jitter a random number, 0 to 1
 */
export function retryDelay(policy: RetryPolicy, failures: number, jitter: number): number {
  const { delay, factor = 2, longest = 100 * delay, jitter: share = 0.5 } = policy;
  return Math.min(longest, delay * factor ** (failures - 1)) * (1 - share * jitter);
}

/** Golden ratio: its multiples spread over the unit interval more evenly than random numbers. */
const golden = (Math.sqrt(5) - 1) / 2;

/** A number of its own for each of many, from one random number. */
export function spread(jitter: number, index: number): number {
  return (jitter + index * golden) % 1;
}
