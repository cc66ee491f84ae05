import { inspectionRules } from "../inspection-rules.ts";
import { beyond, endsOf, type Probe, scoreOf, separate } from "../numbers/tails.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import type { Suspicion } from "../suspicion.ts";
import { type Fit, fitOf } from "./linear-fit.ts";

/** Columns of numbers that are said by each other. */
const columnLimit = 10;
/** Rows that the laws are learned from, in even distances. */
const learnedFrom = 600;
/** Fewest of them. */
const fewest = 60;

interface Law {
  readonly target: SurveyColumn;
  readonly others: readonly SurveyColumn[];
  readonly logs: boolean;
  /** What the value is more than what the others say. */
  readonly expression: string;
}

/** Finds numbers that are far from what the other numbers of their row say they should be. */
export async function inspectExplained(survey: Survey): Promise<readonly Suspicion[]> {
  const columns = survey.columns
    .filter(
      ({ kind, present, distinct }) =>
        kind !== "words" && present >= survey.rows * 0.9 && distinct >= 8,
    )
    .slice(0, columnLimit);
  if (columns.length < 2 || survey.rows < fewest) return [];
  const step = Math.max(1, Math.floor(survey.rows / learnedFrom));
  const drawn = await survey.engine.rows(
    `SELECT ${columns.map(({ number, index }) => `${number}::DOUBLE AS v${index}`).join(", ")} FROM ${survey.table} WHERE _row % ${step} = 0 AND ${columns.map(({ number }) => `${number} IS NOT NULL`).join(" AND ")} ORDER BY _row LIMIT ${2 * learnedFrom}`,
    survey.signal,
  );
  const rows = drawn.map((row) => columns.map(({ index }) => Number(row[`v${index}`])));
  if (rows.length < fewest) return [];
  const laws = [...lawsOf(columns, rows, false), ...lawsOf(columns, rows, true)];
  if (laws.length === 0) return [];
  const { gap, most } = inspectionRules.explained.thresholds;
  const common = { gap, heavy: 0.5, most };
  const probes = laws.flatMap(({ target, expression, logs }): Probe[] => [
    { ...common, expression },
    { ...common, expression: logs ? logOf(target) : target.number },
  ]);
  const ends = await endsOf(survey, probes);
  const found: Suspicion[] = [];
  for (const [at, law] of laws.entries()) {
    const [left, whole, probe] = [ends[at * 2], ends[at * 2 + 1], probes[at * 2]];
    if (left === undefined || whole === undefined || probe === undefined) continue;
    const spread = whole.inner[1] - whole.inner[0];
    const { tight } = inspectionRules.explained.thresholds;
    if (!(spread > 0) || left.inner[1] - left.inner[0] > spread * tight) continue;
    // What comes out exactly is off by rounding only; a share of the spread is the floor.
    const floor = spread * 0.01;
    const inner = [
      Math.min(left.inner[0], left.median - floor),
      Math.max(left.inner[1], left.median + floor),
    ] as const;
    const apart = separate({ ...left, inner }, probe);
    const names = [law.target, ...law.others].map(({ name }) => name);
    // A law can be turned round, and says the same then.
    const told = found.some(({ columns: known }) => names.every((name) => known.includes(name)));
    if (apart.length === 0 || told) continue;
    const values = apart.reduce((sum, separation) => sum + separation.values, 0);
    found.push({
      rule: "explained",
      columns: names,
      rows: `SELECT _row FROM ${survey.table} WHERE ${apart.map((separation) => beyond(law.expression, separation)).join(" OR ")}`,
      score: Math.max(...apart.map(scoreOf)),
      evidence: `in ${values} rows '${law.target.name}' is far from what ${law.others.map(({ name }) => `'${name}'`).join(" and ")} say${law.others.length === 1 ? "s" : ""} elsewhere`,
      shown: law.target.text,
    });
  }
  return found;
}

const logOf = ({ number: n }: SurveyColumn): string => `CASE WHEN ${n} > 0 THEN ln(${n}) END`;

/** What each column is said to be by others: in sums, or in products where logarithms are taken. */
function lawsOf(
  columns: readonly SurveyColumn[],
  rows: readonly (readonly number[])[],
  logs: boolean,
): readonly Law[] {
  const fitting = columns.flatMap((column, at) =>
    !logs || (column.kind === "number" && column.positive === column.present && column.lowest > 0)
      ? [at]
      : [],
  );
  const values = logs ? rows.map((row) => row.map((value) => Math.log(value))) : rows;
  return fitting.flatMap((at): readonly Law[] => {
    const target = columns[at];
    const fit = fitOf(
      values,
      at,
      fitting.filter((other) => other !== at),
    );
    if (fit === undefined || target === undefined) return [];
    const others = fit.factors.flatMap(([place]) => columns[place] ?? []);
    return [{ target, others, logs, expression: deviation(fit, columns, target, logs) }];
  });
}

function deviation(
  { constant, factors }: Fit,
  columns: readonly SurveyColumn[],
  target: SurveyColumn,
  logs: boolean,
): string {
  const of = (column: SurveyColumn): string => (logs ? logOf(column) : column.number);
  const said = factors.flatMap(([at, factor]) => {
    const column = columns[at];
    return column === undefined ? [] : [` - (${factor}) * ${of(column)}`];
  });
  return `(${of(target)} - (${constant})${said.join("")})`;
}
