import { inspectionRules } from "../inspection-rules.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import { rowsAtMost, type Suspicion } from "../suspicion.ts";
import { isNothing } from "./nothing.ts";

/** Different words for nothing from which on none of them is a category. */
const several = 3;

/** Finds values that do not read as their column does, and words for nothing. */
export async function inspectReadings(survey: Survey): Promise<readonly Suspicion[]> {
  const unread = ({ text, number }: SurveyColumn): string =>
    `${text} IS NOT NULL AND ${number} IS NULL`;
  if (survey.columns.length === 0) return [];
  const counts = survey.columns.map((column) =>
    [
      `count(*) FILTER (${unread(column)})::DOUBLE AS u${column.index}`,
      `count(*) FILTER (${isNothing(column.text, "no category")})::DOUBLE AS t${column.index}`,
      `count(*) FILTER (${isNothing(column.text, "sure")})::DOUBLE AS s${column.index}`,
      `count(DISTINCT lower(trim(${column.text}))) FILTER (${isNothing(column.text, "no category")})::DOUBLE AS k${column.index}`,
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
    // How many may be unreadable was decided when the column was taken for one of numbers or dates.
    const { nearly } = inspectionRules.unreadable.thresholds;
    if (kind !== "words" && unreadable > 0 && unreadable <= rowsAtMost(present, nearly)) {
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
    const { most, sure } = inspectionRules.placeholder.thresholds;
    const any = of("t") <= present * (of("k") >= several ? sure : most);
    const placeholders = any ? of("t") : of("s");
    if (kind === "words" && placeholders > 0 && placeholders <= present * sure) {
      found.push({
        rule: "placeholder",
        columns: [name],
        rows: `SELECT _row FROM ${survey.table} WHERE ${isNothing(text, any ? "no category" : "sure")}`,
        score: 0.8,
        evidence: `${placeholders} of ${present} values are words or marks for 'nothing'`,
        shown: text,
      });
    }
    return found;
  });
}
