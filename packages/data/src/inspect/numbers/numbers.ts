import { inspectionRules } from "../inspection-rules.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import { rowsAtMost, type Suspicion } from "../suspicion.ts";
import { circle, isDirection } from "./directions.ts";
import { sentinels } from "./sentinels.ts";
import { sharedNegatives } from "./siblings.ts";
import {
  beyond,
  type Ends,
  endsOf,
  type Probe,
  type Separation,
  scoreOf,
  separate,
} from "./tails.ts";

/** Different values up to which a column may be one of classes. */
const fewValues = 16;

/** Different values from which on a column that is in order is so on purpose. */
const seriesValues = 15;

/** Of the score, where siblings of a column have the same: a note is left. */
const asSiblings = 0.5;

/** How far ends of quarters of mirrored numbers may be apart, and how far from zero the nearest number must be, of a usual one. */
const mirrorTolerance = 0.35;
const fromZero = 0.2;

const numeric = ({ kind, present }: SurveyColumn): boolean => kind !== "words" && present >= 8;

/** Finds values far from the others of their column. */
export async function inspectNumbers(survey: Survey): Promise<readonly Suspicion[]> {
  const columns = survey.columns.filter(numeric);
  if (columns.length === 0) return [];
  return [
    ...(await outliers(survey, columns)),
    ...(await sentinels(survey, columns)),
    ...(await signs(survey, columns)),
    ...(await decimals(
      survey,
      columns.filter(({ kind }) => kind === "number"),
    )),
    ...(await coordinates(survey, columns)),
  ];
}

async function outliers(
  survey: Survey,
  columns: readonly SurveyColumn[],
): Promise<readonly Suspicion[]> {
  const { gap, heavy, most } = inspectionRules.outlier.thresholds;
  const probes = columns.flatMap((column) => {
    const plain: Probe = { expression: column.number, gap, heavy, most, among: columns.length };
    const orders: Probe = {
      ...plain,
      expression: `CASE WHEN ${column.number} > 0 THEN ln(${column.number}) END`,
    };
    const scaled =
      column.kind === "number" && column.distinct >= 8 && column.positive >= column.present * 0.9;
    return [
      { column, probe: plain, scale: "" },
      ...(scaled ? [{ column, probe: orders, scale: " in orders of magnitude" }] : []),
    ];
  });
  const ends = await endsOf(
    survey,
    probes.map(({ probe }) => probe),
  );
  const shared = sharedNegatives(columns);
  const candidates = columns.flatMap((column) => {
    const apart = probes.flatMap(({ column: of, probe, scale }, index) => {
      const end = ends[index];
      if (of !== column || end === undefined) return [];
      // Where values span orders of magnitude, only the scale of these says what is far.
      const plain = (value: number): number => (scale === "" ? value : Math.exp(value));
      const skewed = scale === "" && isSkewed(end) && column.positive === column.present;
      return separate(end, probe)
        .filter(({ side }) => !(skewed && side === "high"))
        .filter(
          ({ side, bound }) =>
            !isRoundTheCircle(
              column,
              side,
              plain(firstBeyond(end, side, bound)),
              plain(end.median),
            ),
        )
        .map((separation) => ({ separation, probe, scale }));
    });
    return apart.length === 0 ? [] : [{ column, apart }];
  });
  const ordered = await inOrder(
    survey,
    candidates.map(({ column }) => column),
  );
  const found: Suspicion[] = [];
  for (const { column, apart } of candidates) {
    // What is where the order of the file puts it did not get there by a slip.
    if (ordered.has(column.index)) continue;
    const scored = (separation: Separation): number =>
      scoreOf(separation) *
      (shared.has(column.index) && separation.side === "low" && separation.bound < 0
        ? asSiblings
        : 1);
    const conditions = apart.map(({ probe, separation }) => beyond(probe.expression, separation));
    const words = apart.map(
      ({ separation: { side, values, ratio }, scale }) =>
        `${values} ${side === "high" ? "above" : "below"} a gap, ${ratio.toFixed(1)} times as far out as the rest${scale}`,
    );
    found.push({
      rule: "outlier",
      columns: [column.name],
      rows: `SELECT _row FROM ${survey.table} WHERE ${conditions.join(" OR ")}`,
      score: Math.max(...apart.map(({ separation }) => scored(separation))) * sure(column, apart),
      evidence: words.join("; "),
      shown: column.text,
    });
  }
  return found;
}

/** Whether what lies beyond a gap is nearer to the other end of a column of directions than to its middle. */
function isRoundTheCircle(
  column: SurveyColumn,
  side: Separation["side"],
  first: number,
  median: number,
): boolean {
  if (!isDirection(column)) return false;
  const around = side === "high" ? circle - first + column.lowest : circle - column.highest + first;
  return around < Math.abs(first - median);
}

/** The value that is nearest to the others of those beyond a gap. */
function firstBeyond({ low, high }: Ends, side: Separation["side"], bound: number): number {
  const first =
    side === "high" ? high.find((value) => value > bound) : low.findLast((value) => value < bound);
  return first ?? bound;
}

/** Columns that only grow, or only fall, from the first row to the last. */
async function inOrder(
  survey: Survey,
  columns: readonly SurveyColumn[],
): Promise<ReadonlySet<number>> {
  if (columns.length === 0) return new Set();
  const before = columns.map(({ number: n, index }) => `lag(${n}) OVER w AS b${index}`);
  const counts = columns.map(
    ({ number: n, index }) =>
      `least(count(*) FILTER (${n} < b${index}), count(*) FILTER (${n} > b${index}))::DOUBLE AS t${index}`,
  );
  const [row = {}] = await survey.engine.rows(
    `SELECT ${counts.join(", ")} FROM (SELECT *, ${before.join(", ")} FROM ${survey.table} WINDOW w AS (ORDER BY _row))`,
    survey.signal,
  );
  return new Set(
    columns
      .filter(
        ({ index, present, distinct }) =>
          present === survey.rows && distinct >= seriesValues && Number(row[`t${index}`]) === 0,
      )
      .map(({ index }) => index),
  );
}

/** A gap between a few different numbers, as of classes, says little unless it is wide. */
function sure(
  { distinct }: SurveyColumn,
  apart: readonly { readonly separation: { readonly ratio: number; readonly values: number } }[],
): number {
  const wide = apart.some(({ separation: { ratio, values } }) => ratio >= 3 || values === 1);
  return distinct <= fewValues && !wide ? 0.6 : 1;
}

/** Whether the upper half reaches out much further than the lower one. */
function isSkewed({ inner, median }: Ends): boolean {
  return inner[1] - median > 3 * (median - inner[0]);
}

async function signs(
  survey: Survey,
  columns: readonly SurveyColumn[],
): Promise<readonly Suspicion[]> {
  const numbers = columns.filter(
    ({ kind, positive, present }) => kind === "number" && positive < present && positive > 0,
  );
  const { most, mirrored } = inspectionRules.sign.thresholds;
  const rare = numbers.filter(({ lowest }) => lowest < 0);
  if (rare.length === 0) return [];
  const counts = rare.map(
    ({ number: n, index }) =>
      `count(*) FILTER (${n} < 0)::DOUBLE AS c${index}, quantile_cont(${n}, [0.25, 0.5, 0.75]) FILTER (${n} > 0) AS p${index}, quantile_cont(-${n}, [0.25, 0.5, 0.75]) FILTER (${n} < 0) AS m${index}, min(abs(${n}))::DOUBLE AS z${index}`,
  );
  const [row = {}] = await survey.engine.rows(
    `SELECT ${counts.join(", ")} FROM ${survey.table}`,
    survey.signal,
  );
  const shared = sharedNegatives(columns);
  return rare.flatMap(({ index, name, number, text, present }) => {
    const count = Number(row[`c${index}`]);
    const positive = numbersOf(row[`p${index}`]);
    const negative = numbersOf(row[`m${index}`]);
    const mirror = isMirrored(positive, negative, Number(row[`z${index}`]));
    const limit = Math.max(1, present * (mirror ? mirrored : most));
    if (count === 0 || count > limit) return [];
    if ((negative[1] ?? 0) < (positive[0] ?? 0)) return [];
    return [
      {
        rule: "sign",
        columns: [name],
        rows: `SELECT _row FROM ${survey.table} WHERE ${number} < 0`,
        score: (1 - 0.5 * (count / limit)) * (shared.has(index) ? asSiblings : 1),
        evidence: `${count} of ${present} numbers are negative, and about as large as the others`,
        shown: text,
      },
    ];
  });
}

/** Whether negative numbers are positive ones with another sign: nothing is near zero, and quarters end at the same sizes. */
function isMirrored(
  positive: readonly number[],
  negative: readonly number[],
  nearest: number,
): boolean {
  const [, middle = 0] = positive;
  const alike = positive.every((value, at) => {
    const other = negative[at] ?? 0;
    return Math.abs(other - value) <= value * mirrorTolerance;
  });
  return nearest >= middle * fromZero && positive.length > 0 && alike;
}

const numbersOf = (list: unknown): readonly number[] =>
  Array.isArray(list) ? list.map(Number) : [];

async function decimals(
  survey: Survey,
  columns: readonly SurveyColumn[],
): Promise<readonly Suspicion[]> {
  if (columns.length === 0) return [];
  const { regular, more, most, dust, dusty } = inspectionRules.decimals.thresholds;
  const plain = ({ text, number }: SurveyColumn): string =>
    // A zero is written short whatever the others are.
    `regexp_full_match(${text}, '-?[0-9]*[.]?[0-9]*') AND ${number} <> 0`;
  const placesOf = (column: SurveyColumn): string =>
    `CASE WHEN ${plain(column)} THEN length(split_part(${column.text}, '.', 2)) END`;
  const digitsOf = (column: SurveyColumn): string =>
    `CASE WHEN ${plain(column)} THEN length(ltrim(regexp_replace(${column.text}, '[-.]', '', 'g'), '0')) END`;
  const counts = columns.map(
    (column) =>
      `map_entries(histogram(${placesOf(column)})) AS h${column.index}, quantile_disc(${digitsOf(column)}, ${regular}) AS s${column.index}`,
  );
  const [row = {}] = await survey.engine.rows(
    `SELECT ${counts.join(", ")} FROM ${survey.table}`,
    survey.signal,
  );
  return columns.flatMap((column) => {
    const entries = row[`h${column.index}`];
    if (!Array.isArray(entries)) return [];
    const places = entries
      .map((entry) => entry as { readonly key: unknown; readonly value: unknown })
      .map(({ key, value }) => ({ decimals: Number(key), values: Number(value) }))
      .sort((a, b) => a.decimals - b.decimals);
    const total = places.reduce((sum, { values }) => sum + values, 0);
    let covered = 0;
    let usual = 0;
    for (const { decimals: count, values } of places) {
      if (covered >= total * regular) break;
      covered += values;
      usual = count;
    }
    // Far more decimals than all others are what is left of a calculation, however many numbers have them.
    const jump = places.find(
      ({ decimals: count }, at) => at > 0 && count - (places[at - 1]?.decimals ?? 0) >= dust,
    );
    const counted = (from: number): number =>
      places.reduce((sum, place) => sum + (place.decimals >= from ? place.values : 0), 0);
    const isDust = jump !== undefined && counted(jump.decimals) <= total * dusty;
    if (isDust) usual = (places[places.indexOf(jump) - 1]?.decimals ?? 0) + dust - more;
    const values = counted(usual + more);
    const limit = rowsAtMost(total, isDust ? dusty : most);
    if (values === 0 || values > limit || total < 10) return [];
    // Where all numbers have as many digits that count, the smaller ones have more decimals.
    const digits = Number(row[`s${column.index}`]);
    const far = `${placesOf(column)} >= ${usual + more}`;
    const condition = isDust ? far : `${far} AND ${digitsOf(column)} > ${digits}`;
    return [
      {
        rule: "decimals",
        columns: [column.name],
        rows: `SELECT _row FROM ${survey.table} WHERE ${condition}`,
        score: 1 - 0.5 * (values / limit),
        evidence: isDust
          ? `${values} of ${total} numbers have ${usual + more} decimals or more, the others at most ${usual + more - dust}`
          : `numbers have ${usual + more} decimals or more, and more than ${digits} digits, where nearly all others of ${total} have at most ${usual} decimals`,
        shown: column.text,
      },
    ];
  });
}

async function coordinates(
  survey: Survey,
  columns: readonly SurveyColumn[],
): Promise<readonly Suspicion[]> {
  const { latitude, longitude, most } = inspectionRules.coordinate.thresholds;
  const limits = columns.flatMap((column): { column: SurveyColumn; limit: number }[] => {
    if (column.kind !== "number") return [];
    if (/(^|[^a-z])lat(itude)?$/i.test(column.name)) return [{ column, limit: latitude }];
    if (/(^|[^a-z])(lon|lng|long)(gitude)?$/i.test(column.name))
      return [{ column, limit: longitude }];
    return [];
  });
  const found: Suspicion[] = [];
  for (const { column, limit } of limits) {
    const condition = `abs(${column.number}) > ${limit}`;
    const [row] = await survey.engine.rows(
      `SELECT count(*)::DOUBLE AS n FROM ${survey.table} WHERE ${condition}`,
      survey.signal,
    );
    const count = Number(row?.["n"]);
    if (count === 0 || (count > column.present * most && count > 1)) continue;
    found.push({
      rule: "coordinate",
      columns: [column.name],
      rows: `SELECT _row FROM ${survey.table} WHERE ${condition}`,
      score: 1,
      evidence: `${count} values are beyond ${limit} degrees`,
      shown: column.text,
    });
  }
  return found;
}
