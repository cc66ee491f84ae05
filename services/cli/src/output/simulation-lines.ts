import type { Simulated } from "@troupe/testkit";
import { formatDuration } from "./quantity.ts";
import { type Screen, signs } from "./screen.ts";
import { printable, truncate } from "./text.ts";

/** What came of trying one scenario. */
export interface ScenarioSummary {
  readonly scenario: string;
  readonly seeds: number;
  readonly firstSeed: number;
  /** Timers and deliveries, over all seeds. */
  readonly steps: number;
  readonly faults: number;
  /** Of the one seed, when there was only one. */
  readonly hash?: string;
  readonly tookMs: number;
  readonly failingSeeds: readonly number[];
}

/** Violations shown of one seed; the first says the most. */
const shown = 5;

/** One scenario, one line. */
export function simulationLines(summary: ScenarioSummary, { paint }: Screen): readonly string[] {
  const { scenario, seeds, steps, faults, tookMs, failingSeeds, hash } = summary;
  const failed = failingSeeds.length;
  const verdict =
    failed === 0
      ? paint("green", `${signs.done} ${scenario}`)
      : paint("red", `${signs.failed} ${scenario}: ${failed} of ${seeds} seeds violate it`);
  const counts = `${seeds} seeds, ${faults} faults, ${steps} steps in ${formatDuration(tookMs)}`;
  return [`${verdict}  ${paint("dim", hash === undefined ? counts : `${counts}, hash ${hash}`)}`];
}

/** A failing seed: what did not hold, and how to see it again. */
export function violationLines(
  { scenario, seed, violations }: Simulated,
  replay: string,
  { paint, width }: Screen,
): readonly string[] {
  return [
    paint("red", `${signs.failed} ${scenario}, seed ${seed}`),
    ...violations
      .slice(0, shown)
      .map(({ at, invariant, detail }) =>
        truncate(`  at ${Math.round(at)} ms not so: ${invariant} (${printable(detail)})`, width),
      ),
    `  ${signs.arrow} ${replay}`,
  ];
}
