/** What an agent has learned about one task type. Plain data. */
export interface Experience {
  /** Smoothed milliseconds per byte of workload. */
  readonly msPerByte: number;
  /** Smoothed milliseconds that a task takes whatever its size. */
  readonly baseMs: number;
  /** Tasks that it did. */
  readonly succeeded: number;
  /** Tasks that it failed at. */
  readonly failed: number;
}

/** What a worker expects of a task, from the tasks of its type that it did. */
export interface Estimate {
  readonly durationMs: number;
  /** Posterior mean of success; before anything is known, what was expected beforehand. */
  readonly quality: number;
  /** How much experience stands behind it: (n + 1) / (n + 2), so 0.5 before the first task. */
  readonly confidence: number;
}

/** Weight of the newest measurement. */
const smoothing = 0.3;

/** What an agent assumes of work it has never done: 20 MB/s and a short start. */
export const noExperience: Experience = {
  msPerByte: 1 / 20_000,
  baseMs: 50,
  succeeded: 0,
  failed: 0,
};

/** Weight of what is expected beforehand: as much as so many tasks. */
const priorWeight = 2;

/**
 * What a task of `bytes` is expected to take.
 *
 * @param expected probability of success before any task, 0 to 1. Default 0.5, which makes the prior
 *   Beta(1, 1)
 */
export function estimate(experience: Experience, bytes: number, expected = 0.5): Estimate {
  const tries = experience.succeeded + experience.failed;
  return {
    durationMs: Math.ceil(experience.baseMs + experience.msPerByte * bytes),
    quality: (experience.succeeded + priorWeight * expected) / (tries + priorWeight),
    confidence: (tries + 1) / (tries + 2),
  };
}

/**
 * The experience after one more task. A success moves the speed estimate towards what was measured;
 * a failure only counts against quality, since how long a failure took says little.
 */
export function learn(
  experience: Experience,
  outcome: { readonly succeeded: boolean; readonly durationMs: number; readonly bytes: number },
): Experience {
  if (!outcome.succeeded) return { ...experience, failed: experience.failed + 1 };
  const expected = experience.baseMs + experience.msPerByte * outcome.bytes;
  const scale = expected > 0 ? outcome.durationMs / expected : 1;
  const blend = (old: number): number => old * (1 - smoothing) + old * scale * smoothing;
  return {
    msPerByte: blend(experience.msPerByte),
    baseMs: blend(experience.baseMs),
    succeeded: experience.succeeded + 1,
    failed: experience.failed,
  };
}
