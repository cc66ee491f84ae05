import { conversionOf } from "../conversions/between-levels.ts";
import { inspectionRules } from "../inspection-rules.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import type { Suspicion } from "../suspicion.ts";
import { type ChangePoint, changePointOf, dividedAt, medianOf } from "./change-point.ts";
import { driftOf } from "./drift.ts";

/** Fewest rows of which a part says something. */
const fewest = 30;
/** Rows that are drawn, in even distances. */
const drawn = 1500;
/** Different values from which on a column is a measure. */
const measureValues = 8;
/** Rows of each value of a column that groups rows, on average. */
const groupRows = 4;
/** Share of steps in one direction from which on words are in order. */
const inOrder = 0.9;
/** One in so many coincidences is chance. */
const chance = 20;

/** A way of looking at a column's values. */
interface View {
  readonly fits: (column: SurveyColumn) => boolean;
  /** What is looked at, as SQL; null where a value has none. */
  readonly of: (column: SurveyColumn) => string;
  readonly says: (
    column: SurveyColumn,
    here: readonly number[],
    elsewhere: readonly number[],
  ) => string;
}

const isMeasure = ({ kind, distinct }: SurveyColumn): boolean =>
  kind === "number" && distinct >= measureValues;

/** What a value may consist of, by the number that the last view has for it. */
const forms = ["numbers", "dates or codes", "words"];

const views: readonly View[] = [
  { fits: isMeasure, of: ({ number: n }) => n, says: levels },
  // Another unit is a factor; zeros are the same in both.
  {
    fits: isMeasure,
    of: ({ number: n }) => `CASE WHEN ${n} <> 0 THEN ln(abs(${n})) END`,
    says: (column, here, elsewhere) => levels(column, here.map(Math.exp), elsewhere.map(Math.exp)),
  },
  {
    fits: isMeasure,
    of: ({ number: n, text }) =>
      `CASE WHEN ${n} IS NOT NULL THEN length(split_part(${text}, '.', 2)) END`,
    says: ({ name }, here, elsewhere) =>
      `'${name}' is written with ${medianOf(here)} decimals, elsewhere with ${medianOf(elsewhere)}`,
  },
  {
    fits: ({ kind }) => kind !== "number",
    of: ({ text }) =>
      `CASE WHEN ${text} IS NULL THEN NULL WHEN TRY_CAST(${text} AS DOUBLE) IS NOT NULL THEN 0 WHEN regexp_matches(${text}, '[0-9]') THEN 1 ELSE 2 END`,
    says: ({ name }, here, elsewhere) =>
      `'${name}' holds ${forms[Math.round(medianOf(here))]}, elsewhere ${forms[Math.round(medianOf(elsewhere))]}`,
  },
];

function levels(
  { name }: SurveyColumn,
  here: readonly number[],
  elsewhere: readonly number[],
): string {
  const conversion = conversionOf(elsewhere, here);
  return `the middle of '${name}' is ${short(medianOf(here))}, elsewhere ${short(medianOf(elsewhere))}${conversion === undefined ? "" : `: ${conversion}`}`;
}

/** Finds columns whose numbers go on at another level, or in another unit, from a row on or for a stretch of rows. */
export async function inspectChanges(survey: Survey): Promise<readonly Suspicion[]> {
  const columns = survey.columns.filter(({ present }) => present >= fewest);
  if (columns.length === 0 || survey.rows < fewest) return [];
  const step = Math.max(1, Math.floor(survey.rows / drawn));
  const seen = columns.flatMap((column) =>
    views.flatMap(({ fits, of }, number) =>
      fits(column) ? [`(${of(column)})::DOUBLE AS v${column.index}_${number}`] : [],
    ),
  );
  const rows = await survey.engine.rows(
    `SELECT _row::DOUBLE AS r, ${seen.join(", ")} FROM ${survey.table} WHERE _row % ${step} = 0 ORDER BY _row`,
    survey.signal,
  );
  const pointsOf = ({ index }: SurveyColumn, view: number): readonly Point[] =>
    rows.flatMap((row) => {
      const value = row[`v${index}_${view}`];
      return value === null || value === undefined
        ? []
        : [{ row: Number(row["r"]), value: Number(value) }];
    });
  const found: Suspicion[] = [];
  for (const column of columns) {
    const [clearest] = views
      .flatMap((view, number) => {
        if (!view.fits(column)) return [];
        const points = pointsOf(column, number);
        if (points.length < fewest) return [];
        const change = changePointOf(
          points.map(({ value }) => value),
          inspectionRules.change.thresholds,
        );
        return change === undefined ? [] : [{ column, view, points, change }];
      })
      .toSorted((a, b) => b.change.score - a.change.score);
    if (clearest === undefined) {
      found.push(...driftIn(survey, column, pointsOf(column, 0)));
      continue;
    }
    const { points, change } = clearest;
    const from = await exactRow(survey, clearest, change.from);
    const to =
      change.to === points.length ? undefined : await exactRow(survey, clearest, change.to);
    if (await explained(survey, column, [from, ...(to === undefined ? [] : [to])])) continue;
    found.push(suspicionOf(survey, clearest, from, to));
  }
  return found;
}

interface Point {
  readonly row: number;
  readonly value: number;
}

/** A change, and how it was seen. */
interface Seen {
  readonly column: SurveyColumn;
  readonly view: View;
  readonly points: readonly Point[];
  readonly change: ChangePoint;
}

/** The row at which a level begins: of the rows between two that were drawn the one that divides them best. */
async function exactRow(
  survey: Survey,
  { column, view, points, change: { before, after, to } }: Seen,
  at: number,
): Promise<number> {
  const [last, here] = [points[at - 1]?.row ?? 0, points[at]?.row ?? 0];
  if (here - last <= 1) return here;
  const between = await survey.engine.rows(
    `SELECT * FROM (SELECT _row::DOUBLE AS r, (${view.of(column)})::DOUBLE AS v FROM ${survey.table} WHERE _row > ${last} AND _row <= ${here}) WHERE v IS NOT NULL ORDER BY r`,
    survey.signal,
  );
  const [first, second] = at === to ? [after, before] : [before, after];
  const place = dividedAt(
    between.map((row) => Number(row["v"])),
    first,
    second,
  );
  return Number(between[Math.min(place, between.length - 1)]?.["r"] ?? here);
}

/**
 * Whether another column changes at the same places, which it would not by chance: then they are where a group begins.
 * Where levels overlap the place is not found to the row. Words in order begin with digits, and then with letters.
 */
async function explained(
  survey: Survey,
  column: SurveyColumn,
  places: readonly number[],
): Promise<boolean> {
  const groups = survey.columns.filter(
    (one) => one !== column && one.distinct >= 2 && one.distinct * groupRows <= survey.rows,
  );
  const order = `${column.text} >= lag(${column.text}) OVER (ORDER BY _row) AS up`;
  const changes = groups.map(
    ({ text, index }) =>
      `(${text} IS DISTINCT FROM lag(${text}) OVER (ORDER BY _row)) AS g${index}`,
  );
  const counts = groups.map(
    ({ index }) =>
      `count(*) FILTER (g${index})::DOUBLE AS r${index}, list(_row::DOUBLE) FILTER (g${index} AND (${places.map((place) => `abs(_row - ${place}) <= ${survey.rows / chance}`).join(" OR ")})) AS p${index}`,
  );
  const [row = {}] = await survey.engine.rows(
    `SELECT ${["avg(up::INT)::DOUBLE AS up", ...counts].join(", ")} FROM (SELECT ${["_row", order, ...changes].join(", ")} FROM ${survey.table})`,
    survey.signal,
  );
  if (column.kind === "words" && Math.abs(Number(row["up"]) - 0.5) >= inOrder - 0.5) return true;
  return groups.some(({ index }) => {
    const runs = Number(row[`r${index}`]);
    const found = row[`p${index}`];
    const begins = Array.isArray(found) ? found.map(Number) : [];
    // So near, at so many of the places, that chance has it in one of so many files.
    const isNear = (count: number): boolean => {
      const about = (survey.rows / (runs * chance ** (1 / count)) - 1) / 2;
      const near = places.filter((place) =>
        begins.some((begin) => Math.abs(begin - place) <= about),
      );
      return near.length >= count;
    };
    return isNear(1) || (places.length > 1 && isNear(places.length));
  });
}

function driftIn(
  survey: Survey,
  column: SurveyColumn,
  points: readonly Point[],
): readonly Suspicion[] {
  if (!isMeasure(column)) return [];
  const { ranges: needed } = inspectionRules.drift.thresholds;
  const drift = driftOf(
    points.map(({ value }) => value),
    needed,
  );
  const from = points[drift?.from ?? 0]?.row;
  if (drift === undefined || from === undefined) return [];
  const { rate, ranges } = drift;
  return [
    {
      rule: "drift",
      columns: [column.name],
      rows: `SELECT _row FROM ${survey.table} WHERE _row >= ${from} AND ${column.text} IS NOT NULL`,
      score: 1 - 0.5 * (needed / ranges),
      evidence: `from about row ${from} on '${column.name}' ${rate > 0 ? "rises" : "falls"} steadily, in the end ${short(ranges)} times as far as all before it reaches`,
      shown: column.text,
    },
  ];
}

function suspicionOf(
  survey: Survey,
  { column, view, points, change }: Seen,
  from: number,
  to: number | undefined,
): Suspicion {
  const { most } = inspectionRules.change.thresholds;
  const values = points.map(({ value }) => value);
  const [inside, outside] = [
    values.slice(change.from, change.to),
    [...values.slice(0, change.from), ...values.slice(change.to)],
  ];
  const stretch = to === undefined ? `_row >= ${from}` : `_row >= ${from} AND _row < ${to}`;
  // Which side is wrong cannot be told: it is rather what comes later, unless that is most of the file.
  const named = inside.length <= values.length * most ? stretch : `NOT (${stretch})`;
  return {
    rule: "change",
    columns: [column.name],
    rows: `SELECT _row FROM ${survey.table} WHERE ${named} AND ${column.text} IS NOT NULL`,
    score: change.score,
    evidence: `from row ${from} ${to === undefined ? "on" : `to ${to - 1}`} ${view.says(column, inside, outside)}`,
    shown: column.text,
  };
}

const short = (value: number): string => String(Number(value.toPrecision(4)));
