import { literal } from "../../engine/sql.ts";
import { inspectionRules } from "../inspection-rules.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import { rowsAtMost, type Suspicion } from "../suspicion.ts";

/** Words and marks that stand for nothing, in lower case. */
const nothing = [
  "n/a",
  "#n/a",
  "na",
  "n.a.",
  "null",
  "(null)",
  "nan",
  "none",
  "nil",
  "undefined",
  "missing",
  "unknown",
  "tbd",
  "?",
  "??",
  "???",
  "-",
  "--",
  "---",
  ".",
  "*",
  "#ref!",
  "#value!",
  "#div/0!",
  "#name?",
  "\\n",
];

/** Those of them that are categories too: "None" kind, "Unknown" species. */
const categories = ["unknown", "missing"];

/** Finds values that do not read as their column does, and words for nothing. */
export async function inspectReadings(survey: Survey): Promise<readonly Suspicion[]> {
  const tokens = nothing.map(literal).join(", ");
  const words = nothing.filter((token) => !categories.includes(token));
  const isNothing = ({ text, kind }: SurveyColumn): string =>
    `lower(trim(${text})) IN (${kind === "words" ? words.map(literal).join(", ") : tokens})`;
  const unread = ({ text, number }: SurveyColumn): string =>
    `${text} IS NOT NULL AND ${number} IS NULL`;
  if (survey.columns.length === 0) return [];
  const counts = survey.columns.map((column) =>
    [
      `count(*) FILTER (${unread(column)})::DOUBLE AS u${column.index}`,
      `count(*) FILTER (${isNothing(column)})::DOUBLE AS t${column.index}`,
      `count(DISTINCT lower(trim(${column.text}))) FILTER (${isNothing(column)})::DOUBLE AS k${column.index}`,
    ].join(", "),
  );
  const [row = {}] = await survey.engine.rows(
    `SELECT ${counts.join(", ")} FROM ${survey.table}`,
    survey.signal,
  );
  return survey.columns.flatMap((column) => {
    const of = (key: string): number => Number(row[`${key}${column.index}`] ?? 0);
    const { name, present, text, kind } = column;
    const found: Suspicion[] = [];
    const unreadable = of("u");
    const { most } = inspectionRules.unreadable.thresholds;
    if (kind !== "words" && unreadable > 0 && unreadable <= rowsAtMost(present, most)) {
      const what = kind === "number" ? "numbers" : `dates written ${column.format}`;
      found.push({
        rule: "unreadable",
        columns: [name],
        rows: `SELECT _row FROM ${survey.table} WHERE ${unread(column)}`,
        score: 1 - unreadable / present,
        evidence: `${unreadable} of ${present} values are no ${what}, as the others are`,
        shown: text,
      });
    }
    const placeholders = of("t");
    // A word such as "None" that is frequent, and the only one of its kind, may be a category.
    const rare =
      placeholders <=
      present * (kind === "words" ? 0.06 : inspectionRules.placeholder.thresholds.most);
    if (kind === "words" && placeholders > 0 && rare) {
      found.push({
        rule: "placeholder",
        columns: [name],
        rows: `SELECT _row FROM ${survey.table} WHERE ${isNothing(column)}`,
        score: 0.8,
        evidence: `${placeholders} of ${present} values are ${of("k")} words or marks for 'nothing'`,
        shown: text,
      });
    }
    return found;
  });
}
