import type { Simulated } from "@troupe/testkit";
import { formatDuration } from "./quantity.ts";
import { type Screen, signs } from "./screen.ts";
import { printable, truncate } from "./text.ts";

/** What came of trying one scenario. */
export interface ScenarioSummary {
  readonly scenario: string;
  readonly protocol: string;
  /** How many were tried. */
  readonly seeds: number;
  readonly firstSeed: number;
  /** Timers and deliveries, over all seeds. */
  readonly steps: number;
  readonly faults: number;
  readonly violations: number;
  /** Of the one seed, when there was only one. */
  readonly hash?: string;
  readonly tookMs: number;
  /** How many seeds violate it. */
  readonly failed: number;
  /** The first of them. */
  readonly failingSeeds: readonly number[];
  /** What the scenario asks too much, and has to be seen to break. */
  readonly beyond?: string;
  /** The seed at which it was. */
  readonly foundAt?: number;
  /** Whether it is as it should be: no violation, or one where too much is asked. */
  readonly holds: boolean;
}

/** Violations shown of one seed; the first says the most. */
const shown = 5;

/** One scenario, one line. */
export function simulationLines(summary: ScenarioSummary, { paint }: Screen): readonly string[] {
  const { scenario, seeds, steps, faults, tookMs, hash, holds } = summary;
  const verdict = holds
    ? paint("green", `${signs.done} ${scenario}${said(summary)}`)
    : paint("red", `${signs.failed} ${scenario}${said(summary)}`);
  const counts = `${seeds} seeds, ${faults} faults, ${steps} steps in ${formatDuration(tookMs)}`;
  return [`${verdict}  ${paint("dim", hash === undefined ? counts : `${counts}, hash ${hash}`)}`];
}

function said({ beyond, foundAt, failed, seeds }: ScenarioSummary): string {
  if (beyond === undefined) return failed === 0 ? "" : `: ${failed} of ${seeds} seeds violate it`;
  if (foundAt === undefined) return `: ${beyond}, and no violation is seen`;
  return `: ${beyond} break it, as they must, at seed ${foundAt}`;
}

/** How far a scenario is. */
export function progressLine(name: string, tried: number, seeds: number, failed: number): string {
  return `${name}: ${tried} of ${seeds} seeds, ${failed} of them violate it`;
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
