import { inspectAbsences } from "./columns/absences.ts";
import { inspectArithmetic } from "./columns/arithmetic.ts";
import { inspectCombinations } from "./columns/combinations.ts";
import { inspectDependencies } from "./columns/dependencies.ts";
import { inspectDerived } from "./columns/derived.ts";
import { inspectEqualColumns } from "./columns/equal-columns.ts";
import { inspectExplained } from "./columns/explained.ts";
import { inspectGroups } from "./columns/groups.ts";
import { inspectPlaces } from "./columns/misplaced.ts";
import { inspectPairs } from "./columns/pairs.ts";
import { inspectValueTypes } from "./columns/value-types.ts";
import { inspectConversions } from "./conversions/mixed-units.ts";
import type { InspectionRuleId } from "./inspection-rules.ts";
import { inspectClipped } from "./numbers/clipped.ts";
import { inspectDates } from "./numbers/dates.ts";
import { inspectGrids } from "./numbers/grid.ts";
import { inspectNumberForms } from "./numbers/number-forms.ts";
import { inspectNumbers } from "./numbers/numbers.ts";
import { inspectSpikes } from "./numbers/spikes.ts";
import { inspectUnits } from "./numbers/units.ts";
import { inspectChanges } from "./order/change.ts";
import { inspectFilled } from "./order/filled.ts";
import { inspectLevels } from "./order/levels.ts";
import { inspectRuns } from "./order/runs.ts";
import { inspectSequence } from "./order/sequence.ts";
import { inspectSlips } from "./order/slips.ts";
import { inspectTwins } from "./order/twins.ts";
import { inspectHeader } from "./rows/headers.ts";
import { inspectRepeatedBlocks } from "./rows/repeated-block.ts";
import { inspectRows } from "./rows/rows.ts";
import { inspectShiftedCells } from "./rows/shifted-cells.ts";
import type { Survey } from "./survey.ts";
import type { Suspicion } from "./suspicion.ts";
import { inspectCategories } from "./text/categories.ts";
import { inspectForeignWords } from "./text/foreign-words.ts";
import { inspectFormats } from "./text/formats.ts";
import { inspectReadings } from "./text/readings.ts";
import { inspectShapes } from "./text/shapes.ts";
import { inspectTestEntries } from "./text/test-entries.ts";
import { inspectWords } from "./text/words.ts";
import { inspectWriting } from "./text/written.ts";

/** Looks for faults of some kinds. */
interface Detector {
  readonly name: string;
  /** What it looks for. */
  readonly rules: readonly InspectionRuleId[];
  /** About how long it takes, seconds of a processor for two million values. */
  readonly weight: number;
  /** @param now the day, since 1970-01-01, that nothing observed can be later than */
  readonly detect: (survey: Survey, now: number | undefined) => Promise<readonly Suspicion[]>;
}

/** All detectors, in the order in which they are applied: of equally sure faults the first is told first. */
export const detectors: readonly Detector[] = [
  {
    name: "rows",
    rules: [
      "broken-record",
      "cut-off",
      "ragged",
      "layout",
      "repeated-header",
      "bare-row",
      "total-row",
      "duplicate-row",
    ],
    weight: 1.2,
    detect: inspectRows,
  },
  { name: "readings", rules: ["unreadable", "placeholder"], weight: 0.3, detect: inspectReadings },
  {
    name: "writing",
    rules: ["broken-character", "odd-character", "spacing"],
    weight: 0.2,
    detect: inspectWriting,
  },
  { name: "shapes", rules: ["shape", "letter-case"], weight: 2.1, detect: inspectShapes },
  {
    name: "categories",
    rules: ["category-variant", "rare-category"],
    weight: 0.1,
    detect: inspectCategories,
  },
  {
    name: "numbers",
    rules: ["outlier", "sentinel", "sign", "decimals", "coordinate"],
    weight: 0.8,
    detect: inspectNumbers,
  },
  { name: "dates", rules: ["date-part", "future-time"], weight: 0.1, detect: inspectDates },
  { name: "sequence", rules: ["neighbour", "step"], weight: 2.0, detect: inspectSequence },
  {
    name: "runs",
    rules: ["missing-value", "missing-run", "stuck", "rounded"],
    weight: 0.6,
    detect: inspectRuns,
  },
  { name: "pairs", rules: ["relation"], weight: 0.9, detect: inspectPairs },
  { name: "groups", rules: ["group-outlier"], weight: 1.9, detect: inspectGroups },
  { name: "dependencies", rules: ["dependency", "key"], weight: 0.7, detect: inspectDependencies },
  {
    name: "number-forms",
    rules: ["number-form", "repeated-number"],
    weight: 0.5,
    detect: inspectNumberForms,
  },
  { name: "places", rules: ["misplaced", "reference"], weight: 0.3, detect: inspectPlaces },
  { name: "arithmetic", rules: ["arithmetic"], weight: 0.1, detect: inspectArithmetic },
  { name: "grids", rules: ["grid"], weight: 0.3, detect: inspectGrids },
  { name: "spikes", rules: ["spike"], weight: 0.4, detect: inspectSpikes },
  { name: "equal-columns", rules: ["equal-columns"], weight: 0.3, detect: inspectEqualColumns },
  { name: "units", rules: ["unit"], weight: 0.4, detect: inspectUnits },
  { name: "absences", rules: ["absence"], weight: 0.1, detect: inspectAbsences },
  { name: "header", rules: ["header"], weight: 0.2, detect: inspectHeader },
  { name: "derived", rules: ["derived"], weight: 0.2, detect: inspectDerived },
  { name: "combinations", rules: ["combination"], weight: 0.1, detect: inspectCombinations },
  { name: "test-entries", rules: ["test-entry"], weight: 0.1, detect: inspectTestEntries },
  { name: "words", rules: ["word-variant"], weight: 0.1, detect: inspectWords },
  { name: "levels", rules: ["level"], weight: 1.0, detect: inspectLevels },
  { name: "explained", rules: ["explained"], weight: 0.2, detect: inspectExplained },
  {
    name: "shifted-cells",
    rules: ["shifted-row"],
    weight: 0.3,
    detect: inspectShiftedCells,
  },
  { name: "conversions", rules: ["mixed-unit"], weight: 1.0, detect: inspectConversions },
  { name: "formats", rules: ["format"], weight: 0.1, detect: inspectFormats },
  {
    name: "repeated-blocks",
    rules: ["repeated-block"],
    weight: 0.1,
    detect: inspectRepeatedBlocks,
  },
  { name: "value-types", rules: ["value-type"], weight: 0.1, detect: inspectValueTypes },
  { name: "foreign-words", rules: ["foreign-word"], weight: 0.1, detect: inspectForeignWords },
  { name: "clipped", rules: ["clipped"], weight: 0.3, detect: inspectClipped },
  { name: "filled", rules: ["filled"], weight: 0.6, detect: inspectFilled },
  { name: "slips", rules: ["slip"], weight: 0.2, detect: inspectSlips },
  { name: "twins", rules: ["twin"], weight: 0.3, detect: inspectTwins },
  { name: "changes", rules: ["change", "drift"], weight: 0.3, detect: inspectChanges },
];

/** Detectors in so many parts that take about the same time: the longest first, each to the part that has least to do. */
export function divideDetectors(parts: number): readonly (readonly Detector[])[] {
  const shares = Array.from({ length: parts }, () => ({ weight: 0, detectors: [] as Detector[] }));
  for (const detector of detectors.toSorted((a, b) => b.weight - a.weight)) {
    const [least] = shares.toSorted((a, b) => a.weight - b.weight);
    if (least === undefined) break;
    least.weight += detector.weight;
    least.detectors.push(detector);
  }
  return shares.map((share) => detectors.filter((one) => share.detectors.includes(one)));
}
