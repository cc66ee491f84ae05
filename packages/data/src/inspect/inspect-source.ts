import { z } from "zod";
import type { Engine } from "../engine/engine.ts";
import type { Profile } from "../profile/profile-schema.ts";
import { fileIndex } from "../source/file-rows.ts";
import { detectors, divideDetectors } from "./detectors.ts";
import { type Fault, faultSchema } from "./fault.ts";
import { habitOf } from "./habit.ts";
import { type InspectionRuleId, inspectionRules, noteBelow } from "./inspection-rules.ts";
import { type Survey, withSurvey } from "./survey.ts";
import type { Suspicion } from "./suspicion.ts";

/**
 * Tables of more values are looked at by one detector after the other: what each of them has DuckDB hold adds up, and would
 * not fit beside the table into the memory that a node gives it for large files.
 */
const sideBySideValues = 250_000;

/** Of the score, where what stands out is how the rows of a category are: a note is left. */
const ofHabit = 0.5;

/** Share of the rows that a fault may set aside; with more it becomes a soft one. */
const hardShare = 0.1;

/** By when a source is judged, by which rules, and within which bounds. */
export interface InspectOptions {
  /** Nothing observed can be later, milliseconds since the epoch. Default: times to come are not looked for. */
  readonly referenceTime?: number;
  /** Row numbers kept of each soft fault. Default 20. */
  readonly rowLimit?: number;
  /** Rows of a hard fault; with more, or more than a tenth of all, it becomes a soft one, since so much is not set aside unasked. Default 2000. */
  readonly hardLimit?: number;
  /** Rules that are not applied. Default: none. */
  readonly without?: readonly InspectionRuleId[];
  /** Examples kept of each fault. Default 5. */
  readonly exampleLimit?: number;
  /** Values looked at: rows times columns. Of a larger table blocks of 5,000 rows are, in even distances. Default 2,000,000. */
  readonly valueLimit?: number;
}

/**
 * Looks for what is probably wrong in a file, without being told what is right: every rule of
 * `inspectionRules` learns from the data what is usual and finds what is not. All of it is done in
 * DuckDB, over sets; only frequencies and a few hundred values at the ends of each distribution leave it.
 * Of tables with more values than `valueLimit`, blocks of rows in even distances are looked at. Memory is the engine's
 * `memoryLimitMb`, beyond which DuckDB spills to its scratch folder; how long it may take is said with `signal`.
 *
 * @returns faults, the surest first
 * @throws InterruptedError when `signal` is aborted
 */
export async function inspectSource(
  engine: Engine,
  profile: Profile,
  options: InspectOptions = {},
  signal?: AbortSignal,
): Promise<readonly Fault[]> {
  return joinFaults(await inspectPart(engine, profile, { part: 0, of: 1 }, options, signal));
}

/** What a detector found, and which it was. */
export const detectedFaultsSchema = z.object({
  detector: z.string(),
  faults: z.array(faultSchema),
});
type DetectedFaults = z.output<typeof detectedFaultsSchema>;

/** One of the parts that an inspection is divided into, from 0. */
interface InspectionPart {
  readonly part: number;
  readonly of: number;
}

/**
 * Does a part of an inspection: some of its detectors on all that is looked at, so that the parts take about the same time.
 * {@link joinFaults} puts the parts together.
 *
 * @throws InterruptedError when `signal` is aborted
 */
export async function inspectPart(
  engine: Engine,
  profile: Profile,
  { part, of }: InspectionPart,
  options: InspectOptions = {},
  signal?: AbortSignal,
): Promise<readonly DetectedFaults[]> {
  const {
    without = [],
    referenceTime,
    rowLimit = 20,
    hardLimit = 2000,
    exampleLimit = 5,
    valueLimit,
  } = options;
  const now = referenceTime === undefined ? undefined : Math.floor(referenceTime / 86_400_000);
  const only = (divideDetectors(of)[part] ?? []).filter(({ rules }) =>
    rules.some((rule) => !without.includes(rule)),
  );
  return withSurvey(
    engine,
    profile,
    async (survey) => {
      const limits = { rowLimit, hardLimit, exampleLimit };
      const detectedBy = async ({
        name,
        detect,
      }: (typeof only)[number]): Promise<DetectedFaults> => {
        const suspicions = await detect(survey, now);
        const asked = suspicions.filter(({ rule }) => !without.includes(rule));
        const faults = await allEnded(asked.map((one) => lookUp(survey, one, limits)));
        return { detector: name, faults: faults.flat() };
      };
      if (survey.rows * survey.columns.length <= sideBySideValues) {
        return allEnded(only.map(detectedBy));
      }
      const detected: DetectedFaults[] = [];
      for (const detector of only) detected.push(await detectedBy(detector));
      return detected;
    },
    valueLimit,
    signal,
  );
}

/**
 * All results, once all have ended: where one fails, the others must not be left at work on a table that is gone. The
 * engine lets as many queries at a time pass as it has threads.
 */
async function allEnded<T>(works: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}

/** Puts together what parts of an inspection found: the same as if it had been done at once. */
export function joinFaults(parts: readonly DetectedFaults[]): readonly Fault[] {
  const faults = detectors.flatMap(({ name }) =>
    parts.filter(({ detector }) => detector === name).flatMap((part) => part.faults),
  );
  return merged(faults).sort((a, b) => b.score - a.score);
}

/** Files that are kept of a fault. */
const fileLimit = 64;

/** How many rows of a fault each file has, where there are several. */
async function filesOf(survey: Survey, rows: string): Promise<Fault["files"]> {
  if (survey.source.files === undefined) return undefined;
  const found = await survey.engine.rows(
    `SELECT f::DOUBLE AS f, count(*)::DOUBLE AS n FROM (SELECT ${fileIndex(survey.source)} AS f FROM (${rows})) GROUP BY f ORDER BY n DESC, f LIMIT ${fileLimit}`,
    survey.signal,
  );
  return found.map((row) => ({ file: Number(row["f"]), rows: Number(row["n"]) }));
}

/** What one rule says of the same rows in several columns is one fault. */
function merged(faults: readonly Fault[]): Fault[] {
  const byRows = new Map<string, Fault>();
  for (const fault of faults) {
    const key = `${fault.rule} ${fault.rows} ${fault.rowNumbers.join(" ")}`;
    const known = byRows.get(key);
    const columns = [...new Set([...(known?.columns ?? []), ...fault.columns])];
    byRows.set(key, { ...(known ?? fault), columns });
  }
  return [...byRows.values()];
}

async function lookUp(
  survey: Survey,
  suspicion: Suspicion,
  {
    rowLimit,
    hardLimit,
    exampleLimit,
  }: Required<Omit<InspectOptions, "referenceTime" | "valueLimit" | "without">>,
): Promise<readonly Fault[]> {
  const { rule, columns, rows, shown } = suspicion;
  const [found] = await survey.engine.rows(
    `SELECT count(*)::DOUBLE AS n, list(_row::DOUBLE ORDER BY _row)[:${Math.max(rowLimit, hardLimit)}] AS rows FROM (${rows})`,
    survey.signal,
  );
  const count = Number(found?.["n"]);
  const numbers = Array.isArray(found?.["rows"]) ? found["rows"].map(Number) : [];
  if (count === 0) return [];
  // So much is not set aside unasked, in rows or as a share of them.
  const setAside = count <= hardLimit && count <= Math.max(1, survey.rows * hardShare);
  const known = setAside ? inspectionRules[rule].severity : "soft";
  const files = await filesOf(survey, rows);
  const habit = await habitOf(survey, suspicion, count);
  const score = habit === undefined ? suspicion.score : suspicion.score * ofHabit;
  const evidence =
    habit === undefined
      ? suspicion.evidence
      : `${suspicion.evidence}; they belong to one '${habit}', or to a few`;
  const severity = score < noteBelow ? "note" : known;
  const first = numbers.slice(0, exampleLimit);
  const examples = await survey.engine.rows(
    `SELECT _row::DOUBLE AS r, ${shown} AS v FROM ${survey.table} WHERE _row IN (${first.join(", ")}) ORDER BY _row`,
    survey.signal,
  );
  return [
    {
      rule,
      columns: [...columns],
      rows: count,
      share: count / survey.rows,
      severity,
      score: Math.min(1, Math.max(0, Math.round(score * 1000) / 1000)),
      evidence,
      ...(files === undefined ? {} : { files: [...files] }),
      examples: examples.map((row) => ({
        row: Number(row["r"]),
        value: row["v"] === null || row["v"] === undefined ? null : String(row["v"]),
      })),
      rowNumbers: severity === "hard" ? numbers : numbers.slice(0, rowLimit),
    },
  ];
}
