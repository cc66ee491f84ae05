import type { CriticalPath } from "@troupe/telemetry";
import { formatDuration, formatShare } from "./quantity.ts";
import { type Screen, signs } from "./screen.ts";
import { printable, wrapParts } from "./text.ts";

/** What took less than this share of the whole is left out. */
const leastShare = 0.01;

/** Steps with their durations, one leading to the next. */
export function chainLines(
  steps: readonly { readonly name: string; readonly ms: number }[],
  width: number,
): readonly string[] {
  const parts = steps.map(({ name, ms }, index) => {
    const arrow = index === 0 ? "" : `${signs.arrow} `;
    return `${arrow}${printable(name)} (${formatDuration(ms)})`;
  });
  return wrapParts(parts, width);
}

/** The steps that decided how long a goal took, in time order, those of the same name joined. */
export function sectionLines(path: CriticalPath, { width, paint }: Screen): readonly string[] {
  const steps: { name: string; ms: number }[] = [];
  for (const { span, startMs, endMs } of path.sections) {
    const last = steps.at(-1);
    const ms = endMs - startMs;
    if (last?.name === span.name) last.ms += ms;
    else steps.push({ name: span.name, ms });
  }
  const shown = steps.filter(({ ms }) => ms >= path.totalMs * leastShare);
  const together = shown.reduce((sum, { ms }) => sum + ms, 0);
  return [
    ...chainLines(shown, width),
    paint(
      "dim",
      `${formatShare(together, path.totalMs)} of ${formatDuration(path.totalMs)}, by the goal's trace`,
    ),
  ];
}
