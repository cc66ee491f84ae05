import { inspectionRules } from "../inspection-rules.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import { rowsAtMost, type Suspicion } from "../suspicion.ts";

/** Fewest numbers, and fewest different ones, that show in which steps a column is written. */
const fewest = { numbers: 40, different: 6 } as const;
/** Steps in which numbers are counted or measured, coarsest first: each is a multiple of all that follow. */
const grids = [100_000, 10_000, 1000, 500, 100, 50, 10, 5, 1, 0.5, 0.1, 0.05, 0.01] as const;

/** Finds numbers between the steps of a column that is counted, priced or measured in steps. */
export async function inspectGrids(survey: Survey): Promise<readonly Suspicion[]> {
  const columns = survey.columns.filter(
    ({ kind, present, distinct }) =>
      kind === "number" && present >= fewest.numbers && distinct >= fewest.different,
  );
  if (columns.length === 0) return [];
  const [row = {}] = await survey.engine.rows(
    `SELECT ${columns.map((column) => `map_entries(histogram(${gridOf(column)})) AS g${column.index}`).join(", ")} FROM ${survey.table}`,
    survey.signal,
  );
  return columns.flatMap((column) => {
    const off = offGrid(row[`g${column.index}`]);
    if (off === undefined) return [];
    const { step, count, total } = off;
    const limit = rowsAtMost(total, inspectionRules.grid.thresholds.most);
    return [
      {
        rule: "grid" as const,
        columns: [column.name],
        rows: `SELECT _row FROM ${survey.table} WHERE ${gridOf(column)} > ${grids.indexOf(step)}`,
        score: 1 - 0.5 * (count / limit),
        evidence: `${count} of ${total} numbers are no multiples of ${step}, as the others are`,
        shown: column.text,
      },
    ];
  });
}

/** Place in `grids` of the coarsest step that a number is a multiple of; nothing says zero. */
function gridOf({ number: n }: SurveyColumn): string {
  const cases = grids.map(
    (step, at) =>
      `WHEN abs(${n} / ${step} - round(${n} / ${step})) < 1e-9 * greatest(1, abs(${n} / ${step})) THEN ${at}`,
  );
  return `CASE WHEN ${n} = 0 THEN NULL ${cases.join(" ")} WHEN ${n} IS NOT NULL THEN ${grids.length} END`;
}

/**
 * The step of a column, when only a few numbers lie between its steps.
 *
 * @param histogram how many numbers are multiples of each step and of no coarser one
 */
function offGrid(
  histogram: unknown,
):
  | { readonly step: (typeof grids)[number]; readonly count: number; readonly total: number }
  | undefined {
  if (!Array.isArray(histogram)) return undefined;
  const counts = new Array<number>(grids.length + 1).fill(0);
  for (const entry of histogram as readonly { readonly key: unknown; readonly value: unknown }[])
    counts[Number(entry.key)] = Number(entry.value);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const { most, own } = inspectionRules.grid.thresholds;
  let count = total;
  for (const [at, step] of grids.entries()) {
    count -= counts[at] ?? 0;
    if (count === 0) return undefined;
    if (count > rowsAtMost(total, most)) continue;
    // Numbers must lie on this step itself, not only on coarser ones, or it is not the column's.
    if ((counts[at] ?? 0) < total * own) return undefined;
    // Halves and fifths of a step are how some values of it are; what lies anywhere is not.
    const nearly = counts[at + 1] ?? 0;
    return nearly > count * 0.5 ? undefined : { step, count, total };
  }
  return undefined;
}
