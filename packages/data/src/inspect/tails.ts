import type { Survey } from "./survey.ts";
import { rowsAtMost } from "./suspicion.ts";

/** Values drawn from each end of a distribution; all of the end where there are no more. */
const tailPoints = 250;
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
  const points = Math.min(tailPoints, inEnd);
  const spacing = inEnd / points / Math.max(1, survey.rows - 1);
  const low = Array.from({ length: points }, (_, k) => Math.min(0.5, k * spacing));
  const all = [...low, 0.1, 0.5, 0.9, ...low.map((p) => 1 - p).reverse()];
  const list = `[${all.map((p) => p.toFixed(9)).join(",")}]`;
  // Sorted once and picked from: `quantile_disc` looks for each place anew.
  const sorted = probes.map(
    ({ expression }, index) =>
      `list_sort(list(${expression}) FILTER ((${expression}) IS NOT NULL)) AS l${index}`,
  );
  const drawn = probes.map((_, index) => {
    const n = `len(l${index})`;
    const rank = `greatest(1, ${n} - floor(${n} - ${n} * p))::BIGINT`;
    return `list_select(l${index}, list_transform(${list}, lambda p: ${rank})) AS q${index}, ${n}::DOUBLE AS k${index}`;
  });
  const [row = {}] = await survey.engine.rows(
    `SELECT ${drawn.join(", ")} FROM (SELECT ${sorted.join(", ")} FROM ${place})`,
    survey.signal,
  );
  for (const [index, probe] of probes.entries()) {
    const values = row[`q${index}`];
    const count = Number(row[`k${index}`]);
    if (!Array.isArray(values) || count < fewest) continue;
    const numbers = values.map(Number);
    if (numbers.some((value) => !Number.isFinite(value))) continue;
    into.set(probe, {
      count,
      low: numbers.slice(0, points),
      inner: [numbers[points] ?? 0, numbers[points + 2] ?? 0],
      median: numbers[points + 1] ?? 0,
      high: numbers.slice(points + 3),
      weight: Math.max(1, count * spacing),
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
