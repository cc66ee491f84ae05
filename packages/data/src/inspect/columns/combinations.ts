import { inspectionRules } from "../inspection-rules.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import type { Suspicion } from "../suspicion.ts";

/** Columns that may make up a grid together. */
const columnLimit = 6;
/** Fewest different values of either. */
const fewest = 3;

/** Finds gaps in tables that have each value of one column with each of another once, as series side by side do. */
export async function inspectCombinations(survey: Survey): Promise<readonly Suspicion[]> {
  const { most } = inspectionRules.combination.thresholds;
  const columns = survey.columns
    .filter(
      ({ present, distinct }) =>
        present === survey.rows &&
        distinct >= fewest &&
        distinct * fewest <= survey.rows * (1 + most),
    )
    .slice(0, columnLimit);
  const pairs = columns.flatMap((one, at) =>
    columns.slice(at + 1).flatMap((other) => {
      const cells = one.distinct * other.distinct;
      // One row of a cell each, and hardly a cell without.
      const possible = survey.rows >= cells * (1 - most) && survey.rows <= cells * (1 + most);
      return possible ? [{ one, other, cells }] : [];
    }),
  );
  if (pairs.length === 0) return [];
  const [row = {}] = await survey.engine.rows(
    `SELECT ${pairs.map(({ one, other }, at) => `count(DISTINCT hash(${one.text}, ${other.text}))::DOUBLE AS d${at}`).join(", ")} FROM ${survey.table}`,
    survey.signal,
  );
  return pairs.flatMap(({ one, other, cells }, at) => {
    const gaps = cells - Number(row[`d${at}`]);
    if (gaps === 0 || gaps > Math.max(2, cells * most)) return [];
    return [
      {
        rule: "combination" as const,
        columns: [one.name, other.name],
        rows: besides(survey, one, other),
        score: 1 - 0.4 * (gaps / Math.max(2, cells * most)),
        evidence: `${gaps} of ${cells} combinations of '${one.name}' and '${other.name}' have no row; the rows beside the gaps are named`,
        shown: one.text,
      },
    ];
  });
}

/** Rows around those that are not there: the ones before and after within their series, as the file has them. */
function besides({ table }: Survey, one: SurveyColumn, other: SurveyColumn): string {
  const values = ({ text }: SurveyColumn, as: string): string =>
    `(SELECT ${text} AS ${as}, row_number() OVER (ORDER BY min(_row)) AS p${as} FROM ${table} GROUP BY ${text})`;
  const cells = `SELECT a, b, _row, lag(_row) OVER s AS before, lead(_row) OVER s AS after FROM ${values(one, "a")} CROSS JOIN ${values(other, "b")} LEFT JOIN ${table} ON ${one.text} = a AND ${other.text} = b WINDOW s AS (PARTITION BY ${one.distinct <= other.distinct ? "a ORDER BY pb" : "b ORDER BY pa"})`;
  return `SELECT DISTINCT unnest([before, after]) AS _row FROM (${cells}) WHERE _row IS NULL AND coalesce(before, after) IS NOT NULL`;
}
