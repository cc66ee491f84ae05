import { literal } from "../../engine/sql.ts";
import { inspectionRules } from "../inspection-rules.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import { rowsAtMost, type Suspicion } from "../suspicion.ts";

/** Fewest values that say how numbers of a column are written. */
const fewest = 8;
/** From this share on all numbers of a column are written with the same number of decimals, on purpose. */
const fixedShare = 0.97;

/** A way of writing numbers that is odd where hardly any is written so. */
interface Form {
  readonly what: string;
  readonly condition: string;
}

/** Finds numbers that read as numbers but are written unlike the others, and one that comes again and again. */
export async function inspectNumberForms(survey: Survey): Promise<readonly Suspicion[]> {
  const columns = survey.columns.filter(
    ({ kind, present }) => kind === "number" && present >= fewest,
  );
  if (columns.length === 0) return [];
  const [usual = {}] = await survey.engine.rows(
    `SELECT ${columns.map((column) => `max_by(d, n) FILTER (c = ${column.index})::DOUBLE AS d${column.index}, max(n) FILTER (c = ${column.index})::DOUBLE AS n${column.index}`).join(", ")} FROM (${columns
      .map(
        (column) =>
          `SELECT ${column.index} AS c, ${decimalsOf(column)} AS d, count(*) AS n FROM ${survey.table} WHERE ${column.number} <> 0 GROUP BY d`,
      )
      .join(" UNION ALL ")})`,
    survey.signal,
  );
  const forms = columns.map((column) => {
    const decimals = Number(usual[`d${column.index}`]);
    const fixed = Number(usual[`n${column.index}`]) >= column.present * fixedShare;
    return { column, forms: formsOf(column, fixed && decimals > 0 ? decimals : undefined) };
  });
  const [counts = {}] = await survey.engine.rows(
    `SELECT ${forms.flatMap(({ column, forms: all }) => all.map(({ condition }, form) => `count(*) FILTER (${column.number} IS NOT NULL AND ${condition})::DOUBLE AS f${column.index}_${form}`)).join(", ")} FROM ${survey.table}`,
    survey.signal,
  );
  const found = forms.flatMap(({ column, forms: all }) =>
    all.flatMap((form, at) =>
      judge(survey, column, form, Number(counts[`f${column.index}_${at}`])),
    ),
  );
  for (const column of columns) found.push(...(await byFrequency(survey, column)));
  return found;
}

const decimalsOf = ({ text }: SurveyColumn): string =>
  `length(split_part(regexp_extract(${text}, '[0-9.]+'), '.', 2))`;

/** @param decimals that all numbers have, if they do */
function formsOf(column: SurveyColumn, decimals: number | undefined): readonly Form[] {
  const { text, number } = column;
  const written = (pattern: string): string => `regexp_matches(${text}, ${literal(pattern)})`;
  return [
    {
      what: "with a power of ten that is not needed",
      condition: `${written("[0-9][eE]")} AND abs(${number}) BETWEEN 0.001 AND 1e15`,
    },
    { what: "with a plus sign", condition: written("^\\s*\\+") },
    { what: "with zeros before the first digit", condition: written("^-?0[0-9]") },
    ...(decimals === undefined
      ? []
      : [
          {
            what: `with other than ${decimals} decimals`,
            condition: `${decimalsOf(column)} <> ${decimals} AND ${number} <> 0`,
          },
        ]),
  ];
}

function judge(
  survey: Survey,
  { name, text, number, present }: SurveyColumn,
  { what, condition }: Form,
  count: number,
): readonly Suspicion[] {
  const limit = rowsAtMost(present, inspectionRules["number-form"].thresholds.most);
  if (count === 0 || count > limit) return [];
  return [
    {
      rule: "number-form",
      columns: [name],
      rows: `SELECT _row FROM ${survey.table} WHERE ${number} IS NOT NULL AND ${condition}`,
      score: 1 - 0.4 * (count / limit),
      evidence: `${count} of ${present} numbers are written ${what}`,
      shown: text,
    },
  ];
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
