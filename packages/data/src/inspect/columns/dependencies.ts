import type { Row } from "../../engine/engine.ts";
import { inspectionRules } from "../inspection-rules.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import type { Suspicion } from "../suspicion.ts";
import { agreeing } from "./agreeing.ts";

/** Columns that are tried as determining, or as part of a key. */
const columnLimit = 8;
/** Of the score, where the key is a title: a note is left. */
const byTitle = 0.5;
/** Columns that make a key together. */
const keyParts = 3;

/** Share of rows that go on with the value of the row before, from which on a file is sorted by a column. */
const sorted = 0.8;

/** Finds exceptions to what one column says about another, and to what identifies rows. */
export async function inspectDependencies(survey: Survey): Promise<readonly Suspicion[]> {
  return [...(await dependencies(survey)), ...(await keys(survey))];
}

async function dependencies(survey: Survey): Promise<readonly Suspicion[]> {
  const { exceptions } = inspectionRules.dependency.thresholds;
  const grouping = survey.columns
    .filter(
      ({ kind, distinct, present, lists }) =>
        !lists &&
        distinct >= 3 &&
        present >= distinct * (kind === "words" ? 1.8 : 2.5) &&
        distinct * 1.02 < present,
    )
    .slice(0, columnLimit);
  const pairs = grouping.flatMap((one) =>
    survey.columns
      .filter(
        (other) =>
          other !== one &&
          !other.lists &&
          other.distinct >= 2 &&
          other.distinct <= one.distinct * 1.6 + other.present * 0.06,
      )
      .slice(0, columnLimit)
      .map((other) => ({ one, other })),
  );
  if (pairs.length === 0) return [];
  const counted = pairs.map(({ one, other }, index) => {
    const groups = `SELECT ${one.text} AS x, ${other.text} AS y, count(*) AS n FROM ${survey.table} WHERE ${one.text} IS NOT NULL AND ${other.text} IS NOT NULL GROUP BY ALL`;
    return `SELECT ${index} AS k, sum(total)::DOUBLE AS total, sum(top)::DOUBLE AS top, count(*)::DOUBLE AS groups, count(*) FILTER (top < total)::DOUBLE AS broken, max(share)::DOUBLE AS share FROM (SELECT x, sum(n) AS total, max(n) AS top FROM (${groups}) GROUP BY x HAVING sum(n) >= 3), (SELECT max(n) / sum(n) AS share FROM (SELECT ${other.text} AS v, count(*) AS n FROM ${survey.table} WHERE ${other.text} IS NOT NULL GROUP BY v))`;
  });
  const rows = await survey.engine.rows(counted.join(" UNION ALL "), survey.signal);
  const candidates = rows.flatMap((row) => {
    const pair = pairs[Number(row["k"])];
    const [total, top, groups, broken, share] = ["total", "top", "groups", "broken", "share"].map(
      (key) => Number(row[key]),
    );
    if (
      pair === undefined ||
      total === undefined ||
      top === undefined ||
      groups === undefined ||
      broken === undefined ||
      share === undefined
    )
      return [];
    const exceptional = total - top;
    // Of few rows one exception more or less says something else: the rule of succession.
    const likely = (exceptional + 1) / total;
    const enough = total >= Math.max(20, survey.rows * 0.3) && groups >= 3;
    if (!enough || exceptional === 0 || likely > exceptions) return [];
    // It must say far more than that one value is frequent everywhere.
    if (exceptional / total > (1 - share) * 0.25) return [];
    return [
      {
        ...pair,
        total,
        exceptional,
        score: 1 - 0.5 * (exceptional / Math.max(1, total * exceptions)),
      },
    ];
  });
  const scattered = await scatteredOf(survey, candidates);
  const best = new Map<string, (typeof candidates)[number]>();
  for (const candidate of scattered) {
    const known = best.get(candidate.other.name);
    if (known === undefined || candidate.score > known.score)
      best.set(candidate.other.name, candidate);
  }
  return [...best.values()].map(({ one, other, total, exceptional, score }) => ({
    rule: "dependency",
    columns: [other.name, one.name],
    rows: exceptionsTo(survey, one, other),
    score,
    evidence: `rows with the same '${one.name}' have the same '${other.name}', but for ${exceptional} of ${total}`,
    shown: other.text,
  }));
}

/**
 * Those whose exceptions lie scattered: one here and there among rows that agree. Where rows with one value differ in
 * about equal parts, the value stands for two things, as a county's name does in several states.
 */
async function scatteredOf<P extends { readonly one: SurveyColumn; readonly other: SurveyColumn }>(
  survey: Survey,
  candidates: readonly P[],
): Promise<readonly P[]> {
  if (candidates.length === 0) return [];
  const counted = candidates.map(({ one, other }, index) => {
    const groups = `SELECT ${one.text} AS x, ${other.text} AS y, count(*) AS n FROM ${survey.table} WHERE ${one.text} IS NOT NULL AND ${other.text} IS NOT NULL GROUP BY ALL`;
    return `SELECT ${index} AS k, coalesce(sum(n) FILTER (n * ${agreeing} < total), 0)::DOUBLE AS alone, coalesce(sum(n) FILTER (n * ${agreeing} >= total), 0)::DOUBLE AS equal FROM (SELECT n, sum(n) OVER (PARTITION BY x) AS total, row_number() OVER (PARTITION BY x ORDER BY n DESC) AS place FROM (${groups})) WHERE place > 1 AND total > ${agreeing}`;
  });
  const rows = await survey.engine.rows(counted.join(" UNION ALL "), survey.signal);
  const wanted = new Set(
    rows.flatMap((row) => (Number(row["alone"]) > Number(row["equal"]) ? [Number(row["k"])] : [])),
  );
  return candidates.filter((_, index) => wanted.has(index));
}

/**
 * Rows that have what is rare among those with the same value of the determining column. In a file that is sorted by the other
 * column, rows between two that have the same there are where they belong, unless these are exceptions too.
 */
function exceptionsTo({ table }: Survey, one: SurveyColumn, other: SurveyColumn): string {
  const pairs = `SELECT _row, ${other.text} AS y, count(*) OVER (PARTITION BY ${one.text}, ${other.text}) AS n, count(*) OVER (PARTITION BY ${one.text}) AS total FROM ${table} WHERE ${one.text} IS NOT NULL AND ${other.text} IS NOT NULL`;
  const judged = `SELECT _row, y, n * ${agreeing} < total AS rare FROM (${pairs})`;
  const beside = ["lag", "lead"].map(
    (from) => `coalesce(${from}(y) OVER w = y AND NOT ${from}(rare) OVER w, false)`,
  );
  const placed = `SELECT _row, rare, ${beside.join(" AND ")} AS placed, lag(y) OVER w = y AS goes FROM (${judged}) WINDOW w AS (ORDER BY _row)`;
  return `SELECT _row FROM (SELECT _row, rare, placed, avg(goes::INT) OVER () >= ${sorted} AS sorted FROM (${placed})) WHERE rare AND NOT (placed AND sorted)`;
}

/** Column sets that identify nearly every row, smallest first; only the smallest is a key. */
async function keys(survey: Survey): Promise<readonly Suspicion[]> {
  if (survey.rows < 20) return [];
  const { most } = inspectionRules.key.thresholds;
  const single = survey.columns.filter(
    (column) =>
      column.present === survey.rows &&
      column.distinct < column.present &&
      column.distinct >= column.present * (1 - most) &&
      identifies(column),
  );
  if (single.length > 0) {
    const found: Suspicion[] = [];
    for (const column of single) {
      const { name, text, distinct, present } = column;
      if (await meetsByChance(survey, column)) continue;
      const fault = keyFault(survey, [{ name, text }], present - distinct);
      // Two films may have one name.
      found.push(isTitle(column) ? { ...fault, score: fault.score * byTitle } : fault);
    }
    return found;
  }
  if (
    survey.columns.some(
      ({ distinct, present }) => distinct === survey.rows && present === survey.rows,
    )
  )
    return [];
  const parts = survey.columns
    .filter(
      ({ kind, distinct, present }) =>
        present >= survey.rows * 0.94 &&
        distinct >= 2 &&
        distinct <= present * 0.7 &&
        (kind !== "number" || distinct <= present * 0.2),
    )
    .slice(0, columnLimit);
  const sets = subsets(parts, keyParts);
  if (sets.length === 0) return [];
  const counts = sets.map(
    (set, index) =>
      `count(DISTINCT hash(${set.map(({ text }) => text).join(", ")}))::DOUBLE AS k${index}`,
  );
  const [row = {}] = await survey.engine.rows(
    `SELECT ${counts.join(", ")} FROM ${survey.table}`,
    survey.signal,
  );
  const found = sets
    .map((set, index) => ({
      set,
      repeats: survey.rows - Number((row as Row)[`k${index}`]),
      expected: expectedRepeats(survey.rows, set),
    }))
    // Columns that vary enough are a key by chance; there, repeats come by chance too.
    .filter(
      ({ repeats, expected, set }) =>
        set.length > 1 && repeats <= Math.max(1, survey.rows * most) && repeats < expected * 0.5,
    )
    .sort((a, b) => a.set.length - b.set.length || a.repeats - b.repeats);
  const [key] = found;
  return key === undefined || key.repeats === 0 ? [] : [keyFault(survey, key.set, key.repeats)];
}

/** Codes and names of rows are written without spaces, or are dates; numbers may repeat for other reasons. */
function identifies({ kind, name, spaced, present, distinct, timed }: SurveyColumn): boolean {
  // Names are nearly all different too, but two may have the same one.
  if (kind === "words") return spaced < present * 0.1 || distinct >= present * 0.985;
  return (kind === "date" && !timed) || /^(id|key|uuid|code)$|[ _-]id$|Id$/.test(name);
}

/** Most values are of several words. */
const isTitle = ({ kind, spaced, present }: SurveyColumn): boolean =>
  kind === "words" && spaced > present * 0.5;

/** Whether days in no order repeat about as often as birthdays would, and so say nothing about a key. */
async function meetsByChance(
  { engine, table, signal }: Survey,
  { kind, timed, number: n, present, distinct }: SurveyColumn,
): Promise<boolean> {
  if (kind !== "date" || timed) return false;
  const [row] = await engine.rows(
    `SELECT (max(n) - min(n) + 1)::DOUBLE AS days, greatest(count(*) FILTER (n > before), count(*) FILTER (n < before))::DOUBLE AS onward FROM (SELECT ${n} AS n, lag(${n}) OVER (ORDER BY _row) AS before FROM ${table})`,
    signal,
  );
  const expected = (present * (present - 1)) / 2 / Number(row?.["days"] ?? 1);
  const inOrder = Number(row?.["onward"]) > present * 0.8;
  return !inOrder && present - distinct <= expected + 3 * Math.sqrt(expected);
}

/** Rows that would repeat a combination if the columns had nothing to do with each other. */
function expectedRepeats(rows: number, set: readonly SurveyColumn[]): number {
  const cells = set.reduce((product, { distinct }) => product * distinct, 1);
  return rows - cells * (1 - Math.exp(-rows / cells));
}

function subsets(
  columns: readonly SurveyColumn[],
  most: number,
): readonly (readonly SurveyColumn[])[] {
  let sets: (readonly SurveyColumn[])[] = columns.map((column) => [column]);
  const all = [...sets];
  for (let size = 2; size <= most; size += 1) {
    sets = sets.flatMap((set) =>
      columns
        .slice(columns.indexOf(set.at(-1) as SurveyColumn) + 1)
        .map((column) => [...set, column]),
    );
    all.push(...sets);
  }
  return all;
}

function keyFault(
  survey: Survey,
  columns: readonly Pick<SurveyColumn, "name" | "text">[],
  repeats: number,
): Suspicion {
  const texts = columns.map(({ text }) => text).join(", ");
  const names = columns.map(({ name }) => name);
  return {
    rule: "key",
    columns: names,
    rows: `SELECT _row FROM (SELECT _row, count(*) OVER (PARTITION BY ${texts}) AS n FROM ${survey.table}) WHERE n > 1`,
    score: 1 - 0.5 * (repeats / Math.max(1, survey.rows * inspectionRules.key.thresholds.most)),
    evidence: `${names.map((name) => `'${name}'`).join(" and ")} tell${names.length === 1 ? "s" : ""} rows apart, but for ${repeats}`,
    shown: columns[0]?.text ?? "_row",
  };
}
