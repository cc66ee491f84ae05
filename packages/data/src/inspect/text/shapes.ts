import { literal } from "../../engine/sql.ts";
import { inspectionRules } from "../inspection-rules.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import { rowsAtMost, type Suspicion } from "../suspicion.ts";
import { isReadBack } from "./likeness.ts";
import { isRareInProse, ofProse } from "./prose.ts";

/** Shapes of a column that are looked at. */
const shapeLimit = 400;
/** Values longer than this have no form that is worth comparing letter by letter. */
const longestCode = 24;

/** Rows of each value on average from which on its letter case is on purpose. */
const repeatsOnPurpose = 5;

/** Share of the values in another letter case that are there in the usual one too, from which on all of them are slips. */
const sameShare = 0.8;

/** A form of writing, and how many values have it. */
interface Shape {
  readonly shape: string;
  readonly values: number;
}

/** Each letter and digit by its kind: `AB-12` has the shape `AA-99`. */
function exact(text: string): string {
  return `regexp_replace(regexp_replace(regexp_replace(${text}, '\\p{Lu}', 'A', 'g'), '[\\p{Ll}\\p{Lo}]', 'a', 'g'), '[0-9]', '9', 'g')`;
}

/** The same without lengths: words are `w`, numbers are `9`. */
function collapsed(text: string): string {
  return `regexp_replace(regexp_replace(${text}, '[\\p{L}]+', 'w', 'g'), '[0-9]+', '9', 'g')`;
}

/** In letters only: whether they are capital, small or begin with a capital. */
function letterCase(text: string): string {
  const letters = `regexp_replace(${text}, '[^\\p{L}]', '', 'g')`;
  // What begins with a number has no first letter, and letters with dots between them are initials.
  return `CASE WHEN length(${letters}) < 4 OR regexp_matches(${text}, '^[^\\p{L}]*[0-9]|\\p{L}[.*]\\p{L}[.*]') THEN NULL WHEN ${letters} = upper(${letters}) THEN 'capitals' WHEN ${letters} = lower(${letters}) THEN 'small letters' WHEN regexp_matches(${letters}, '^\\p{Lu}') THEN 'a capital at the beginning' ELSE 'a small letter at the beginning' END`;
}

/** Finds values that are written unlike the others of a column with a regular form. */
export async function inspectShapes(survey: Survey): Promise<readonly Suspicion[]> {
  const found: Suspicion[] = [];
  for (const column of survey.columns) {
    if (column.present < 10) continue;
    if (column.kind === "words") {
      found.push(...(await byForm(survey, column)), ...(await byCase(survey, column)));
    }
  }
  return found;
}

async function byForm(survey: Survey, column: SurveyColumn): Promise<readonly Suspicion[]> {
  for (const [expression, lengths] of [
    [exact(column.text), true],
    [collapsed(column.text), false],
  ] as const) {
    const shapes = await shapesOf(survey, column, expression);
    const rare = rareShapes(shapes, column.present, lengths);
    if (rare === undefined) continue;
    if (rare.length === 0) return [];
    const values = rare.reduce((sum, shape) => sum + shape.values, 0);
    return [
      {
        rule: "shape",
        columns: [column.name],
        rows: `SELECT _row FROM ${survey.table} WHERE ${expression} IN (${rare.map(({ shape }) => literal(shape)).join(", ")})`,
        score:
          1 - 0.5 * (values / rowsAtMost(column.present, inspectionRules.shape.thresholds.most)),
        evidence: `${values} of ${column.present} values are not written like '${shapes[0]?.shape ?? ""}'`,
        shown: column.text,
      },
    ];
  }
  return [];
}

async function shapesOf(
  survey: Survey,
  { text }: SurveyColumn,
  expression: string,
): Promise<readonly Shape[]> {
  const rows = await survey.engine.rows(
    `SELECT s, count(*)::DOUBLE AS n FROM (SELECT ${expression} AS s FROM ${survey.table} WHERE ${text} IS NOT NULL AND length(${text}) <= 200 AND ${isReadBack(text)}) GROUP BY s ORDER BY n DESC, s LIMIT ${shapeLimit}`,
    survey.signal,
  );
  return rows.map((row) => ({ shape: String(row["s"]), values: Number(row["n"]) }));
}

/** A shape in which words that stand by themselves have one length. */
const wordsAlike = (shape: string): string =>
  shape.replaceAll(/(?<=^| )(A?)a{2,}(?=$| )/g, "$1aaa");

/**
 * The rare shapes of a column that has a regular form; nothing when it has none.
 *
 * @param lengths whether shapes tell lengths apart: then there may be only a few, and short ones
 */
function rareShapes(
  shapes: readonly Shape[],
  present: number,
  lengths: boolean,
): readonly Shape[] | undefined {
  const { regular, most } = inspectionRules.shape.thresholds;
  const common: Shape[] = [];
  let covered = 0;
  for (const shape of shapes) {
    if (covered >= present * regular) break;
    common.push(shape);
    covered += shape.values;
  }
  if (covered < present * regular || common.length > 2) return undefined;
  // The length of words says nothing; that of numbers and of abbreviations does.
  const isCode = ({ shape }: Shape): boolean =>
    shape.length <= longestCode &&
    (shape.includes("9") || (common.length === 1 && /^A{2,4}$/.test(shape)));
  if (lengths && !common.every(isCode)) return undefined;
  const least = common.at(-1)?.values ?? 0;
  const rest = shapes.slice(common.length);
  const values = rest.reduce((sum, shape) => sum + shape.values, 0);
  if (values > rowsAtMost(present, most)) return undefined;
  // Names hold marks now and then; only digits and other signs are foreign to words.
  const foreign = (shape: string): string => shape.replaceAll(/[w .,'’\-/&()]/gu, "");
  const known = new Set(common.map(({ shape }) => foreign(shape)));
  // 'bottom 25%' is written as 'top 25%' is.
  const written = new Set(common.map(({ shape }) => wordsAlike(shape)));
  const odd = rest.filter(({ shape }) =>
    lengths ? !written.has(wordsAlike(shape)) : !known.has(foreign(shape)),
  );
  // What is regular must be far more frequent than what is not.
  return odd.every((shape) => shape.values * 4 <= least || shape.values === 1) ? odd : undefined;
}

async function byCase(survey: Survey, column: SurveyColumn): Promise<readonly Suspicion[]> {
  const expression = letterCase(column.text);
  // A value that is there in another style too, and more often so, is the same one, however often it comes.
  const counted = `SELECT s, lower(v) AS l, count(*) AS n, count(DISTINCT v) AS d FROM (SELECT ${expression} AS s, ${column.text} AS v FROM ${survey.table}) WHERE s IS NOT NULL GROUP BY ALL`;
  const rows = await survey.engine.rows(
    `SELECT s, sum(n)::DOUBLE AS n, sum(d)::DOUBLE AS d, coalesce(sum(n) FILTER (n < others), 0)::DOUBLE AS o FROM (SELECT *, max(n) OVER (PARTITION BY l) AS others FROM (${counted})) GROUP BY s ORDER BY n DESC, s`,
    survey.signal,
  );
  const styles = rows.map((row) => ({
    shape: String(row["s"]),
    values: Number(row["n"]),
    distinct: Number(row["d"]),
    otherwise: Number(row["o"]),
  }));
  const [main, ...others] = styles;
  // A value that is written so again and again is meant so.
  const rest = others.filter(
    ({ values, distinct, otherwise }) =>
      values < distinct * repeatsOnPurpose || otherwise >= values * sameShare,
  );
  const total = styles.reduce((sum, style) => sum + style.values, 0);
  const values = rest.reduce((sum, style) => sum + style.values, 0);
  const { most, same } = inspectionRules["letter-case"].thresholds;
  const doubled = rest.reduce((sum, style) => sum + style.otherwise, 0) >= values * sameShare;
  const limit = rowsAtMost(total, doubled ? same : most);
  if (main === undefined || values === 0 || values > limit) return [];
  return [
    {
      rule: "letter-case",
      columns: [column.name],
      rows: `SELECT _row FROM ${survey.table} WHERE ${expression} IN (${rest.map(({ shape }) => literal(shape)).join(", ")})`,
      score: (1 - 0.5 * (values / limit)) * (isRareInProse(column, values) ? ofProse : 1),
      evidence: `${values} of ${total} values are not written with ${main.shape}`,
      shown: column.text,
    },
  ];
}
