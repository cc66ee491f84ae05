import { inspectionRules } from "../inspection-rules.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import type { Suspicion } from "../suspicion.ts";

/** A run must be this many times as long as the longest one that is usual. */
export const longer = 2;
/** Share of a column's values up to which a property is one that comes by chance. */
const commonest = 0.6;
/** Share of them up to which a run is not a part of the file. */
const partShare = 0.2;

/** A property of values that comes by chance now and then, and never many times in a row. */
interface Property {
  readonly what: string;
  /** It may look at the rows before and after, in the window `w`. */
  readonly condition: string;
  /** Fewest different values of a run. Default: half of its length, since one again and again is stuck, or the class of a sorted column. */
  readonly different?: number;
}

/**
 * Finds a run of values with a property, the first of several that has one, which chance does not make: the share of values
 * with it, taken as often as the run is long, is hardly to be expected in so many rows, and no other run is nearly as long.
 */
export async function likeliestRun(
  survey: Survey,
  { text, name, present }: SurveyColumn,
  rule: "rounded" | "filled",
  properties: readonly Property[],
): Promise<readonly Suspicion[]> {
  const { chance, length: shortest } = inspectionRules[rule].thresholds;
  const values = `SELECT _row, ${text} AS value, ${properties.map(({ condition }, at) => `coalesce(${condition}, false) AS p${at}`).join(", ")} FROM ${survey.table} WHERE ${text} IS NOT NULL WINDOW w AS (ORDER BY _row)`;
  const [counts = {}] = await survey.engine.rows(
    `SELECT ${properties.map((_, at) => `count(*) FILTER (p${at})::DOUBLE AS p${at}`).join(", ")} FROM (${values})`,
    survey.signal,
  );
  for (const [at, { what, different }] of properties.entries()) {
    const count = Number(counts[`p${at}`]);
    if (count < shortest || count > present * commonest) continue;
    const changed = `SELECT _row, value, p${at} AS v, CASE WHEN p${at} IS NOT DISTINCT FROM lag(p${at}) OVER (ORDER BY _row) THEN 0 ELSE 1 END AS changed FROM (${values})`;
    const runs = `SELECT count(*) AS length, count(DISTINCT value) AS different, min(_row) AS first, max(_row) AS last FROM (SELECT *, sum(changed) OVER (ORDER BY _row) AS run FROM (${changed})) WHERE v GROUP BY run`;
    const [row] = await survey.engine.rows(
      `SELECT list(length::DOUBLE ORDER BY length DESC)[:2] AS l, sum(length)::DOUBLE AS n, arg_max(different, length)::DOUBLE AS k FROM (${runs})`,
      survey.signal,
    );
    const [longest = 0, next = 0] = Array.isArray(row?.["l"]) ? row["l"].map(Number) : [];
    const share = (Number(row?.["n"]) - longest + 1) / (present - longest + 1);
    if (Number(row?.["k"]) < (different ?? longest / 2)) continue;
    if (longest < shortest || longest < next * longer || longest > present * partShare) continue;
    if (longest * Math.log(share) > Math.log(chance / present)) continue;
    return [
      {
        rule,
        columns: [name],
        rows: `SELECT _row FROM ${survey.table} JOIN (${runs}) ON _row BETWEEN first AND last WHERE length >= ${longest}`,
        score: 1 - 0.5 * (Math.log(chance / present) / (longest * Math.log(share))),
        evidence: `${longest} ${what} in a row; the next longest run has ${next}`,
        shown: text,
      },
    ];
  }
  return [];
}
