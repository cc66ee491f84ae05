import { inspectionRules } from "../inspection-rules.ts";
import { circle, isDirection } from "../numbers/directions.ts";
import { beyond, endsOf, type Probe, scoreOf, separate } from "../numbers/tails.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import type { Suspicion } from "../suspicion.ts";

/** Fewest rows whose order says something. */
const fewest = 20;
/** A column is in order when it goes on this many times as often as it goes back. */
const strictly = 4;
/** Different values from which on a column is a series, and not numbers for a few kinds. */
const seriesValues = 15;
/** Part of a column's spread that it moves from row to row, or from one to the next but one, in the middle; of numbers in no order it is 0.3 to 0.4. */
const ordered = 0.25;
/** Rows of each series on average, in a table that holds several. */
const seriesRows = 10;
/** Share of rows that break the order of a table which holds several series side by side, at least. */
const seriesShare = 0.08;
/** Columns that are tried as telling series apart, and as going on within them. */
const panelLimit = 4;
/** Rows from which on regular steps without an exception are no chance. */
const countedRows = 100;
/** Rows with the same number, and the same word, from which on the number is that of the word. */
const habitRows = 4;
/** Share of steps back from which on a column of numbers is one that mostly grows, and usual steps that one of them is far in. */
const noise = 0.01;
const noisySteps = 4;
/** Rows for each different one of the steps that are regular. */
const stepRows = 12;
/** Steps from row to row that may be regular ones. */
const stepLimit = 40;

/** Finds what departs from how a column goes on from row to row. */
export async function inspectSequence(survey: Survey): Promise<readonly Suspicion[]> {
  if (survey.rows < fewest) return [];
  const columns = survey.columns.filter(
    ({ kind, present }) => kind !== "words" && present >= fewest,
  );
  const within = await panelOf(survey, columns);
  const windows = columns.flatMap(({ number: n, index }) => [
    `${n}`,
    ...[2, 1].map((by) => `lag(${n}, ${by}) OVER w AS b${by}_${index}`),
    ...[1, 2].map((by) => `lead(${n}, ${by}) OVER w AS f${by}_${index}`),
  ]);
  if (windows.length === 0) return [];
  const query = `SELECT _row, ${columns.map(({ text }) => text).join(", ")}, ${windows.join(", ")} FROM ${survey.table} WINDOW w AS (${within === undefined ? "" : `PARTITION BY ${within.text} `}ORDER BY _row)`;
  return survey.engine.withTable(
    query,
    async (table) => {
      const found = await neighbours(survey, columns, table);
      // The rows are looked up after this table is gone, so the queries must hold the windows themselves.
      const lasting = (suspicion: Suspicion): Suspicion => ({
        ...suspicion,
        rows: suspicion.rows.replaceAll(table, `(${query})`),
      });
      const slips = await withoutHabits(survey, found);
      return [...slips, ...(await steps(survey, columns, table, within))].map(lasting);
    },
    survey.signal,
  );
}

/**
 * The column that tells apart the series of a table that holds several: within each of its values some other
 * column grows steadily, and over all rows it does not, or only until the next series begins.
 */
export async function panelOf(
  survey: Survey,
  series: readonly SurveyColumn[],
): Promise<SurveyColumn | undefined> {
  const grouping = survey.columns
    .filter(
      ({ kind, present, distinct }) =>
        kind === "words" &&
        present >= survey.rows * 0.9 &&
        distinct >= 2 &&
        distinct * seriesRows <= survey.rows,
    )
    .slice(0, panelLimit);
  const times = [...series].sort((a, b) => (a.kind === b.kind ? 0 : a.kind === "date" ? -1 : 1));
  const pairs = grouping.flatMap((group) =>
    times.slice(0, panelLimit).map((time) => ({ group, time })),
  );
  if (pairs.length === 0) return undefined;
  const counts = pairs.map(
    ({ group: { text }, time: { number: n } }, index) =>
      `SELECT ${index} AS k, count(*) FILTER (NOT n > before)::DOUBLE AS b, count(before)::DOUBLE AS k1, count(*) FILTER (NOT n > own)::DOUBLE AS o, count(own)::DOUBLE AS k2 FROM (SELECT ${n} AS n, lag(${n}) OVER (ORDER BY _row) AS before, lag(${n}) OVER (PARTITION BY ${text} ORDER BY _row) AS own FROM ${survey.table})`,
  );
  const rows = await survey.engine.rows(counts.join(" UNION ALL "), survey.signal);
  const better = rows.flatMap((row) => {
    const broken = Number(row["b"]) / Math.max(1, Number(row["k1"]));
    const own = Number(row["o"]) / Math.max(1, Number(row["k2"]));
    const pair = pairs[Number(row["k"])];
    if (pair === undefined || own > 0.1 || own > broken * 0.5) return [];
    // Series one after the other break the order where the next one begins, and nowhere else.
    const inTurn = own === 0 && Number(row["b"]) >= pair.group.distinct - 1;
    return broken >= seriesShare || inTurn ? [{ own, ...pair }] : [];
  });
  return better.sort((a, b) => a.own - b.own)[0]?.group;
}

async function neighbours(
  survey: Survey,
  columns: readonly SurveyColumn[],
  table: string,
): Promise<readonly Suspicion[]> {
  const { smooth, gap, most } = inspectionRules.neighbour.thresholds;
  const distance = (index: number, of: (value: string) => string, round: boolean): string => {
    const around = [`b2_${index}`, `b1_${index}`, `f1_${index}`, `f2_${index}`];
    const apart = (other: string): string => `abs(${of(`n${index}`)} - ${of(other)})`;
    const least = `least(${around.map((other) => (round ? `least(${apart(other)}, ${circle} - ${apart(other)})` : apart(other))).join(", ")})`;
    // At an end there are rows on one side only, and a series may begin or end steeply.
    return `CASE WHEN b1_${index} IS NOT NULL AND f1_${index} IS NOT NULL THEN ${least} END`;
  };
  const same = (value: string): string => value;
  const log = (value: string): string => `CASE WHEN ${value} > 0 THEN ln(${value}) END`;
  const probes = columns.flatMap((column) => {
    const { index, number } = column;
    const probe = (
      of: (value: string) => string,
    ): { column: SurveyColumn; probe: Probe; spread: Probe; move: string } => ({
      column,
      move: `least(${[1, 2].map((by) => `median(abs(${of(number)} - ${of(`b${by}_${index}`)}))`).join(", ")})`,
      probe: {
        expression: distance(index, of, isDirection(column)),
        from: table,
        gap,
        heavy: 0.5,
        most,
        among: columns.length,
      },
      spread: { expression: of(number), from: table, gap, heavy: 0.5, most },
    });
    return column.positive === column.present && column.kind === "number" && !isDirection(column)
      ? [probe(same), probe(log)]
      : [probe(same)];
  });
  const ends = await endsOf(
    survey,
    probes.flatMap(({ probe, spread }) => [probe, spread]),
  );
  const [moves = {}] = await survey.engine.rows(
    `SELECT ${probes.map(({ move }, at) => `${move} AS m${at}`).join(", ")} FROM ${table}`,
    survey.signal,
  );
  const byColumn = new Map<string, Suspicion>();
  for (const [index, { column, probe }] of probes.entries()) {
    if (column.distinct < seriesValues) continue;
    const [distances, values] = [ends[index * 2], ends[index * 2 + 1]];
    if (distances === undefined || values === undefined) continue;
    const spread = values.inner[1] - values.inner[0];
    if (!(spread > 0) || distances.inner[1] > spread * smooth) continue;
    // Of four rows around one, some row is near in a column without any order too.
    if (Number(moves[`m${index}`]) > spread * ordered) continue;
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

/**
 * Without those whose rows are all the rows of one value of a column of words, all with one number: that is its number,
 * such as the code of a state among states in another order.
 */
async function withoutHabits(
  survey: Survey,
  found: readonly Suspicion[],
): Promise<readonly Suspicion[]> {
  const words = survey.columns.filter(({ kind, distinct }) => kind === "words" && distinct >= 2);
  if (words.length === 0) return found;
  const kept: Suspicion[] = [];
  for (const suspicion of found) {
    const habits = words.map(
      ({ text }, index) =>
        `(SELECT count(*) FROM ${survey.table} WHERE ${text} IN (SELECT ${text} FROM far))::DOUBLE AS w${index}`,
    );
    const [row = {}] = await survey.engine.rows(
      `WITH far AS (SELECT * FROM ${survey.table} WHERE _row IN (${suspicion.rows})) SELECT (SELECT count(*) FROM far)::DOUBLE AS n, (SELECT count(DISTINCT ${suspicion.shown}) FROM far)::DOUBLE AS d, ${habits.join(", ")}`,
      survey.signal,
    );
    const rows = Number(row["n"]);
    const isHabit =
      Number(row["d"]) === 1 &&
      rows >= habitRows &&
      words.some((_, index) => Number(row[`w${index}`]) === rows);
    if (!isHabit) kept.push(suspicion);
  }
  return kept;
}

/** Order, and the regular steps of calendars and counters. */
async function steps(
  survey: Survey,
  columns: readonly SurveyColumn[],
  table: string,
  within: SurveyColumn | undefined,
): Promise<readonly Suspicion[]> {
  const { regular, jumps, most } = inspectionRules.step.thresholds;
  const found: Suspicion[] = [];
  const ordered = columns.map(({ number: n, index }) =>
    [
      `count(*) FILTER (${n} >= b1_${index})::DOUBLE AS u${index}`,
      `count(*) FILTER (${n} <= b1_${index})::DOUBLE AS d${index}`,
      `count(${n} - b1_${index})::DOUBLE AS k${index}`,
      `map_entries(histogram(round(${n} - b1_${index}, 6)))[:${stepLimit * 100}] AS h${index}`,
      `median(abs(${n} - b1_${index})) FILTER (${n} <> b1_${index}) AS m${index}`,
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
    // Within series only time goes on in one direction.
    const ordersRows = within === undefined || column.kind === "date";
    // A measure that mostly grows falls by about as much as it grows; what is sorted does not, and time neither.
    const noisy = column.kind === "number" && broken > total * noise;
    const inOrderMostly = broken > 0 && broken <= total * (noisy ? most : 0.11);
    if (ordersRows && inOrderMostly && strict >= broken * strictly) {
      const [less, more] = up ? [before, after] : [after, before];
      const far = noisy ? noisySteps * of("m") : 0;
      const deep = `greatest(abs(${n} - ${before}), abs(${n} - ${after})) > ${far}`;
      const condition = `(${deep}) AND ((${less} <= ${more} AND NOT (${n} BETWEEN ${less} AND ${more})) OR (${before} IS NULL AND ${up ? `${n} > ${after} AND ${n} > f2_${index}` : `${n} < ${after} AND ${n} < f2_${index}`}) OR (${after} IS NULL AND ${up ? `${n} < ${before} AND ${n} < b2_${index}` : `${n} > ${before} AND ${n} > b2_${index}`}))`;
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
    const steps = usualSteps(row[`h${index}`], total, regular);
    if (steps === undefined) continue;
    const usual = column.kind === "date" ? withCalendar(steps) : steps;
    const odd = (from: string, to: string): string =>
      `coalesce(round(${to} - ${from}, 6) NOT IN (${usual.join(", ")}), true)`;
    // Both the step to the value and the one away from it are odd, so it is the value and not its neighbour.
    const lonely = `${n} IS NOT NULL AND ${odd(before, n)} AND ${odd(n, after)} AND (${before} IS NOT NULL OR ${after} IS NOT NULL)`;
    // Numbers that only grow count or name things, and may leave some out; time goes on.
    const inOrder = column.kind === "number" && (broken === 0 || of("u") === of("d"));
    const passes = `coalesce(${n} ${up ? ">" : "<"} ${before}, true) AND coalesce(${n} ${up ? "<" : ">"} ${after}, true)`;
    const condition = inOrder ? `${lonely} AND NOT (${passes})` : lonely;
    await push(condition, 1, (count) => `${count} values break the regular steps of the column`);
    const jump = `${before} IS NOT NULL AND ${odd(before, n)} AND NOT (${condition})`;
    if (total < countedRows || (column.kind === "number" && usual.length > 2)) continue;
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
  const different = new Set(frequent.map(({ step }) => periodOf(step))).size;
  if (covered < total * regular || frequent.length > 8) return undefined;
  // A few steps cover most of a short column by chance.
  if (different > Math.max(1, total / stepRows)) return undefined;
  // A column that goes one way does not go back regularly, be it a whole block that does.
  const up = frequent.filter(({ step }) => step >= 0);
  const forward = up.reduce((sum, { rows }) => sum + rows, 0);
  const oneWay = forward >= covered * 0.9 ? up : frequent;
  return oneWay.map(({ step }) => step);
}

/** Days of the months and of the years; which of them are next is a matter of the calendar. */
const calendar: readonly (readonly number[])[] = [
  [28, 29, 30, 31],
  [89, 90, 91, 92],
  [365, 366],
];

/** Steps that one period of the calendar makes are one. */
function periodOf(step: number): number {
  const at = calendar.findIndex((days) => days.includes(Math.abs(step)));
  return at < 0 ? step : Math.sign(step) * (at + 1) * 1e9;
}

/** Steps of dates, with the others that the same calendar makes. */
function withCalendar(steps: readonly number[]): readonly number[] {
  const periods = calendar.filter((days) => steps.some((step) => days.includes(Math.abs(step))));
  const more = periods
    .flat()
    .flatMap((days) => (steps.some((step) => step < 0) ? [days, -days] : [days]));
  return [...new Set([...steps, ...more])];
}
