import { inspectionRules } from "../inspection-rules.ts";
import type { Survey } from "../survey.ts";
import type { Suspicion } from "../suspicion.ts";

/** Finds rows that are there twice in the same order, one block after the other: a file that was read in twice. */
export async function inspectRepeatedBlocks(survey: Survey): Promise<readonly Suspicion[]> {
  const { columns, rows, table } = survey;
  if (columns.length < 2 || rows < 10) return [];
  const { length, most } = inspectionRules["repeated-block"].thresholds;
  // What comes three times and more is how the data is, and would be compared with itself without end.
  const twice = `SELECT min(_row) AS first, max(_row) AS second FROM (SELECT _row, hash(${columns.map(({ text }) => text).join(", ")}) AS h FROM ${table}) GROUP BY h HAVING count(*) = 2`;
  const blocks = `SELECT count(*) AS length, min(first) AS first, max(first) AS last, second - first AS ahead FROM (SELECT *, first - row_number() OVER (PARTITION BY second - first ORDER BY first) AS block FROM (${twice})) GROUP BY ahead, block HAVING count(*) >= ${length} AND count(*) <= ahead`;
  const [row] = await survey.engine.rows(
    `SELECT count(*)::DOUBLE AS blocks, coalesce(sum(length), 0)::DOUBLE AS n, max(length)::DOUBLE AS longest FROM (${blocks})`,
    survey.signal,
  );
  const [count, repeated, longest] = ["blocks", "n", "longest"].map((key) => Number(row?.[key]));
  if (!count || !repeated || !longest) return [];
  if (repeated > rows * most) return wholeTwice(survey, twice);
  return [
    {
      rule: "repeated-block",
      columns: columns.map(({ name }) => name),
      rows: `SELECT DISTINCT _row FROM ${table} JOIN (${blocks}) ON _row BETWEEN first AND last OR _row BETWEEN first + ahead AND last + ahead`,
      score: 1 - 0.4 * (length / longest) ** 2,
      evidence: `${count === 1 ? "a block" : `${count} blocks`} of up to ${longest} rows ${count === 1 ? "is" : "are"} there twice in the same order`,
      shown: columns[0]?.text ?? "_row",
    },
  ];
}

/** Share of the rows of the second half that equal those as far ahead in the first. */
const wholeShare = 0.9;

/** So many rows are a fault when they are all of the file, once more from its beginning. */
async function wholeTwice(
  { engine, table, columns, rows, signal }: Survey,
  twice: string,
): Promise<readonly Suspicion[]> {
  const [row = {}] = await engine.rows(
    `SELECT (second - first)::DOUBLE AS ahead, count(*)::DOUBLE AS n FROM (${twice}) GROUP BY ahead ORDER BY n DESC LIMIT 1`,
    signal,
  );
  const [ahead, repeated] = [Number(row["ahead"]), Number(row["n"])];
  if (ahead * 2 < rows || repeated < ahead * wholeShare) return [];
  return [
    {
      rule: "repeated-block",
      columns: columns.map(({ name }) => name),
      rows: `SELECT _row FROM ${table} WHERE _row > ${ahead}`,
      score: 1,
      evidence: `from row ${ahead + 1} on the file comes a second time`,
      shown: columns[0]?.text ?? "_row",
    },
  ];
}
