import { inspectionRules } from "../inspection-rules.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import type { Suspicion } from "../suspicion.ts";

/** Fewest numbers and different ones that say how frequent one of them is. */
const fewest = { numbers: 60, different: 20 } as const;
/** Values on either side of one that say how frequent it should be. */
const around = 6;
/** Values that stand out most, of which the first must stand out from the others. */
const compared = 4;

/** A value that comes more often than those on either side of it. */
interface Spike {
  readonly value: number;
  readonly rows: number;
  /** Rows that each of the values around it has on average. */
  readonly expected: number;
  /** Zeros that it ends in, and those of most values around it. */
  readonly rounder: boolean;
}

/** Finds a number or a day that comes far more often than those around it, as what is filled in does. */
export async function inspectSpikes(survey: Survey): Promise<readonly Suspicion[]> {
  const columns = survey.columns.filter(
    ({ kind, present, distinct }) =>
      kind !== "words" && present >= fewest.numbers && distinct >= fewest.different,
  );
  if (columns.length === 0) return [];
  const counted = columns.map(
    ({ index, number: n, kind }) =>
      `SELECT ${index} AS c, ${n}::DOUBLE AS v, count(*) AS n, ${kind === "date" ? dayRoundness(n) : roundness(n)} AS r FROM ${survey.table} WHERE ${n} IS NOT NULL GROUP BY ${n}`,
  );
  const window = (from: string, to: string): string =>
    `OVER (PARTITION BY c ORDER BY v ROWS BETWEEN ${from} AND ${to})`;
  const before = window(`${around} PRECEDING`, "1 PRECEDING");
  const after = window("1 FOLLOWING", `${around} FOLLOWING`);
  const rows = await survey.engine.rows(
    `SELECT c::DOUBLE AS c, v, n::DOUBLE AS n, e::DOUBLE AS e, r > m OR r = ${ofCalendar} AS rounder FROM (SELECT c, v, n, r, (coalesce(sum(n) ${before}, 0) + coalesce(sum(n) ${after}, 0)) / (count(*) ${before} + count(*) ${after}) AS e, greatest(max(r) ${before}, max(r) ${after}) AS m, row_number() OVER (PARTITION BY c ORDER BY v) AS up, row_number() OVER (PARTITION BY c ORDER BY v DESC) AS down FROM (${counted.join(" UNION ALL ")})) WHERE up > 1 AND down > 1 QUALIFY row_number() OVER (PARTITION BY c ORDER BY n * ln(n / (e + 0.5)) - n + e DESC, v) <= ${compared} ORDER BY c, n * ln(n / (e + 0.5)) - n + e DESC, v`,
    survey.signal,
  );
  return columns.flatMap((column) => {
    const spikes = rows
      .filter((row) => Number(row["c"]) === column.index)
      .map((row) => ({
        value: Number(row["v"]),
        rows: Number(row["n"]),
        expected: Number(row["e"]),
        rounder: row["rounder"] === true,
      }));
    return judge(survey, column, spikes);
  });
}

function judge(
  survey: Survey,
  column: SurveyColumn,
  spikes: readonly Spike[],
): readonly Suspicion[] {
  const found = loneSpike(spikes, column.present);
  if (found === undefined) return [];
  const { spike, times } = found;
  const { most, times: needed } = inspectionRules.spike.thresholds;
  const { number: n, name, text, present } = column;
  return [
    {
      rule: "spike",
      columns: [name],
      rows: `SELECT _row FROM ${survey.table} WHERE ${n} = ${spike.value}`,
      score: 1 - 0.4 * (needed / times) - 0.1 * (spike.rows / (present * most)),
      evidence: `one value comes ${spike.rows} times, those around it ${spike.expected.toFixed(1)} times on average`,
      shown: text,
    },
  ];
}

/**
 * The value that is too frequent for chance, when it is alone in that: where several are, the column is one in which
 * some values are more usual than others.
 *
 * @param spikes the most prominent first
 * @param present values of the column
 */
function loneSpike(
  spikes: readonly Spike[],
  present: number,
): { readonly spike: Spike; readonly times: number } | undefined {
  const { least, times, most, over, surprise: needed } = inspectionRules.spike.thresholds;
  const [spike, next] = spikes;
  if (spike === undefined || spike.rows < least || spike.rows > present * most) return undefined;
  if (spike.rows < spike.expected * over) return undefined;
  // Round numbers and nothing at all are what people write, and what they mean.
  if (spike.rounder || spike.value === 0) return undefined;
  const usual = Math.max(needed / times, next === undefined ? 0 : surprise(next));
  const ratio = surprise(spike) / usual;
  return ratio < times ? undefined : { spike, times: ratio };
}

/** How unlikely so many rows are where so many are expected: the exponent of a bound for the tail of Poisson's distribution. */
function surprise({ rows, expected }: Spike): number {
  const mean = expected + 0.5;
  return rows <= mean ? 0 : rows * Math.log(rows / mean) - (rows - mean);
}

/** Days, weeks and hours of the periods of the calendar: what is done once in each of them is counted so. */
const periods = [12, 24, 52, 60, 168, 365, 366, 1440, 8760, 8784];

/** They are rounder than any other number. */
const ofCalendar = 100;

/** How round a number is: the higher the rounder. */
function roundness(n: string): string {
  const steps = [1000, 500, 100, 50, 10, 5, 1, 0.5, 0.1];
  return `CASE WHEN ${n} IN (${periods.join(", ")}) THEN ${ofCalendar} ${steps.map((step, at) => `WHEN abs(${n} / ${step} - round(${n} / ${step})) < 1e-9 THEN ${steps.length - at}`).join(" ")} ELSE 0 END`;
}

/** First days of years and months are round dates. */
function dayRoundness(n: string): string {
  const date = `make_timestamp(CAST(floor(${n}) AS BIGINT) * 86400000000)`;
  return `CASE WHEN day(${date}) > 1 THEN 0 WHEN month(${date}) > 1 THEN 1 ELSE 2 END`;
}
