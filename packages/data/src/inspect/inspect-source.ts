import type { Engine } from "../engine/engine.ts";
import type { Profile } from "../profile/profile-schema.ts";
import { fileIndex } from "../source/file-rows.ts";
import { inspectAbsences } from "./absences.ts";
import { inspectArithmetic } from "./arithmetic.ts";
import { inspectCategories } from "./categories.ts";
import { inspectCombinations } from "./combinations.ts";
import { inspectDates } from "./dates.ts";
import { inspectDependencies } from "./dependencies.ts";
import { inspectDerived } from "./derived.ts";
import { inspectEqualColumns } from "./equal-columns.ts";
import { inspectExplained } from "./explained.ts";
import type { Fault } from "./fault.ts";
import { inspectForeignWords } from "./foreign-words.ts";
import { inspectFormats } from "./formats.ts";
import { inspectGrids } from "./grid.ts";
import { inspectGroups } from "./groups.ts";
import { inspectHeader } from "./headers.ts";
import { type InspectionRuleId, inspectionRules, noteBelow } from "./inspection-rules.ts";
import { inspectLevels } from "./levels.ts";
import { inspectPlaces } from "./misplaced.ts";
import { inspectNumberForms } from "./number-forms.ts";
import { inspectNumbers } from "./numbers.ts";
import { inspectPairs } from "./pairs.ts";
import { inspectReadings } from "./readings.ts";
import { inspectRepeatedBlocks } from "./repeated-block.ts";
import { inspectRows } from "./rows.ts";
import { inspectRuns } from "./runs.ts";
import { inspectSequence } from "./sequence.ts";
import { inspectShapes } from "./shapes.ts";
import { inspectSpikes } from "./spikes.ts";
import { type Survey, withSurvey } from "./survey.ts";
import type { Suspicion } from "./suspicion.ts";
import { inspectTestEntries } from "./test-entries.ts";
import { inspectUnits } from "./units.ts";
import { inspectWords } from "./words.ts";
import { inspectWriting } from "./written.ts";

/** By when a source is judged, by which rules, and within which bounds. */
export interface InspectOptions {
  /** Nothing observed can be later, milliseconds since the epoch. Default: times to come are not looked for. */
  readonly referenceTime?: number;
  /** Row numbers kept of each soft fault. Default 20. */
  readonly rowLimit?: number;
  /** Rows of a hard fault; with more it becomes a soft one, since so much is not set aside unasked. Default 2000. */
  readonly hardLimit?: number;
  /** Rules that are not applied. Default: none. */
  readonly without?: readonly InspectionRuleId[];
  /** Examples kept of each fault. Default 5. */
  readonly exampleLimit?: number;
  /** Values looked at: rows times columns. Of a larger table blocks of 5,000 rows are, in even distances. Default 2,000,000. */
  readonly valueLimit?: number;
}

/** What looks for some of the rules. `now`: days since 1970-01-01. */
interface Detector {
  readonly rules: readonly InspectionRuleId[];
  readonly find: (survey: Survey, now: number | undefined) => Promise<readonly Suspicion[]>;
}

const detectors: readonly Detector[] = [
  {
    rules: ["ragged", "repeated-header", "bare-row", "total-row", "duplicate-row"],
    find: inspectRows,
  },
  { rules: ["unreadable", "placeholder"], find: inspectReadings },
  { rules: ["broken-character", "odd-character", "spacing"], find: inspectWriting },
  { rules: ["shape", "letter-case"], find: inspectShapes },
  { rules: ["category-variant", "rare-category"], find: inspectCategories },
  { rules: ["outlier", "sentinel", "sign", "decimals", "coordinate"], find: inspectNumbers },
  { rules: ["date-part", "future-time"], find: inspectDates },
  { rules: ["neighbour", "step"], find: inspectSequence },
  { rules: ["missing-value", "missing-run", "stuck", "rounded"], find: inspectRuns },
  { rules: ["relation"], find: inspectPairs },
  { rules: ["group-outlier"], find: inspectGroups },
  { rules: ["dependency", "key"], find: inspectDependencies },
  { rules: ["number-form", "repeated-number"], find: inspectNumberForms },
  { rules: ["misplaced", "reference"], find: inspectPlaces },
  { rules: ["arithmetic"], find: inspectArithmetic },
  { rules: ["grid"], find: inspectGrids },
  { rules: ["spike"], find: inspectSpikes },
  { rules: ["equal-columns"], find: inspectEqualColumns },
  { rules: ["unit"], find: inspectUnits },
  { rules: ["absence"], find: inspectAbsences },
  { rules: ["header"], find: inspectHeader },
  { rules: ["derived"], find: inspectDerived },
  { rules: ["combination"], find: inspectCombinations },
  { rules: ["test-entry"], find: inspectTestEntries },
  { rules: ["word-variant"], find: inspectWords },
  { rules: ["level"], find: inspectLevels },
  { rules: ["explained"], find: inspectExplained },
  { rules: ["format"], find: inspectFormats },
  { rules: ["repeated-block"], find: inspectRepeatedBlocks },
  { rules: ["foreign-word"], find: inspectForeignWords },
];

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
  const {
    without = [],
    referenceTime,
    rowLimit = 20,
    hardLimit = 2000,
    exampleLimit = 5,
    valueLimit,
  } = options;
  const now = referenceTime === undefined ? undefined : Math.floor(referenceTime / 86_400_000);
  return withSurvey(
    engine,
    profile,
    async (survey) => {
      const asked = detectors.filter(({ rules }) => rules.some((rule) => !without.includes(rule)));
      const found = await allEnded(asked.map(({ find }) => find(survey, now)));
      const wanted = found.flat().filter(({ rule }) => !without.includes(rule));
      const limits = { rowLimit, hardLimit, exampleLimit };
      const faults = await allEnded(wanted.map((one) => lookUp(survey, one, limits)));
      return merged(faults.flat()).sort((a, b) => b.score - a.score);
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
  { rule, columns, rows, score, evidence, shown }: Suspicion,
  {
    rowLimit,
    hardLimit,
    exampleLimit,
  }: Required<Omit<InspectOptions, "referenceTime" | "valueLimit" | "without">>,
): Promise<readonly Fault[]> {
  const [found] = await survey.engine.rows(
    `SELECT count(*)::DOUBLE AS n, list(_row::DOUBLE ORDER BY _row)[:${Math.max(rowLimit, hardLimit)}] AS rows FROM (${rows})`,
    survey.signal,
  );
  const count = Number(found?.["n"]);
  const numbers = Array.isArray(found?.["rows"]) ? found["rows"].map(Number) : [];
  if (count === 0) return [];
  const known = count <= hardLimit ? inspectionRules[rule].severity : "soft";
  const files = await filesOf(survey, rows);
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
