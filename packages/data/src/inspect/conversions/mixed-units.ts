import { inspectionRules } from "../inspection-rules.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import { rowsAtMost, type Suspicion } from "../suspicion.ts";
import { type Conversion, ofDates, ofNumbers } from "./conversion.ts";
import {
  conversionOf,
  type Far,
  farTimes,
  mayBeConverted,
  nearTimes,
  type Scale,
} from "./explained-share.ts";

/** Columns that are looked at, those that rows are grouped by, and those that are held against each other. */
const columnLimit = 8;
const groupLimit = 1;
const pairLimit = 5;
/** Fewest values, and rows of a group on average. */
const fewest = 30;
const groupRows = 10;
/** Rows on either side that say what a value should be: half of them may be in another unit too. */
const rowsBeside = 3;
/** Values that are far and looked at. */
const drawn = 400;
/** Least usual distance: of logarithms, of the spread of the column, and in days. */
const floors = { logs: 0.005, spread: 0.005, days: 1 } as const;

/** What a value is said to be by something else in the table. */
interface Expectation {
  readonly column: SurveyColumn;
  /** Of the prepared table. */
  readonly expected: string;
  readonly by: string;
  readonly others: readonly string[];
  readonly scale: "differences" | "logarithms";
}

/** The same, with how far values usually are from it. */
interface Measured extends Expectation {
  /** Its place among all. */
  readonly at: number;
  readonly usual: number;
}

/**
 * Finds numbers and dates that fit once they are converted back: what the rows around them, those of their group, or another
 * column say they should be, they are in another unit, or with day and month exchanged. So neither how far they are nor how
 * many there are decides, as long as most are as they should be.
 */
export async function inspectConversions(survey: Survey): Promise<readonly Suspicion[]> {
  const columns = survey.columns
    .filter(
      ({ kind, present, distinct }) => kind !== "words" && present >= fewest && distinct >= 12,
    )
    .slice(0, columnLimit);
  if (columns.length === 0) return [];
  const { query, expectations } = prepared(survey, columns);
  return survey.engine.withTable(
    query,
    async (table) => {
      const found = await converted(survey, table, expectations);
      // The rows are looked up after this table is gone, so the queries must hold it themselves.
      return found.map((one) => ({ ...one, rows: one.rows.replaceAll(table, `(${query})`) }));
    },
    survey.signal,
  );
}

/** A query for all columns and what is said of them. */
function prepared(
  survey: Survey,
  columns: readonly SurveyColumn[],
): { readonly query: string; readonly expectations: readonly Expectation[] } {
  const groups = survey.columns
    .filter(
      ({ kind, distinct, present }) =>
        kind === "words" && distinct >= 2 && present >= distinct * groupRows,
    )
    .sort((a, b) => b.distinct - a.distinct)
    .slice(0, groupLimit);
  const selected: string[] = [];
  const expectations: Expectation[] = [];
  const expect = (
    column: SurveyColumn,
    by: string,
    expression: string,
    scales: readonly Expectation["scale"][],
    others: readonly string[] = [],
  ): void => {
    const expected = `e${selected.length}`;
    selected.push(`${expression} AS ${expected}`);
    for (const scale of scales)
      if (scale === "differences" || isPositive(column))
        expectations.push({ column, expected, by, others, scale });
  };
  const around = (n: string, over: string): string =>
    `median(${n}) OVER (${over}ORDER BY _row ROWS BETWEEN ${rowsBeside} PRECEDING AND ${rowsBeside} FOLLOWING)`;
  for (const column of columns) {
    const { number: n, kind } = column;
    const both = ["differences", "logarithms"] as const;
    expect(column, "the rows around it say", around(n, ""), both);
    for (const { name, text } of groups) {
      const words = `the rows around it with the same '${name}' say`;
      expect(column, words, around(n, `PARTITION BY ${text} `), both, [name]);
      if (kind === "number")
        expect(
          column,
          `the rows with the same '${name}' say`,
          `median(${n}) OVER (PARTITION BY ${text})`,
          both,
          [name],
        );
    }
    if (kind === "number")
      expect(column, "the others of its column say", `median(${n}) OVER ()`, ["logarithms"]);
  }
  for (const [at, one] of columns.slice(0, pairLimit).entries())
    for (const other of columns.slice(at + 1, pairLimit)) {
      if (one.kind !== other.kind) continue;
      const [a, b] = [one.number, other.number];
      if (one.kind === "date")
        expect(
          one,
          `'${other.name}' says`,
          `${b} + median(${a} - ${b}) OVER ()`,
          ["differences"],
          [other.name],
        );
      else if (isPositive(one) && isPositive(other))
        expect(
          one,
          `'${other.name}' says`,
          `${b} * exp(median(CASE WHEN ${a} > 0 AND ${b} > 0 THEN ln(${a} / ${b}) END) OVER ())`,
          ["logarithms"],
          [other.name],
        );
    }
  return {
    expectations,
    query: `SELECT _row, ${columns.map(({ number }) => number).join(", ")}, ${selected.join(", ")} FROM ${survey.table}`,
  };
}

const isPositive = ({ kind, positive, present, lowest }: SurveyColumn): boolean =>
  kind === "number" && positive >= present * 0.94 && (positive < present || lowest > 0);

/** How far a value is from what is said of it. */
function distance({ column: { number: n }, expected, scale }: Expectation, value = n): string {
  return scale === "differences"
    ? `(${value} - ${expected})`
    : `(CASE WHEN ${value} > 0 AND ${expected} > 0 THEN ln(${value} / ${expected}) END)`;
}

async function converted(
  survey: Survey,
  table: string,
  expectations: readonly Expectation[],
): Promise<readonly Suspicion[]> {
  const { most } = inspectionRules["mixed-unit"].thresholds;
  const columns = [...new Set(expectations.map(({ column }) => column))];
  // What is itself the middle of the rows around it does not say how far values are.
  const [usual = {}] = await survey.engine.rows(
    `SELECT ${[
      ...columns.map(
        ({ index, number: n }) => `quantile_cont(${n}, [0.1, 0.9])::DOUBLE[] AS s${index}`,
      ),
      ...expectations.map(
        (one, at) =>
          `(median(abs(${distance(one)})) FILTER (${distance(one)} <> 0))::DOUBLE AS u${at}`,
      ),
    ].join(", ")} FROM ${table}`,
    survey.signal,
  );
  const usualOf = ({ column, scale }: Expectation, at: number): number => {
    const ends = usual[`s${column.index}`];
    const [low = 0, high = 0] = Array.isArray(ends) ? ends.map(Number) : [];
    const spread = column.kind === "date" ? floors.days : (high - low) * floors.spread;
    return Math.max(Number(usual[`u${at}`]), scale === "logarithms" ? floors.logs : spread);
  };
  const measured = expectations.map(
    (one, at): Measured => ({ ...one, at, usual: usualOf(one, at) }),
  );
  const [counts = {}] = await survey.engine.rows(
    `SELECT ${measured.map((one) => `count(*) FILTER (${beyond(one, farTimes)})::DOUBLE AS n${one.at}, count(*) FILTER (${beyond(one, nearTimes)})::DOUBLE AS b${one.at}`).join(", ")} FROM ${table}`,
    survey.signal,
  );
  const far = ({ at }: Measured): number => Number(counts[`n${at}`]);
  const between = (one: Measured): number => Number(counts[`b${one.at}`]) - far(one);
  const possible = measured.filter(
    (one) =>
      one.usual > 0 &&
      mayBeConverted(far(one), between(one)) &&
      far(one) <= rowsAtMost(one.column.present, most),
  );
  if (possible.length === 0) return [];
  const [row = {}] = await survey.engine.rows(
    `SELECT ${possible.map((one) => `(median(${distance(one)}) FILTER (NOT ${beyond(one, farTimes)}))::DOUBLE AS m${one.at}, (list([${one.column.number}, ${one.expected}]::DOUBLE[]) FILTER (${beyond(one, farTimes)}))[:${drawn}] AS f${one.at}`).join(", ")} FROM ${table}`,
    survey.signal,
  );
  const best = new Map<string, { readonly rows: number; readonly suspicion: Suspicion }>();
  for (const one of possible) {
    const { column, others, by } = one;
    const count = far(one);
    if (count <= (best.get(column.name)?.rows ?? 0)) continue;
    const pairs = pairsOf(row[`f${one.at}`]);
    const scale: Scale = {
      logs: one.scale === "logarithms",
      usual: one.usual,
      middle: Number(row[`m${one.at}`]),
      // Of those that are far, as many as were drawn.
      between: between(one) * (pairs.length / count),
    };
    const conversion = conversionOf(pairs, scale, column.kind === "date" ? ofDates : ofNumbers);
    if (conversion === undefined) continue;
    best.set(column.name, {
      rows: count,
      suspicion: {
        rule: "mixed-unit",
        columns: [column.name, ...others],
        rows: rowsOf(table, one, scale, conversion),
        score: 1 - 0.4 * (count / rowsAtMost(column.present, most)),
        evidence: `about ${count} of ${column.present} values are far from what ${by}, as if they had been ${conversion.words}; with that undone they fit`,
        shown: column.text,
      },
    });
  }
  return [...best.values()].map(({ suspicion }) => suspicion);
}

const beyond = (one: Measured, times: number): string =>
  `abs(${distance(one)}) > ${one.usual * times}`;

const rowsOf = (
  table: string,
  one: Measured,
  { usual, middle }: Scale,
  { sql }: Conversion,
): string =>
  `SELECT _row FROM ${table} WHERE ${beyond(one, farTimes)} AND abs(${distance(one, sql(one.column.number))} - (${middle})) <= ${usual * nearTimes}`;

function pairsOf(list: unknown): readonly Far[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((pair) =>
    Array.isArray(pair) ? [{ value: Number(pair[0]), expected: Number(pair[1]) }] : [],
  );
}
