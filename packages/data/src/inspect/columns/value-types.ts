import { literal } from "../../engine/sql.ts";
import { numberedScan } from "../../source/scan.ts";
import { inspectionRules } from "../inspection-rules.ts";
import { numberPattern, type Survey, type TypedColumn } from "../survey.ts";
import type { Suspicion } from "../suspicion.ts";

/** Types of JSON as DuckDB calls them, by what they are for people. */
const families: Readonly<Record<string, readonly string[]>> = {
  numbers: ["BIGINT", "UBIGINT", "HUGEINT", "DOUBLE"],
  texts: ["VARCHAR"],
  "true or false": ["BOOLEAN"],
  lists: ["ARRAY"],
  objects: ["OBJECT"],
};

/**
 * Finds values of another type than nearly all others of their column, which only JSON can tell: lists and objects, true and
 * false, and numbers in quotation marks among numbers. Numbers among texts are not: a title can be 300.
 */
export async function inspectValueTypes(survey: Survey): Promise<readonly Suspicion[]> {
  return survey.typed.flatMap((column) => {
    const counts = Object.entries(families).map(
      ([family, types]) => [family, sum(column, types)] as const,
    );
    const present = counts.reduce((all, [, count]) => all + count, 0);
    const [usual] = counts.toSorted((a, b) => b[1] - a[1])[0] ?? [];
    const { most } = inspectionRules["value-type"].thresholds;
    return counts.flatMap(([family, count]) => {
      const few = count > 0 && count <= present * most && family !== usual;
      if (!few || family === "numbers" || usual === undefined) return [];
      if (family === "texts" && usual !== "numbers") return [];
      return [suspicion(survey, column, family, usual, count / present)];
    });
  });
}

const sum = ({ kinds }: TypedColumn, types: readonly string[]): number =>
  types.reduce((all, type) => all + (kinds[type] ?? 0), 0);

function suspicion(
  { source }: Survey,
  { name, value, text }: TypedColumn,
  family: string,
  usual: string,
  share: number,
): Suspicion {
  const types = (families[family] ?? []).map(literal).join(", ");
  // Words among numbers do not read as such, and are found by that.
  const quoted =
    family === "texts"
      ? ` AND regexp_full_match(trim(${value} ->> '$'), ${literal(numberPattern)})`
      : "";
  const what = family === "texts" ? "numbers in quotation marks" : family;
  return {
    rule: "value-type",
    columns: [name],
    rows: `SELECT _row FROM ${numberedScan(source)} WHERE json_type(${value}) IN (${types})${quoted}`,
    score: 1 - 0.5 * (share / inspectionRules["value-type"].thresholds.most),
    evidence: `values that are ${what} stand among ${usual}`,
    shown: text,
  };
}
