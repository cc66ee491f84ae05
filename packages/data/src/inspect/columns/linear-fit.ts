/** A number as a constant and multiples of others. */
export interface Fit {
  readonly constant: number;
  /** By the places of the others, in the order in which they were found to say most. */
  readonly factors: readonly (readonly [at: number, factor: number])[];
  /** Sum of squared deviations, of the values that were kept, and without the others. */
  readonly left: number;
}

/** Share of rows that a fit is made for: those that deviate most are left out, since they may be wrong. */
const kept = 0.88;
/** Times that the rows to leave out are chosen anew. */
const turns = 3;
/** Others that take part at most, and what each must at least take off the deviations. */
const mostFactors = 3;
const leastGain = 0.25;

/**
 * Says one variable by as few others as explain it, by least trimmed squares (Rousseeuw 1984) in concentration steps.
 *
 * @param rows complete rows
 * @param target place of the variable in a row
 * @param others places of those that it may be said by
 * @returns nothing where no other explains anything
 */
export function fitOf(
  rows: readonly (readonly number[])[],
  target: number,
  others: readonly number[],
): Fit | undefined {
  let chosen: readonly number[] = [];
  let best = trimmed(rows, target, []);
  while (chosen.length < mostFactors && best !== undefined) {
    let better: Fit | undefined;
    for (const other of others) {
      if (chosen.includes(other)) continue;
      const fit = trimmed(rows, target, [...chosen, other]);
      if (fit !== undefined && (better === undefined || fit.left < better.left)) better = fit;
    }
    if (better === undefined || better.left > best.left * (1 - leastGain)) break;
    best = better;
    chosen = better.factors.map(([at]) => at);
  }
  return chosen.length === 0 ? undefined : best;
}

function trimmed(
  rows: readonly (readonly number[])[],
  target: number,
  chosen: readonly number[],
): Fit | undefined {
  let used = rows;
  let fit = leastSquares(used, target, chosen);
  for (let turn = 0; turn < turns && fit !== undefined; turn += 1) {
    const now: Fit = fit;
    const deviations = rows.map((row) => ({
      row,
      deviation: Math.abs(deviationOf(row, target, now)),
    }));
    deviations.sort((a, b) => a.deviation - b.deviation);
    used = deviations.slice(0, Math.ceil(rows.length * kept)).map(({ row }) => row);
    fit = leastSquares(used, target, chosen);
  }
  return fit;
}

function deviationOf(row: readonly number[], target: number, { constant, factors }: Fit): number {
  const said = factors.reduce((sum, [at, factor]) => sum + factor * (row[at] ?? 0), constant);
  return (row[target] ?? 0) - said;
}

/** Normal equations of centred values, by elimination; nothing where the others say the same as each other. */
function leastSquares(
  rows: readonly (readonly number[])[],
  target: number,
  chosen: readonly number[],
): Fit | undefined {
  const all = [...chosen, target];
  const means = all.map((at) => rows.reduce((sum, row) => sum + (row[at] ?? 0), 0) / rows.length);
  const products = all.map(() => new Array<number>(all.length).fill(0));
  for (const row of rows) {
    const centred = all.map((at, place) => (row[at] ?? 0) - (means[place] ?? 0));
    for (const [i, a] of centred.entries())
      for (let j = 0; j <= i; j += 1)
        (products[i] as number[])[j] = (products[i]?.[j] ?? 0) + a * (centred[j] ?? 0);
  }
  const product = (i: number, j: number): number => products[Math.max(i, j)]?.[Math.min(i, j)] ?? 0;
  const size = chosen.length;
  const system = chosen.map((_, i) => [...all.keys()].map((j) => product(i, j)));
  for (const [i, pivotRow] of system.entries()) {
    const pivot = pivotRow[i] ?? 0;
    if (!(pivot > product(i, i) * 1e-9)) return undefined;
    for (const [k, row] of system.entries()) {
      if (k === i) continue;
      const by = (row[i] ?? 0) / pivot;
      for (let j = i; j <= size; j += 1) row[j] = (row[j] ?? 0) - by * (pivotRow[j] ?? 0);
    }
  }
  const factors = system.map((row, i): number => (row[size] ?? 0) / (row[i] ?? 1));
  const explained = factors.reduce((sum, factor, i) => sum + factor * product(i, size), 0);
  const constant = factors.reduce(
    (rest, factor, i) => rest - factor * (means[i] ?? 0),
    means[size] ?? 0,
  );
  return {
    constant,
    factors: factors.map((factor, i) => [chosen[i] ?? 0, factor] as const),
    left: Math.max(0, product(size, size) - explained),
  };
}
