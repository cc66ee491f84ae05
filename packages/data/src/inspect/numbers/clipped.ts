import { inspectionRules } from "../inspection-rules.ts";
import type { Survey } from "../survey.ts";
import type { Suspicion } from "../suspicion.ts";

/** Fewest numbers, and the share of them that are different, of a column that is measured. */
const fewest = 40;
const varied = 0.4;
/** Next to the bound, in a part of the range, so many of the rows must be: what is cut off was no thin tail. */
const beside = { range: 0.1, rows: 0.02 } as const;

/**
 * Finds numbers that were cut off: the largest or the smallest one comes again and again, in a column that hardly repeats, is
 * no round number, and others come close to it.
 */
export async function inspectClipped(survey: Survey): Promise<readonly Suspicion[]> {
  const { least, times, most } = inspectionRules.clipped.thresholds;
  const columns = survey.columns.filter(
    ({ kind, present, distinct }) =>
      kind === "number" && present >= fewest && distinct >= present * varied,
  );
  if (columns.length === 0) return [];
  const counted = columns.map(
    ({ index, number: n }) =>
      `SELECT ${index} AS c, ${n}::DOUBLE AS v, count(*) AS n FROM ${survey.table} WHERE ${n} IS NOT NULL GROUP BY ${n}`,
  );
  const rows = await survey.engine.rows(
    `SELECT c::DOUBLE AS c, lo, hi, arg_min(n, v)::DOUBLE AS nlo, arg_max(n, v)::DOUBLE AS nhi, coalesce(max(n) FILTER (v > lo AND v < hi), 0)::DOUBLE AS other, coalesce(sum(n) FILTER (v > lo AND v <= lo + (hi - lo) * ${beside.range}), 0)::DOUBLE AS blo, coalesce(sum(n) FILTER (v < hi AND v >= hi - (hi - lo) * ${beside.range}), 0)::DOUBLE AS bhi FROM (SELECT *, min(v) OVER (PARTITION BY c) AS lo, max(v) OVER (PARTITION BY c) AS hi FROM (${counted.join(" UNION ALL ")})) GROUP BY c, lo, hi`,
    survey.signal,
  );
  return columns.flatMap((column) => {
    const row = rows.find((one) => Number(one["c"]) === column.index);
    if (row === undefined) return [];
    const range = Number(row["hi"]) - Number(row["lo"]);
    return (["lo", "hi"] as const).flatMap((end): Suspicion[] => {
      const [bound = 0, count = 0, near = 0, other = 0] = [end, `n${end}`, `b${end}`, "other"].map(
        (key) => Number(row[key]),
      );
      const ratio = count / Math.max(1, other);
      const enough = count >= Math.max(least, column.present * beside.rows);
      if (!enough || count > column.present * most || ratio < times) return [];
      if (near < column.present * beside.rows || isRound(bound, range)) return [];
      return [
        {
          rule: "clipped",
          columns: [column.name],
          rows: `SELECT _row FROM ${survey.table} WHERE ${column.number} = ${bound}`,
          score: 1 - 0.5 * (times / ratio),
          evidence: `${count} values are exactly the ${end === "hi" ? "largest" : "smallest"}, ${bound}; no other value comes more than ${other} times, and ${near} are close to it`,
          shown: column.text,
        },
      ];
    });
  });
}

/** What bounds are by nature or by agreement: whole hundredths of the range, up to the next power of ten. */
function isRound(bound: number, range: number): boolean {
  const step = 10 ** (Math.ceil(Math.log10(range)) - 2);
  return Math.abs(bound / step - Math.round(bound / step)) < 1e-6;
}
