import { atLeast } from "../chance.ts";
import { inspectionRules } from "../inspection-rules.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import type { Suspicion } from "../suspicion.ts";

/** Columns that are held against each other. */
const columnLimit = 24;
/** Shortest value whose being the same is no chance. */
const shortest = 3;
/** Of the score, where it is a habit of the table: a note is left. */
const asHabit = 0.5;
/** Part of a column's spread in which numbers are nearly the same. */
const nearly = 0.003;

interface Pair {
  readonly one: SurveyColumn;
  readonly other: SurveyColumn;
}

/** A pair, and the rows in which both are the same. */
interface Counted extends Pair {
  readonly count: number;
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
  const { times, least, chance: unlikely } = inspectionRules["equal-columns"].thresholds;
  const beyondChance = candidates.flatMap((pair, at) => {
    const row = chances.find((found) => Number(found["k"]) === at);
    const [e, near, alike] = ["e", "near", "alike"].map((key) => Number(row?.[key] ?? 0));
    const expected = Math.max(e ?? 0, near ?? 0);
    if (pair.count < least || pair.count < expected * times) return [];
    // Of many pairs one is the same once by chance.
    if (atLeast(pair.count, e ?? 0) * pairs.length > unlikely) return [];
    // Columns whose values come in both of them hold the same kind of things, such as places named after each other.
    return (alike ?? 0) >= pair.count ? [] : [{ ...pair, expected }];
  });
  // Where several pairs meet, each in other rows, columns of this table meet now and then.
  const meeting = beyondChance.length > 1 && (await areInOtherRows(survey, beyondChance));
  return beyondChance.map(({ one, other, count, present, expected }) => {
    const score =
      1 - 0.3 * (count / Math.max(1, present * most)) - 0.2 * ((expected * times) / count);
    return {
      rule: "equal-columns",
      columns: [one.name, other.name],
      rows: `SELECT _row FROM ${survey.table} WHERE ${same({ one, other })}`,
      score: meeting ? score * asHabit : score,
      evidence: `'${one.name}' and '${other.name}' are the same in ${count} rows; chance would make ${expected.toFixed(1)}`,
      shown: one.text,
    };
  });
}

/** Whether pairs are the same in more rows together than any of them is. */
async function areInOtherRows(survey: Survey, pairs: readonly Counted[]): Promise<boolean> {
  const [row] = await survey.engine.rows(
    `SELECT count(*)::DOUBLE AS n FROM ${survey.table} WHERE ${pairs.map((pair) => `(${same(pair)})`).join(" OR ")}`,
    survey.signal,
  );
  return Number(row?.["n"]) > Math.max(...pairs.map(({ count }) => count));
}

const same = ({ one, other }: Pair): string =>
  `${one.text} = ${other.text} AND length(${one.kind === "number" ? tellingDigits(one.text) : one.text}) >= ${shortest}`;

/** Round numbers are the same by habit. */
const tellingDigits = (text: string): string =>
  `rtrim(regexp_replace(${text}, '[^0-9]', '', 'g'), '0')`;

/**
 * Rows that would be equal if the columns had nothing to do with each other, as often as values of one come in other rows of
 * the other, and rows that nearly are.
 */
function chanceOf({ table, rows }: Survey, pair: Counted, at: number): string {
  const { one, other } = pair;
  const counted = ({ text }: SurveyColumn): string =>
    `(SELECT ${text} AS v, count(*) AS n FROM ${table} WHERE length(${text}) >= ${shortest} GROUP BY v)`;
  const near =
    one.kind === "words" || other.kind !== one.kind
      ? "0"
      : `(SELECT CASE WHEN least(count(*) FILTER (${one.number} < ${other.number}), count(*) FILTER (${one.number} > ${other.number})) = 0 AND min(abs(${one.number} - ${other.number})) = 0 THEN count(*) ELSE count(*) FILTER (${one.number} <> ${other.number} AND abs(${one.number} - ${other.number}) <= s * ${nearly}) / 2 END FROM ${table}, (SELECT quantile_cont(${one.number}, 0.9) - quantile_cont(${one.number}, 0.1) AS s FROM ${table}))`;
  const unequal = `${one.text} <> ${other.text}`;
  const comes = (value: SurveyColumn, among: SurveyColumn): string =>
    `(SELECT count(*) FROM ${table} WHERE ${unequal} AND length(${value.text}) >= ${shortest} AND ${value.text} IN (SELECT ${among.text} FROM ${table} WHERE ${unequal}))`;
  // What was written over another column's values comes in one of the two only.
  const alike =
    one.kind === "words" && other.kind === "words"
      ? `least(${comes(one, other)}, ${comes(other, one)})`
      : "0";
  return `SELECT ${at}::DOUBLE AS k, ${alike}::DOUBLE AS alike, (SELECT greatest(coalesce(sum(a.n * b.n), 0) - ${pair.count}, 0) / ${rows} FROM ${counted(one)} AS a JOIN ${counted(other)} AS b USING (v))::DOUBLE AS e, ${near}::DOUBLE AS near`;
}
