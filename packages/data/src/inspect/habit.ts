import type { InspectionRuleId } from "./inspection-rules.ts";
import type { Survey } from "./survey.ts";
import type { Suspicion } from "./suspicion.ts";

/** Rules whose faults lie here and there, and not in all rows of a category. */
const scattered: ReadonlySet<InspectionRuleId> = new Set([
  "decimals",
  "equal-columns",
  "explained",
  "grid",
  "missing-run",
  "missing-value",
  "neighbour",
  "number-form",
  "outlier",
  "relation",
  "repeated-number",
  "rounded",
  "shape",
  "spike",
  "stuck",
]);
/** Rows of a category, of those that are suspected as of others, from which on to have all of them is no chance. */
const fewest = 4;
/** Rules of one value that is filled in wherever one is missing, and so in rows of many categories. */
const ofOneValue: ReadonlySet<InspectionRuleId> = new Set(["spike", "repeated-number"]);
/** Part of the suspected rows that have one category, and part of all rows that have it at most, for the value to be that category's. */
const together = 0.9;
const ownPart = 0.2;
/** Columns that may hold the category. */
const columnLimit = 12;
/** A category has at least this share of the rows that those of its column have in the middle. */
const ownShare = 0.25;
/** Rows of the categories that may not be suspected. */
const left = 0.05;

/**
 * Whether what is suspected is how rows of a category are: it is in all rows of one value of another column, or of a few, and
 * nowhere else, as the prices of one country are in its own currency. The category must be one like the others of its column,
 * and not made by what went wrong. A single value that comes too often may be in some of the rows of one category only, as all
 * boxes of one post office are in one place.
 *
 * @param count rows that are suspected
 * @returns the column that says so
 */
export async function habitOf(
  survey: Survey,
  { rule, columns, rows }: Suspicion,
  count: number,
): Promise<string | undefined> {
  if (!scattered.has(rule) || count < fewest) return undefined;
  const categories = survey.columns
    .filter(
      ({ name, distinct, present }) =>
        !columns.includes(name) && distinct >= 3 && distinct * fewest <= present,
    )
    .slice(0, columnLimit);
  if (categories.length === 0) return undefined;
  const { table } = survey;
  const asked = categories.map(
    ({ text }, at) =>
      `SELECT ${at} AS k, count(*) FILTER (s > 0)::DOUBLE AS categories, coalesce(sum(n) FILTER (s > 0), 0)::DOUBLE AS n, coalesce(sum(s), 0)::DOUBLE AS s, min(n) FILTER (s > 0)::DOUBLE AS least, max(s)::DOUBLE AS most, coalesce(arg_max(n, s), 0)::DOUBLE AS own, median(n)::DOUBLE AS middle FROM (SELECT count(*) AS n, count(f) AS s FROM (SELECT _row, ${text} AS v FROM ${table} WHERE ${text} IS NOT NULL) LEFT JOIN (SELECT _row AS f FROM suspected) ON _row = f GROUP BY v)`,
  );
  const found = await survey.engine.rows(
    `WITH suspected AS MATERIALIZED (${rows}) SELECT * FROM (${asked.join(" UNION ALL ")}) ORDER BY k`,
    survey.signal,
  );
  const habit = found.find((row) => {
    const of = (key: string): number => Number(row[key]);
    const whole = of("s") === count && of("n") <= count * (1 + left);
    const few = of("categories") * fewest <= count;
    const inOne = of("most") >= count * together && of("own") <= survey.rows * ownPart;
    if (ofOneValue.has(rule) && inOne) return true;
    return whole && few && of("least") >= of("middle") * ownShare;
  });
  return habit === undefined ? undefined : categories[Number(habit["k"])]?.name;
}
