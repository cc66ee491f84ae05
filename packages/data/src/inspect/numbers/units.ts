import { inspectionRules } from "../inspection-rules.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import { rowsAtMost, type Suspicion } from "../suspicion.ts";

/** Finds amounts in another currency or unit than nearly all others of their column. */
export async function inspectUnits(survey: Survey): Promise<readonly Suspicion[]> {
  const columns = survey.columns.filter(({ kind, present }) => kind === "number" && present >= 8);
  if (columns.length === 0) return [];
  const [row = {}] = await survey.engine.rows(
    `SELECT ${columns.map((column) => `map_entries(histogram(${unitOf(column)})) AS u${column.index}`).join(", ")} FROM ${survey.table}`,
    survey.signal,
  );
  return columns.flatMap((column) => {
    const other = otherUnits(row[`u${column.index}`], column.present);
    if (other === undefined) return [];
    const { usual, count } = other;
    const limit = rowsAtMost(column.present, inspectionRules.unit.thresholds.most);
    return [
      {
        rule: "unit" as const,
        columns: [column.name],
        rows: `SELECT _row FROM ${survey.table} WHERE ${unitOf(column)} <> '${usual.replaceAll("'", "''")}'`,
        score: 1 - 0.4 * (count / limit),
        evidence: `${count} of ${column.present} amounts are not in '${usual}'`,
        shown: column.text,
      },
    ];
  });
}

/** What is written around the digits of an amount. */
const unitOf = ({ text, number: n }: SurveyColumn): string =>
  `CASE WHEN ${n} IS NOT NULL THEN regexp_replace(${text}, '[-+0-9.,''() \\t]|[eE][-+]?[0-9]+$', '', 'g') END`;

/** @param histogram amounts by their units */
function otherUnits(
  histogram: unknown,
  present: number,
): { readonly usual: string; readonly count: number } | undefined {
  if (!Array.isArray(histogram)) return undefined;
  const [first, ...others] = (
    histogram as readonly { readonly key: unknown; readonly value: unknown }[]
  )
    .map(({ key, value }) => ({ unit: String(key), rows: Number(value) }))
    .sort((a, b) => b.rows - a.rows);
  const count = others.reduce((sum, { rows }) => sum + rows, 0);
  if (first === undefined || first.unit === "" || count === 0) return undefined;
  const limit = rowsAtMost(present, inspectionRules.unit.thresholds.most);
  return count > limit ? undefined : { usual: first.unit, count };
}
