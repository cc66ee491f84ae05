import type { Engine } from "../engine/engine.ts";
import type { CountedDay } from "./century-slip.ts";

/**
 * On which days values lie, and how many on each.
 *
 * @param rows a query with dates or timestamps as `v`
 */
export async function countDays(
  engine: Engine,
  rows: string,
  signal: AbortSignal | undefined,
): Promise<readonly CountedDay[]> {
  const days = await engine.rows(
    `SELECT datediff('day', DATE '1970-01-01', CAST(v AS DATE))::DOUBLE AS d, count(*)::DOUBLE AS n FROM (${rows}) WHERE v IS NOT NULL GROUP BY d ORDER BY d`,
    signal,
  );
  return days.map((row) => ({ day: Number(row["d"]), values: Number(row["n"]) }));
}
