import { inspectionRules } from "../inspection-rules.ts";
import type { Survey } from "../survey.ts";
import type { Suspicion } from "../suspicion.ts";

/** What a calendar date is made of, as DuckDB names it. */
const parts = ["day", "isodow", "hour", "minute", "second"] as const;

/** Share of dates up to which the days of the week that hardly any other has are exceptions. */
const habitShare = 0.02;

/** Days from now on that nobody plans for. */
const century = 36_525;

/** Finds dates on odd days, and those to come. `now`: days since 1970-01-01. */
export async function inspectDates(
  survey: Survey,
  now: number | undefined,
): Promise<readonly Suspicion[]> {
  const columns = survey.columns.filter(({ kind, present }) => kind === "date" && present >= 20);
  if (columns.length === 0) return [];
  const time = (n: string): string =>
    `make_timestamp(CAST(round(${n} * 86400) AS BIGINT) * 1000000)`;
  const selected = columns.flatMap(({ number: n, index }) => [
    ...parts.map((part) => `map_entries(histogram(${part}(${time(n)}))) AS ${part}${index}`),
    `count(*) FILTER (${n} >= ${now === undefined ? "1e9" : now + 1})::DOUBLE AS f${index}`,
    `count(*) FILTER (${n} >= ${now === undefined ? "1e9" : now + century})::DOUBLE AS g${index}`,
    `count(${n})::DOUBLE AS k${index}`,
  ]);
  const [row = {}] = await survey.engine.rows(
    `SELECT ${selected.join(", ")} FROM ${survey.table}`,
    survey.signal,
  );
  return columns.flatMap(({ number: n, index, name, text, timed }) => {
    const total = Number(row[`k${index}`]);
    const found: Suspicion[] = [];
    const { most, beyond } = inspectionRules["future-time"].thresholds;
    const [ahead, far] = [Number(row[`f${index}`]), Number(row[`g${index}`])];
    // Plans have many days ahead; a century ahead has nobody, however many there are.
    const isRare = ahead <= Math.max(1, total * most);
    const future = isRare ? ahead : far;
    if (now !== undefined && future > 0 && (isRare || far <= total * beyond)) {
      found.push({
        rule: "future-time",
        columns: [name],
        rows: `SELECT _row FROM ${survey.table} WHERE ${n} >= ${now + (isRare ? 1 : century)}`,
        score: 0.9,
        evidence: `${future} of ${total} are ${isRare ? "still to come" : "more than a century ahead"}`,
        shown: text,
      });
    }
    for (const part of timed ? parts : parts.slice(0, 2)) {
      const rare = rareParts(row[`${part}${index}`], total, part === "isodow");
      if (rare === undefined) continue;
      found.push({
        rule: "date-part",
        columns: [name],
        rows: `SELECT _row FROM ${survey.table} WHERE ${part}(${time(n)}) IN (${rare.values.join(", ")})`,
        score:
          1 - 0.5 * (rare.rows / Math.max(1, total * inspectionRules["date-part"].thresholds.most)),
        evidence: `${rare.rows} of ${total} have a ${part === "isodow" ? "day of the week" : part} that hardly any other has`,
        shown: text,
      });
      break;
    }
    return found;
  });
}

/** Values of a part that are far rarer than those that nearly all dates have. */
function rareParts(
  histogram: unknown,
  total: number,
  ofHabit: boolean,
): { readonly values: readonly number[]; readonly rows: number } | undefined {
  const { regular, most } = inspectionRules["date-part"].thresholds;
  if (!Array.isArray(histogram)) return undefined;
  const entries = histogram
    .map((entry) => entry as { readonly key: unknown; readonly value: unknown })
    .map(({ key, value }) => ({ value: Number(key), rows: Number(value) }))
    .sort((a, b) => b.rows - a.rows);
  let covered = 0;
  let usual = 0;
  for (const { rows } of entries) {
    if (covered >= total * regular) break;
    covered += rows;
    usual += 1;
  }
  const rest = entries.slice(usual);
  const rows = rest.reduce((sum, entry) => sum + entry.rows, 0);
  const least = entries[usual - 1]?.rows ?? 0;
  if (rows === 0 || rows > Math.max(1, total * most) || usual > 12) return undefined;
  if (!rest.every((entry) => entry.rows * 5 <= least)) return undefined;
  // People do on one day of the week what they mostly do on others; a rule has next to no exceptions.
  if (ofHabit && rows > Math.max(1, total * habitShare)) return undefined;
  return { values: rest.map(({ value }) => value), rows };
}
