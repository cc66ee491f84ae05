import type { Episode, Measure } from "./memory.ts";

/** How episodes went on the average. */
export function measure(episodes: readonly Episode[]): Measure {
  const steps = episodes.flatMap(({ run }) => run?.steps ?? []);
  return {
    durationMs: mean(episodes.map(({ durationMs }) => durationMs)),
    success: episodes.filter(({ ok }) => ok).length / episodes.length,
    ...(steps.length === 0 ? {} : { steps: mean(steps) }),
  };
}

/** Whether less was needed: steps where an agent reasons, since their times depend on others; time elsewhere. */
export function isLess(now: Measure, before: Measure): boolean {
  if (now.steps !== undefined && before.steps !== undefined) return now.steps < before.steps;
  return now.durationMs < before.durationMs;
}

/** What one way of working came to. */
export interface Pattern {
  /** The method, or the actions of a run in words. */
  readonly method: string;
  readonly tries: number;
  readonly success: number;
  readonly durationMs: number;
}

/** What each way of working comes to. */
export function findPatterns(episodes: readonly Episode[]): readonly Pattern[] {
  const tries = episodes.flatMap(({ tried }) => tried);
  return [...Map.groupBy(tries, ({ method }) => method)].map(([method, own]) => ({
    method,
    tries: own.length,
    success: own.filter(({ ok }) => ok).length / own.length,
    durationMs: mean(own.map(({ durationMs }) => durationMs)),
  }));
}

export function measureInWords({ success, durationMs, steps }: Measure): string {
  const took = steps === undefined ? `${Math.round(durationMs)} ms` : `${steps.toFixed(1)} steps`;
  return `${percent(success)} done in ${took}`;
}

export function percent(part: number): string {
  return `${Math.round(100 * part)} %`;
}

export function mean(numbers: readonly number[]): number {
  return numbers.length === 0 ? 0 : numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}
