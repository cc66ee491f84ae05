import { inspectionRules } from "../inspection-rules.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import type { Suspicion } from "../suspicion.ts";

/** Columns that are held against each other. */
const columnLimit = 24;
/** Shortest value whose being the same is no chance. */
const shortest = 3;
/** Part of a column's spread in which numbers are nearly the same. */
const nearly = 0.003;

interface Pair {
  readonly one: SurveyColumn;
  readonly other: SurveyColumn;
}

/** Finds rows in which two columns hold the same where they otherwise do not: one was written over the other. */
export async function inspectEqualColumns(survey: Survey): Promise<readonly Suspicion[]> {
  const columns = survey.columns
    .filter(({ present, distinct }) => present >= 20 && distinct >= 4)
    .slice(0, columnLimit);
  const pairs = columns.flatMap((one, at): Pair[] =>
    columns.slice(at + 1).map((other) => ({ one, other })),
  );
  if (pairs.length === 0) return [];
  const [row = {}] = await survey.engine.rows(
    `SELECT ${pairs.map((pair, at) => `count(*) FILTER (${same(pair)})::DOUBLE AS s${at}`).join(", ")} FROM ${survey.table}`,
    survey.signal,
  );
  const { most } = inspectionRules["equal-columns"].thresholds;
  const candidates = pairs.flatMap((pair, at) => {
    const count = Number(row[`s${at}`]);
    const present = Math.min(pair.one.present, pair.other.present);
    return count > 0 && count <= Math.max(1, present * most) ? [{ ...pair, count, present }] : [];
  });
  if (candidates.length === 0) return [];
  const chances = await survey.engine.rows(
    candidates.map((pair, at) => chanceOf(survey, pair, at)).join(" UNION ALL "),
    survey.signal,
  );
  return candidates.flatMap(({ one, other, count, present }, at) => {
    const chance = chances.find((found) => Number(found["k"]) === at);
    const expected = Math.max(Number(chance?.["e"] ?? 0), Number(chance?.["near"] ?? 0));
    const { times, least } = inspectionRules["equal-columns"].thresholds;
    if (count < least || count < expected * times) return [];
    return [
      {
        rule: "equal-columns" as const,
        columns: [one.name, other.name],
        rows: `SELECT _row FROM ${survey.table} WHERE ${same({ one, other })}`,
        score: 1 - 0.3 * (count / Math.max(1, present * most)) - 0.2 * ((expected * times) / count),
        evidence: `'${one.name}' and '${other.name}' are the same in ${count} rows; chance would make ${expected.toFixed(1)}`,
        shown: one.text,
      },
    ];
  });
}

const same = ({ one, other }: Pair): string =>
  `${one.text} = ${other.text} AND length(${one.kind === "number" ? tellingDigits(one.text) : one.text}) >= ${shortest}`;

/** Round numbers are the same by habit. */
const tellingDigits = (text: string): string =>
  `rtrim(regexp_replace(${text}, '[^0-9]', '', 'g'), '0')`;

/** Rows that would be equal if the columns had nothing to do with each other, and those that nearly are. */
function chanceOf({ table, rows }: Survey, pair: Pair, at: number): string {
  const { one, other } = pair;
  const counted = ({ text }: SurveyColumn): string =>
    `(SELECT ${text} AS v, count(*) AS n FROM ${table} WHERE length(${text}) >= ${shortest} GROUP BY v)`;
  const near =
    one.kind === "words" || other.kind !== one.kind
      ? "0"
      : `(SELECT CASE WHEN least(count(*) FILTER (${one.number} < ${other.number}), count(*) FILTER (${one.number} > ${other.number})) = 0 AND min(abs(${one.number} - ${other.number})) = 0 THEN count(*) ELSE count(*) FILTER (${one.number} <> ${other.number} AND abs(${one.number} - ${other.number}) <= s * ${nearly}) / 2 END FROM ${table}, (SELECT quantile_cont(${one.number}, 0.9) - quantile_cont(${one.number}, 0.1) AS s FROM ${table}))`;
  return `SELECT ${at}::DOUBLE AS k, (SELECT coalesce(sum(a.n * b.n), 0) / ${rows} FROM ${counted(one)} AS a JOIN ${counted(other)} AS b USING (v))::DOUBLE AS e, ${near}::DOUBLE AS near`;
}
