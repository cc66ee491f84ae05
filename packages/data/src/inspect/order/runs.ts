import { inspectionRules } from "../inspection-rules.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import type { Suspicion } from "../suspicion.ts";
import { likeliestRun, longer } from "./property-runs.ts";

/** Share of rows from which on a run is a part of the file, such as the class of a sorted column; at least so many rows. */
const partShare = 0.2;
const partRows = 10;
/** Share of rows with zero outside a run from which on zeros come in spells: nothing is sold for a while. */
const spells = 0.05;

/** Different lengths of runs that are looked at. */
const lengthLimit = 4;

/** Finds runs of one value, or of none, that chance does not make, and values missing here and there. */
export async function inspectRuns(survey: Survey): Promise<readonly Suspicion[]> {
  const found: Suspicion[] = [];
  for (const column of survey.columns) {
    if (column.present < survey.rows) found.push(...(await missingIn(survey, column)));
    const varied = column.kind !== "words" && column.distinct >= column.present * 0.05;
    if (!varied || column.present < 20) continue;
    const stuck = await stuckIn(survey, column);
    found.push(...stuck);
    if (stuck.length === 0 && column.kind === "number")
      found.push(...(await roundedIn(survey, column)));
  }
  return found;
}

async function missingIn(survey: Survey, column: SurveyColumn): Promise<readonly Suspicion[]> {
  const { name, text, present } = column;
  const missing = survey.rows - present;
  const { most } = inspectionRules["missing-value"].thresholds;
  const share = missing / survey.rows;
  if (share <= most || missing === 1) {
    return [
      {
        rule: "missing-value",
        columns: [name],
        rows: `SELECT _row FROM ${survey.table} WHERE ${text} IS NULL`,
        score: 1 - 0.5 * Math.min(1, share / most),
        evidence: `${missing} of ${survey.rows} values are missing`,
        shown: text,
      },
    ];
  }
  return runsOf(survey, column, "missing-run", share);
}

async function stuckIn(survey: Survey, column: SurveyColumn): Promise<readonly Suspicion[]> {
  const { text } = column;
  const [row] = await survey.engine.rows(
    `SELECT count(*) FILTER (same)::DOUBLE AS s, count(same)::DOUBLE AS n FROM (SELECT ${text} = lag(${text}) OVER (ORDER BY _row) AS same FROM ${survey.table})`,
    survey.signal,
  );
  const share = Number(row?.["s"]) / Math.max(1, Number(row?.["n"]));
  return runsOf(survey, column, "stuck", share);
}

/** @param share of rows that go on with a run, where runs come by chance */
async function runsOf(
  survey: Survey,
  { name, text }: SurveyColumn,
  rule: "stuck" | "missing-run",
  share: number,
): Promise<readonly Suspicion[]> {
  if (share <= 0 || share >= 1) return [];
  const { chance, length: shortest } = inspectionRules[rule].thresholds;
  const unlikely = Math.ceil(Math.log(chance / survey.rows) / Math.log(share));
  const least = Math.max(shortest, unlikely);
  const changed = `SELECT _row, ${text} AS v, CASE WHEN ${text} IS NOT DISTINCT FROM lag(${text}) OVER (ORDER BY _row) THEN 0 ELSE 1 END AS changed, count(*) OVER (PARTITION BY ${text}) AS times FROM ${survey.table}`;
  const numbered = `SELECT _row, v, times, sum(changed) OVER (ORDER BY _row) AS run FROM (${changed})`;
  // What is frequent comes in long runs by chance.
  const byChance = `count(*) * ln((max(times) - count(*) + 1) / ${survey.rows}) > ${Math.log(chance / survey.rows)}`;
  const part = `count(*) > ${Math.max(partRows, survey.rows * partShare)}`;
  const spell = `max(TRY_CAST(v AS DOUBLE)) = 0 AND max(times) - count(*) >= ${survey.rows * spells}`;
  const usual = `(${byChance}) OR (${part}) OR coalesce(${spell}, false)`;
  const runs = `SELECT count(*) AS length, min(_row) AS first, max(_row) AS last, ${rule === "stuck" ? usual : part} AS chance FROM (${numbered}) WHERE v IS ${rule === "stuck" ? "NOT NULL" : "NULL"} GROUP BY run`;
  const longest = await survey.engine.rows(
    `SELECT DISTINCT length::DOUBLE AS l FROM (${runs}) ORDER BY l DESC LIMIT ${lengthLimit}`,
    survey.signal,
  );
  const lengths = longest.map((row) => Number(row["l"]));
  // Runs that are long by nature come in all lengths.
  const shorter = (at: number): number =>
    lengths[at + 1] ?? (lengths.length < lengthLimit ? 1 : Number.POSITIVE_INFINITY);
  const cut = lengths.findIndex((length, at) => length >= longer * shorter(at));
  const length = lengths[cut];
  if (length === undefined || length < least) return [];
  return [
    {
      rule,
      columns: [name],
      rows: `SELECT _row FROM ${survey.table} JOIN (${runs}) ON _row BETWEEN first AND last WHERE length >= ${length} AND NOT chance`,
      score: 1 - 0.5 * (least / length),
      evidence: `runs of ${length} or more ${rule === "stuck" ? "equal" : "missing"} values; the next longest has ${shorter(cut)}`,
      shown: text,
    },
  ];
}

/** Runs of rounder numbers than the column has otherwise: estimated, filled in, or kept with fewer digits. */
async function roundedIn(survey: Survey, column: SurveyColumn): Promise<readonly Suspicion[]> {
  const { number: n } = column;
  return likeliestRun(survey, column, "rounded", [
    { what: "whole numbers", condition: `${n} = round(${n})` },
    { what: "multiples of ten", condition: `${n} % 10 = 0` },
    { what: "multiples of a hundred", condition: `${n} % 100 = 0` },
    { what: "zeros", condition: `${n} = 0`, different: 1 },
  ]);
}
