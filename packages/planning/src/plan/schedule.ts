/** What a schedule needs to know of a step. */
export interface TimedStep {
  /** Seconds. */
  readonly duration: number;
  readonly resources: Readonly<Record<string, number>>;
}

/** When everything happens if each step begins as soon as those it waits for are done. */
export interface Schedule {
  /** Seconds after the beginning, per step. */
  readonly starts: readonly number[];
  readonly makespan: number;
  /** Step numbers of the longest chain, first to last. */
  readonly criticalPath: readonly number[];
  /** Step numbers by the length of the chain before them. */
  readonly levels: readonly (readonly number[])[];
  /** Most steps at the same time. */
  readonly width: number;
  /** Greatest sum of each resource at any time. */
  readonly peakResources: Readonly<Record<string, number>>;
}

/**
 * Earliest times by dependencies alone; resources are counted, not limited.
 *
 * @param waits for each step the earlier steps it waits for
 */
export function scheduleOf(
  steps: readonly TimedStep[],
  waits: readonly (readonly number[])[],
): Schedule {
  const starts: number[] = [];
  const level: number[] = [];
  const via: number[] = [];
  steps.forEach((_, i) => {
    let [start, deepest, from] = [0, 0, -1];
    for (const each of waits[i] ?? []) {
      const end = (starts[each] ?? 0) + (steps[each]?.duration ?? 0);
      if (from < 0 || end > start) {
        start = Math.max(start, end);
        from = each;
      }
      deepest = Math.max(deepest, (level[each] ?? 0) + 1);
    }
    starts.push(start);
    level.push(deepest);
    via.push(from);
  });
  let last = -1;
  let makespan = 0;
  steps.forEach((step, i) => {
    const end = (starts[i] ?? 0) + step.duration;
    if (last >= 0 && end <= makespan) return;
    makespan = end;
    last = i;
  });
  const criticalPath: number[] = [];
  for (let at = last; at >= 0; at = via[at] ?? -1) criticalPath.unshift(at);
  const levels: number[][] = [];
  level.forEach((each, i) => {
    levels[each] ??= [];
    levels[each].push(i);
  });
  return { starts, makespan, criticalPath, levels, ...peaks(steps, starts, levels) };
}

function peaks(
  steps: readonly TimedStep[],
  starts: readonly number[],
  levels: readonly (readonly number[])[],
): Pick<Schedule, "width" | "peakResources"> {
  const events = steps.flatMap((step, i) => {
    const begin = starts[i] ?? 0;
    if (step.duration <= 0) return [];
    return [
      { at: begin, sign: 1, step },
      { at: begin + step.duration, sign: -1, step },
    ];
  });
  events.sort((a, b) => a.at - b.at || a.sign - b.sign);
  const peakResources: Record<string, number> = {};
  const held: Record<string, number> = {};
  for (const { resources } of steps) {
    for (const [name, units] of Object.entries(resources)) {
      peakResources[name] = Math.max(peakResources[name] ?? 0, units);
    }
  }
  let running = 0;
  let width = 0;
  for (const { sign, step } of events) {
    running += sign;
    width = Math.max(width, running);
    for (const [name, units] of Object.entries(step.resources)) {
      held[name] = (held[name] ?? 0) + sign * units;
      peakResources[name] = Math.max(peakResources[name] ?? 0, held[name]);
    }
  }
  if (events.length === 0) for (const each of levels) width = Math.max(width, each.length);
  return { width, peakResources };
}
