import type { Survey } from "../survey.ts";
import { rowsAtMost } from "../suspicion.ts";

/** Most values drawn from each end of a distribution; all of the end where there are no more. */
const tailPoints = 400;
/** Fewest values that say what is usual. */
const fewest = 8;

/** Gaps must be wider in samples that are not many times this. */
const smallSample = 15;

/** A number for every row, whose ends are of interest. */
export interface Probe {
  readonly expression: string;
  /** Table to take it from, when it is not the survey's. */
  readonly from?: string;
  readonly most: number;
  readonly gap: number;
  readonly heavy: number;
  /** Probes that were chosen among: of many, one has a gap by chance, and the sooner the fewer its values are. Default 1. */
  readonly among?: number;
}

/** What lies beyond a gap. */
export interface Separation {
  readonly side: "low" | "high";
  /** Values beyond it are apart. */
  readonly bound: number;
  readonly values: number;
  /** How many times further out than the rest they begin. */
  readonly ratio: number;
  /** Ratio that was needed. */
  readonly needed: number;
}

/** The ends of a distribution, ascending, with how usual values lie. */
export interface Ends {
  readonly count: number;
  readonly median: number;
  /** 10th and 90th percentile. */
  readonly inner: readonly [number, number];
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Values that each of the drawn ones stands for. */
  readonly weight: number;
}

/** Draws the ends of every probe's distribution in one pass. */
export async function endsOf(
  survey: Survey,
  probes: readonly Probe[],
): Promise<readonly (Ends | undefined)[]> {
  const found: (Ends | undefined)[] = [];
  const places = [...new Set(probes.map(({ from = survey.table }) => from))];
  const byProbe = new Map<Probe, Ends>();
  for (const place of places) {
    const here = probes.filter(({ from = survey.table }) => from === place);
    for (let at = 0; at < here.length; at += 40) {
      await draw(survey, place, here.slice(at, at + 40), byProbe);
    }
  }
  for (const probe of probes) found.push(byProbe.get(probe));
  return found;
}

async function draw(
  survey: Survey,
  place: string,
  probes: readonly Probe[],
  into: Map<Probe, Ends>,
): Promise<void> {
  const share = Math.max(...probes.map(({ most }) => most)) * 1.3;
  const inEnd = Math.max(2, Math.ceil(survey.rows * share) + 2);
  const step = Math.ceil(inEnd / tailPoints);
  // The ends alone are kept in order: that is faster than to sort all, and `quantile_disc` looks for each place anew.
  const kept = probes.map(
    ({ expression: e }, index) =>
      `min(${e}, ${inEnd}) AS l${index}, max(${e}, ${inEnd}) AS h${index}, quantile_disc(${e}, [0.1, 0.5, 0.9]) AS q${index}, count(${e})::DOUBLE AS k${index}`,
  );
  const every = (end: string): string => `list_slice(${end}, 1, ${inEnd}, ${step}) AS ${end}`;
  const drawn = probes.map((_, index) =>
    [every(`l${index}`), every(`h${index}`), `q${index}`, `k${index}`].join(", "),
  );
  const [row = {}] = await survey.engine.rows(
    `SELECT ${drawn.join(", ")} FROM (SELECT ${kept.join(", ")} FROM ${place})`,
    survey.signal,
  );
  const numbersOf = (key: string): readonly number[] => {
    const values = row[key];
    return Array.isArray(values) ? values.map(Number) : [];
  };
  for (const [index, probe] of probes.entries()) {
    const count = Number(row[`k${index}`]);
    if (count < fewest) continue;
    const [low, high] = [numbersOf(`l${index}`), numbersOf(`h${index}`).toReversed()];
    const [tenth = 0, median = 0, ninetieth = 0] = numbersOf(`q${index}`);
    if ([...low, tenth, median, ninetieth, ...high].some((value) => !Number.isFinite(value)))
      continue;
    into.set(probe, {
      count,
      low,
      inner: [tenth, ninetieth],
      median,
      high,
      weight: step,
    });
  }
}

/**
 * Finds the widest gap near either end of a distribution. How wide it must be grows with how far the
 * rest reaches out itself, so that heavy tails, whose largest values always lie apart, have none.
 */
export function separate(ends: Ends, probe: Probe): readonly Separation[] {
  const high = ends.high.map((value) => value - ends.median);
  const low = ends.low.map((value) => ends.median - value).reverse();
  const whole = Math.max(ends.inner[1] - ends.median, ends.median - ends.inner[0]);
  return [
    ...oneSide(high, Math.max(ends.inner[1] - ends.median, whole * 0.25), ends, probe, "high"),
    ...oneSide(low, Math.max(ends.median - ends.inner[0], whole * 0.25), ends, probe, "low"),
  ];
}

function oneSide(
  deviations: readonly number[],
  usual: number,
  ends: Ends,
  { most, gap, heavy, among = 1 }: Probe,
  side: "low" | "high",
): readonly Separation[] {
  if (!(usual > 0)) return [];
  let best: Separation | undefined;
  for (let at = deviations.length - 2; at >= 0; at -= 1) {
    const values = Math.round((deviations.length - 1 - at) * ends.weight);
    if (values > rowsAtMost(ends.count, most)) break;
    const inside = Math.max(deviations[at] ?? 0, usual);
    const outside = deviations[at + 1] ?? 0;
    const ratio = outside / inside;
    // One value that lies apart says less than several.
    const base =
      (values === 1 ? gap * 1.15 : gap) *
      (1 + (smallSample * (1 + Math.log10(among))) / ends.count);
    const needed = base * (inside / usual) ** heavy;
    if (ratio < needed) continue;
    if (best !== undefined && ratio / needed <= best.ratio / best.needed) continue;
    const middle = (inside + outside) / 2;
    const bound = side === "high" ? ends.median + middle : ends.median - middle;
    best = { side, bound, values, ratio, needed };
  }
  return best === undefined ? [] : [best];
}

/** A condition that holds for what lies apart. */
export function beyond(expression: string, { side, bound }: Separation): string {
  return `(${expression}) ${side === "high" ? ">" : "<"} ${bound}`;
}

/** 0.5 at the threshold, towards 1 beyond it. */
export function scoreOf({ ratio, needed }: Separation): number {
  return 1 - 0.5 * (needed / ratio);
}
