import { inspectionRules } from "./inspection-rules.ts";
import type { Survey, SurveyColumn } from "./survey.ts";
import type { Suspicion } from "./suspicion.ts";
import { beyond, endsOf, type Probe, scoreOf, separate } from "./tails.ts";

/** Fewest rows whose order says something. */
const fewest = 20;
/** A column is in order when it goes on this many times as often as it goes back. */
const strictly = 4;
/** Different values from which on a column is a series, and not numbers for a few kinds. */
const seriesValues = 15;
/** Rows from which on regular steps without an exception are no chance. */
const countedRows = 100;
/** Steps from row to row that may be regular ones. */
const stepLimit = 40;

/** Finds what departs from how a column goes on from row to row. */
export async function inspectSequence(survey: Survey): Promise<readonly Suspicion[]> {
  if (survey.rows < fewest) return [];
  const columns = survey.columns.filter(
    ({ kind, present }) => kind !== "words" && present >= fewest,
  );
  const windows = columns.flatMap(({ number: n, index }) => [
    `${n}`,
    ...[2, 1].map((by) => `lag(${n}, ${by}) OVER w AS b${by}_${index}`),
    ...[1, 2].map((by) => `lead(${n}, ${by}) OVER w AS f${by}_${index}`),
  ]);
  if (windows.length === 0) return [];
  const query = `SELECT _row, ${columns.map(({ text }) => text).join(", ")}, ${windows.join(", ")} FROM ${survey.table} WINDOW w AS (ORDER BY _row)`;
  return survey.engine.withTable(
    query,
    async (table) => {
      const found = await neighbours(survey, columns, table);
      // The rows are looked up after this table is gone, so the queries must hold the windows themselves.
      const lasting = (suspicion: Suspicion): Suspicion => ({
        ...suspicion,
        rows: suspicion.rows.replaceAll(table, `(${query})`),
      });
      return [...found, ...(await steps(survey, columns, table))].map(lasting);
    },
    survey.signal,
  );
}

async function neighbours(
  survey: Survey,
  columns: readonly SurveyColumn[],
  table: string,
): Promise<readonly Suspicion[]> {
  const { smooth, gap, most } = inspectionRules.neighbour.thresholds;
  const distance = (index: number, of: (value: string) => string): string => {
    const around = [`b2_${index}`, `b1_${index}`, `f1_${index}`, `f2_${index}`];
    return `least(${around.map((other) => `abs(${of(`n${index}`)} - ${of(other)})`).join(", ")})`;
  };
  const same = (value: string): string => value;
  const log = (value: string): string => `CASE WHEN ${value} > 0 THEN ln(${value}) END`;
  const probes = columns.flatMap((column) => {
    const { index, number } = column;
    const probe = (
      of: (value: string) => string,
    ): { column: SurveyColumn; probe: Probe; spread: Probe } => ({
      column,
      probe: { expression: distance(index, of), from: table, gap, heavy: 0.5, most },
      spread: { expression: of(number), from: table, gap, heavy: 0.5, most },
    });
    return column.positive === column.present && column.kind === "number"
      ? [probe(same), probe(log)]
      : [probe(same)];
  });
  const ends = await endsOf(
    survey,
    probes.flatMap(({ probe, spread }) => [probe, spread]),
  );
  const byColumn = new Map<string, Suspicion>();
  for (const [index, { column, probe }] of probes.entries()) {
    if (column.distinct < seriesValues) continue;
    const [distances, values] = [ends[index * 2], ends[index * 2 + 1]];
    if (distances === undefined || values === undefined) continue;
    const spread = values.inner[1] - values.inner[0];
    if (!(spread > 0) || distances.inner[1] > spread * smooth) continue;
    // A column that repeats itself nearly everywhere has no usual distance; a share of its spread serves.
    const floor = Math.max(distances.inner[1], spread * 0.02);
    const [apart] = separate(
      { ...distances, inner: [0, floor], median: 0, low: distances.low.map(() => 0) },
      probe,
    ).filter(({ side, bound }) => side === "high" && bound > spread * 0.15);
    if (apart === undefined || byColumn.has(column.name)) continue;
    byColumn.set(column.name, {
      rule: "neighbour",
      columns: [column.name],
      rows: `SELECT _row FROM ${table} WHERE ${beyond(probe.expression, apart)}`,
      score: scoreOf(apart),
      evidence: `${apart.values} values are ${apart.ratio.toFixed(1)} times as far from the rows around them as any other`,
      shown: column.text,
    });
  }
  return [...byColumn.values()];
}

/** Order, and the regular steps of calendars and counters. */
async function steps(
  survey: Survey,
  columns: readonly SurveyColumn[],
  table: string,
): Promise<readonly Suspicion[]> {
  const { regular, jumps, most } = inspectionRules.step.thresholds;
  const found: Suspicion[] = [];
  const ordered = columns.map(({ number: n, index }) =>
    [
      `count(*) FILTER (${n} >= b1_${index})::DOUBLE AS u${index}`,
      `count(*) FILTER (${n} <= b1_${index})::DOUBLE AS d${index}`,
      `count(${n} - b1_${index})::DOUBLE AS k${index}`,
      `map_entries(histogram(round(${n} - b1_${index}, 6)))[:${stepLimit * 100}] AS h${index}`,
    ].join(", "),
  );
  const [row = {}] = await survey.engine.rows(
    `SELECT ${ordered.join(", ")} FROM ${table}`,
    survey.signal,
  );
  for (const column of columns) {
    const { index, name, number: n, text } = column;
    const of = (key: string): number => Number(row[`${key}${index}`]);
    const [before, after] = [`b1_${index}`, `f1_${index}`];
    const total = of("k");
    const up = of("u") >= of("d");
    const broken = total - Math.max(of("u"), of("d"));
    const strict = total - Math.min(of("u"), of("d"));
    const push = async (
      condition: string,
      least: number,
      evidence: (count: number) => string,
      limit = Math.max(1, total * most),
    ): Promise<boolean> => {
      const [counted] = await survey.engine.rows(
        `SELECT count(*)::DOUBLE AS n FROM ${table} WHERE ${condition}`,
        survey.signal,
      );
      const count = Number(counted?.["n"]);
      if (count < least || count > limit) return false;
      const rows = `SELECT _row FROM ${table} WHERE ${condition}`;
      found.push({
        rule: "step",
        columns: [name],
        rows,
        score: 1 - 0.5 * (count / limit),
        evidence: evidence(count),
        shown: text,
      });
      return true;
    };
    if (broken > 0 && broken <= total * 0.11 && strict >= broken * strictly) {
      const [less, more] = up ? [before, after] : [after, before];
      const condition = `(${less} <= ${more} AND NOT (${n} BETWEEN ${less} AND ${more})) OR (${before} IS NULL AND ${up ? `${n} > ${after} AND ${n} > f2_${index}` : `${n} < ${after} AND ${n} < f2_${index}`}) OR (${after} IS NULL AND ${up ? `${n} < ${before} AND ${n} < b2_${index}` : `${n} > ${before} AND ${n} > b2_${index}`})`;
      if (
        await push(
          condition,
          // A column that begins anew again and again breaks its order without an error.
          Math.max(1, broken * 0.4),
          (count) => `${count} values break the order that the column has otherwise`,
        )
      )
        continue;
    }
    const usual = usualSteps(row[`h${index}`], total, regular);
    if (usual === undefined) continue;
    const odd = (from: string, to: string): string =>
      `coalesce(round(${to} - ${from}, 6) NOT IN (${usual.join(", ")}), true)`;
    // Both the step to the value and the one away from it are odd, so it is the value and not its neighbour.
    const condition = `${n} IS NOT NULL AND ${odd(before, n)} AND ${odd(n, after)} AND (${before} IS NOT NULL OR ${after} IS NOT NULL)`;
    await push(condition, 1, (count) => `${count} values break the regular steps of the column`);
    const jump = `${before} IS NOT NULL AND ${odd(before, n)} AND NOT (${condition})`;
    if (total < countedRows) continue;
    await push(
      jump,
      1,
      (count) => `at ${count} values the column goes on elsewhere than its regular steps lead`,
      Math.max(2, total * jumps),
    );
  }
  return found;
}

/** The few steps that nearly all rows take; nothing when there are no such steps. */
function usualSteps(
  histogram: unknown,
  total: number,
  regular: number,
): readonly number[] | undefined {
  if (!Array.isArray(histogram) || total < 20) return undefined;
  const sorted = histogram
    .map((entry) => entry as { readonly key: unknown; readonly value: unknown })
    .map(({ key, value }) => ({ step: Number(key), rows: Number(value) }))
    .sort((a, b) => b.rows - a.rows);
  const frequent = sorted
    .filter(({ rows }) => rows >= Math.max(2, total * 0.004))
    .slice(0, stepLimit);
  const covered = frequent.reduce((sum, { rows }) => sum + rows, 0);
  // A value that mostly stays as it is has no steps; a column of few values has few, regular or not.
  if ((sorted.find(({ step }) => step === 0)?.rows ?? 0) > total * 0.5) return undefined;
  if (covered < total * regular || frequent.length > 8) return undefined;
  return frequent.map(({ step }) => step);
}
