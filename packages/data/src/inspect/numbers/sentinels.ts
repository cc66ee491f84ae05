import { inspectionRules } from "../inspection-rules.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import type { Suspicion } from "../suspicion.ts";

/** Numbers that are written for "unknown", and the days that are. */
const usual = [-1, -9, -99, -999, -9999, -99999, -999999, 999, 9999, 99999, 999999, 9999999];
/** 1900-01-01, 1970-01-01, 9999-12-31 and 0001-01-01 as days since 1970. */
const usualDays = [-25567, 0, 2932896, -719162];

/** Different values from which on a column is one of measures, where one number that comes often has no meaning of its own. */
const manyValues = 12;
/** Share of a column up to which it need not be one of measures. */
const fewShare = 0.1;

/** Finds numbers and dates that stand for nothing: known ones beyond all others, and any other that comes again and again there. */
export async function sentinels(
  survey: Survey,
  columns: readonly SurveyColumn[],
): Promise<readonly Suspicion[]> {
  const known = await knownOnes(survey, columns);
  const names = new Set(known.flatMap((one) => one.columns));
  return [
    ...known,
    ...(await loneOnes(
      survey,
      columns.filter(({ name, distinct }) => !names.has(name) && distinct >= manyValues),
    )),
  ];
}

/** A sentinel that is usual is apart from everything else, or comes again and again at the very end. */
async function knownOnes(
  survey: Survey,
  columns: readonly SurveyColumn[],
): Promise<readonly Suspicion[]> {
  const { most } = inspectionRules.sentinel.thresholds;
  const listOf = ({ kind }: SurveyColumn): string =>
    (kind === "date" ? usualDays : usual).join(", ");
  const counts = columns.map((column) => {
    const { number: n, index } = column;
    const known = `${n} IN (${listOf(column)})`;
    return [
      `count(*) FILTER (${known})::DOUBLE AS s${index}`,
      `quantile_disc(${n}, [0.02, 0.5, 0.98]) FILTER (NOT (${known})) AS q${index}`,
      `min(${n}) FILTER (NOT (${known}))::DOUBLE AS l${index}`,
      `max(${n}) FILTER (NOT (${known}))::DOUBLE AS h${index}`,
      `max(${n}) FILTER (${known})::DOUBLE AS x${index}`,
      `min(${n}) FILTER (${known})::DOUBLE AS y${index}`,
    ].join(", ");
  });
  const [row = {}] = await survey.engine.rows(
    `SELECT ${counts.join(", ")} FROM ${survey.table}`,
    survey.signal,
  );
  return columns.flatMap((column) => {
    const of = (key: string): number => Number(row[`${key}${column.index}`]);
    const count = of("s");
    const quantiles = row[`q${column.index}`];
    const share = column.distinct >= manyValues ? most : fewShare;
    if (count === 0 || count > column.present * share || !Array.isArray(quantiles)) return [];
    const [low = 0, , high = 0] = quantiles.map(Number);
    const width = high - low || 1;
    const highest = of("x") > of("h") && of("x") - of("h") > width * 0.5;
    const lowest =
      of("y") < of("l") &&
      (of("l") - of("y") > width * 0.5 ||
        (of("l") >= 0 && of("y") <= -9 && column.kind === "number"));
    if (!highest && !lowest) return [];
    const condition = [
      highest ? `${column.number} > ${of("h")}` : "",
      lowest ? `${column.number} < ${of("l")}` : "",
    ]
      .filter(Boolean)
      .join(" OR ");
    return [
      {
        rule: "sentinel",
        columns: [column.name],
        rows: `SELECT _row FROM ${survey.table} WHERE ${column.number} IN (${listOf(column)}) AND (${condition})`,
        score: 0.9,
        evidence: `${count} values of a kind written for 'unknown' lie beyond all others`,
        shown: column.text,
      },
    ];
  });
}

/** The highest or lowest value of a measure, when it comes again and again and nothing is near it. */
async function loneOnes(
  survey: Survey,
  columns: readonly SurveyColumn[],
): Promise<readonly Suspicion[]> {
  if (columns.length === 0) return [];
  const { most, least, apart } = inspectionRules.sentinel.thresholds;
  const [ends = {}] = await survey.engine.rows(
    `SELECT ${columns.map(({ number: n, index }) => `max(${n}, ${least})::DOUBLE[] AS h${index}, min(${n}, ${least})::DOUBLE[] AS l${index}`).join(", ")} FROM ${survey.table}`,
    survey.signal,
  );
  const repeated = columns.flatMap((column) =>
    ([`h${column.index}`, `l${column.index}`] as const).flatMap((key) => {
      const list = ends[key];
      const values = Array.isArray(list) ? list.map(Number) : [];
      const [value] = values;
      // Nothing at all is a usual amount.
      if (value === undefined || value === 0 || values.length < least) return [];
      return values.every((one) => one === value) ? [{ column, value }] : [];
    }),
  );
  if (repeated.length === 0) return [];
  const [row = {}] = await survey.engine.rows(
    `SELECT ${repeated.map(({ column: { number: n }, value }, at) => `count(*) FILTER (${n} = ${value})::DOUBLE AS n${at}, min(abs(${n} - ${value})) FILTER (${n} <> ${value})::DOUBLE AS g${at}, quantile_disc(${n}, [0.02, 0.98]) FILTER (${n} <> ${value}) AS q${at}`).join(", ")} FROM ${survey.table}`,
    survey.signal,
  );
  return repeated.flatMap(({ column: { name, number: n, text, present, kind }, value }, at) => {
    const [count, gap] = [Number(row[`n${at}`]), Number(row[`g${at}`])];
    const quantiles = row[`q${at}`];
    const [low = 0, high = 0] = Array.isArray(quantiles) ? quantiles.map(Number) : [];
    if (count > present * most || !(high > low) || gap < (high - low) * apart) return [];
    return [
      {
        rule: "sentinel" as const,
        columns: [name],
        rows: `SELECT _row FROM ${survey.table} WHERE ${n} = ${value}`,
        score: 1 - 0.4 * (((high - low) * apart) / gap),
        evidence: `${count} values are the same ${kind === "date" ? "day" : "number"}, which lies ${(gap / (high - low)).toFixed(1)} times as far beyond all others as these reach`,
        shown: text,
      },
    ];
  });
}
