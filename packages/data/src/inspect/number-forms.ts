import { literal } from "../engine/sql.ts";
import { inspectionRules } from "./inspection-rules.ts";
import type { Survey, SurveyColumn } from "./survey.ts";
import type { Suspicion } from "./suspicion.ts";

/** Fewest values that say how numbers of a column are written. */
const fewest = 20;
/** From this share on all numbers of a column are written with the same number of decimals, on purpose. */
const fixedShare = 0.97;

/** A way of writing numbers that is odd where hardly any is written so. */
interface Form {
  readonly what: string;
  readonly condition: string;
}

/** Finds numbers that read as numbers but are written unlike the others, and one that comes again and again. */
export async function inspectNumberForms(survey: Survey): Promise<readonly Suspicion[]> {
  const found: Suspicion[] = [];
  for (const column of survey.columns) {
    if (column.kind !== "number" || column.present < fewest) continue;
    found.push(...(await byForm(survey, column)), ...(await byFrequency(survey, column)));
  }
  return found;
}

async function byForm(survey: Survey, column: SurveyColumn): Promise<readonly Suspicion[]> {
  const { text, number, present } = column;
  const decimals = `length(split_part(regexp_extract(${text}, '[0-9.]+'), '.', 2))`;
  const [most] = await survey.engine.rows(
    `SELECT ${decimals}::DOUBLE AS d, count(*)::DOUBLE AS n FROM ${survey.table} WHERE ${number} IS NOT NULL AND ${number} <> 0 GROUP BY d ORDER BY n DESC, d LIMIT 1`,
    survey.signal,
  );
  const usual = Number(most?.["d"]);
  const fixed = usual > 0 && Number(most?.["n"]) >= present * fixedShare;
  const written = (pattern: string): string => `regexp_matches(${text}, ${literal(pattern)})`;
  const forms: readonly Form[] = [
    {
      what: "with a power of ten that is not needed",
      condition: `${written("[0-9][eE]")} AND abs(${number}) BETWEEN 0.001 AND 1e15`,
    },
    { what: "with a plus sign", condition: written("^\\s*\\+") },
    { what: "with zeros before the first digit", condition: written("^-?0[0-9]") },
    ...(fixed
      ? [
          {
            what: `with other than ${usual} decimals`,
            condition: `${decimals} <> ${usual} AND ${number} <> 0`,
          },
        ]
      : []),
  ];
  const [row = {}] = await survey.engine.rows(
    `SELECT ${forms.map(({ condition }, index) => `count(*) FILTER (${number} IS NOT NULL AND ${condition})::DOUBLE AS f${index}`).join(", ")} FROM ${survey.table}`,
    survey.signal,
  );
  const limit = Math.max(1, present * inspectionRules["number-form"].thresholds.most);
  return forms.flatMap(({ what, condition }, index) => {
    const count = Number(row[`f${index}`]);
    if (count === 0 || count > limit) return [];
    return [
      {
        rule: "number-form",
        columns: [column.name],
        rows: `SELECT _row FROM ${survey.table} WHERE ${number} IS NOT NULL AND ${condition}`,
        score: 1 - 0.4 * (count / limit),
        evidence: `${count} of ${present} numbers are written ${what}`,
        shown: text,
      },
    ];
  });
}

/** Measured numbers hardly repeat; one that does was filled in. */
async function byFrequency(survey: Survey, column: SurveyColumn): Promise<readonly Suspicion[]> {
  const { text, number, present, distinct } = column;
  const { least, times, most, varied } = inspectionRules["repeated-number"].thresholds;
  if (distinct < present * varied) return [];
  const frequent = await survey.engine.rows(
    `SELECT ${number}::DOUBLE AS v, count(*)::DOUBLE AS n FROM ${survey.table} WHERE ${number} IS NOT NULL GROUP BY ${number} ORDER BY n DESC, v LIMIT 3`,
    survey.signal,
  );
  const [first, second] = frequent;
  const [count, next] = [Number(first?.["n"]), Number(second?.["n"] ?? 1)];
  const value = Number(first?.["v"]);
  // Nothing is a usual amount.
  if (value === 0 || count < Math.max(least, next * times) || count > present * most) return [];
  return [
    {
      rule: "repeated-number",
      columns: [column.name],
      rows: `SELECT _row FROM ${survey.table} WHERE ${number} = ${value}`,
      score: 1 - 0.5 * ((next * times) / count),
      evidence: `${count} of ${present} numbers are ${value}; no other comes more than ${next} times`,
      shown: text,
    },
  ];
}
