import { inspectionRules } from "../inspection-rules.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import type { Suspicion } from "../suspicion.ts";

/** Columns with missing values that are held against each other. */
const columnLimit = 16;
/** Values of a column of categories that may say what is missing. */
const categoryLimit = 40;
/** Fewest rows of a category that show whether its values are missing. */
const fewest = 8;

/** Finds values that are missing, or there, where another column says that they should be the opposite. */
export async function inspectAbsences(survey: Survey): Promise<readonly Suspicion[]> {
  if (survey.rows < 20) return [];
  const { most } = inspectionRules.absence.thresholds;
  const often = ({ present }: SurveyColumn): boolean =>
    present < survey.rows * (1 - most) && present > survey.rows * most;
  const columns = survey.columns.filter(often).slice(0, columnLimit);
  if (columns.length === 0) return [];
  const together = await apart(survey, columns);
  const known = new Set(together.flatMap(({ columns: names }) => names));
  return [
    ...together,
    ...(await byCategory(
      survey,
      columns.filter(({ name }) => !known.has(name)),
    )),
  ];
}

/** Columns that are missing in the same rows, but for a few. */
async function apart(
  survey: Survey,
  columns: readonly SurveyColumn[],
): Promise<readonly Suspicion[]> {
  const pairs = columns.flatMap((one, at) =>
    columns.slice(at + 1).map((other) => ({ one, other })),
  );
  if (pairs.length === 0) return [];
  const differ = ({ one, other }: (typeof pairs)[number]): string =>
    `(${one.text} IS NULL) <> (${other.text} IS NULL)`;
  const [row = {}] = await survey.engine.rows(
    `SELECT ${pairs.map((pair, at) => `count(*) FILTER (${differ(pair)})::DOUBLE AS d${at}`).join(", ")} FROM ${survey.table}`,
    survey.signal,
  );
  return pairs.flatMap((pair, at) => {
    const { one, other } = pair;
    const count = Number(row[`d${at}`]);
    const missing = survey.rows - Math.max(one.present, other.present);
    const limit = limitOf(Math.min(missing, one.present, other.present));
    if (count === 0 || count > limit) return [];
    return [
      {
        rule: "absence" as const,
        columns: [one.name, other.name],
        rows: `SELECT _row FROM ${survey.table} WHERE ${differ(pair)}`,
        score: 1 - 0.5 * (count / limit),
        evidence: `'${one.name}' and '${other.name}' are missing in the same rows, but for ${count}`,
        shown: one.text,
      },
    ];
  });
}

/** Columns that are missing for some categories and there for all others, but for a few rows. */
async function byCategory(
  survey: Survey,
  columns: readonly SurveyColumn[],
): Promise<readonly Suspicion[]> {
  const categories = survey.columns.filter(
    ({ kind, distinct, present }) =>
      kind === "words" &&
      distinct >= 2 &&
      distinct <= categoryLimit &&
      present >= survey.rows * 0.9,
  );
  const pairs = columns.flatMap((column) =>
    categories
      .filter((by) => by !== column)
      .slice(0, columnLimit)
      .map((by) => ({ column, by })),
  );
  if (pairs.length === 0) return [];
  const rows = await survey.engine.rows(
    pairs
      .map(
        ({ column, by }, at) =>
          `SELECT ${at}::DOUBLE AS k, ${by.text} AS v, count(*)::DOUBLE AS n, count(${column.text})::DOUBLE AS p FROM ${survey.table} WHERE ${by.text} IS NOT NULL GROUP BY ${by.text} HAVING count(*) >= ${fewest}`,
      )
      .join(" UNION ALL "),
    survey.signal,
  );
  return pairs.flatMap(({ column, by }, at) => {
    const groups = rows
      .filter((row) => Number(row["k"]) === at)
      .map((row) => ({ rows: Number(row["n"]), present: Number(row["p"]) }));
    const count = contradictions(groups);
    if (count === undefined) return [];
    const limit = limitOf(Math.min(column.present, survey.rows - column.present));
    const share = `count(${column.text}) OVER (PARTITION BY ${by.text}) * 2 > count(*) OVER (PARTITION BY ${by.text})`;
    return [
      {
        rule: "absence" as const,
        columns: [column.name, by.name],
        rows: `SELECT _row FROM (SELECT _row, ${column.text} AS v, ${share} AS filled, count(*) OVER (PARTITION BY ${by.text}) AS size FROM ${survey.table} WHERE ${by.text} IS NOT NULL) WHERE filled <> (v IS NOT NULL) AND size >= ${fewest}`,
        score: 1 - 0.5 * (count / limit),
        evidence: `'${by.name}' says whether '${column.name}' is missing, but for ${count} rows`,
        shown: column.text,
      },
    ];
  });
}

const limitOf = (rows: number): number =>
  Math.max(1, rows * inspectionRules.absence.thresholds.exceptions);

/** Rows that contradict their category; nothing where categories do not say what is missing. */
function contradictions(
  groups: readonly { readonly rows: number; readonly present: number }[],
): number | undefined {
  const filled = groups.filter(({ rows, present }) => present * 2 > rows);
  const empty = groups.filter((group) => !filled.includes(group));
  if (filled.length === 0 || empty.length === 0) return undefined;
  const sum = (of: readonly (typeof groups)[number][], what: "rows" | "present"): number =>
    of.reduce((all, group) => all + group[what], 0);
  const count = sum(filled, "rows") - sum(filled, "present") + sum(empty, "present");
  const limit = limitOf(Math.min(sum(filled, "rows"), sum(empty, "rows")));
  return count === 0 || count > limit ? undefined : count;
}
