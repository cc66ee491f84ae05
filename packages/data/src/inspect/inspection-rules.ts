import type { FaultSeverity } from "./fault.ts";

/** What an inspection looks for, as data. */
export interface InspectionRule {
  readonly severity: FaultSeverity;
  /** What is found, in one sentence. */
  readonly finds: string;
  /** Limits by name: shares of rows or values where not said otherwise. */
  readonly thresholds: Readonly<Record<string, number>>;
}

/** What is found with a score below this is a note and not a finding. */
export const noteBelow = 0.5;

/** Most rows that a fault may have: what is more frequent is how the data is. */
const faultShare = 0.065;

/** The same where a form says by itself that it is wrong, or what it should be: then most values must be without it. */
const formShare = 0.45;

type Thresholds = InspectionRule["thresholds"];
const hard = <const T extends Thresholds>(finds: string, thresholds: T) =>
  ({ severity: "hard", finds, thresholds }) as const;
const soft = <const T extends Thresholds>(finds: string, thresholds: T) =>
  ({ severity: "soft", finds, thresholds }) as const;

/**
 * Every rule of the inspection. None knows a file: each learns from a column, or from several, what is
 * usual, and finds what departs from it.
 */
export const inspectionRules = {
  "broken-record": hard("records of a file of JSON that could not be read whole", {}),
  "cut-off": soft("a file of JSON that ends before its array does", {}),
  ragged: hard("lines with more or fewer values than the header", { most: 0.1 }),
  layout: soft(
    "lines that are divided by another mark than the header, or end with one: they are read so; and a mark that would divide the only column",
    {},
  ),
  "repeated-header": hard("rows that hold the names of their columns", { columns: 0.5 }),
  "bare-row": hard(
    "rows with hardly a value in a table that is filled: footers, notes, cut lines",
    { values: 1, most: 0.02 },
  ),
  "total-row": hard("rows that sum up the others", { rows: 3 }),
  coordinate: hard("latitudes beyond 90 and longitudes beyond 180 degrees", {
    latitude: 90,
    longitude: 180,
    most: formShare,
  }),
  unreadable: soft(
    "values that do not read as the numbers or dates that nearly all others of the column are",
    { readable: 0.8, most: 0.2, nearly: formShare },
  ),
  "broken-character": hard("replacement characters and control characters", { most: formShare }),
  "odd-character": soft("text decoded wrongly, invisible characters, markup, line breaks", {
    most: 0.1,
    never: formShare,
  }),
  spacing: soft("spaces around values, or several in a row", { most: formShare }),
  "letter-case": soft("values in another letter case than the rest of their column", {
    most: faultShare,
    same: formShare,
  }),
  placeholder: soft("words and marks that stand for nothing", { most: 0.06, sure: formShare }),
  shape: soft("values written unlike nearly all others of a column with a regular form", {
    regular: 0.94,
    common: 0.01,
    most: faultShare,
  }),
  "category-variant": soft("rare values that are nearly a frequent one: misspelt, decorated, cut", {
    ratio: 8,
    most: faultShare,
    same: formShare,
  }),
  "rare-category": soft("values that hardly occur in a column of a few frequent ones", {
    ratio: 20,
    most: faultShare,
  }),
  outlier: soft("numbers and dates beyond a gap at either end of their column", {
    gap: 1.6,
    heavy: 0.5,
    most: faultShare,
  }),
  sentinel: soft("numbers and dates that are written for 'unknown'", {
    most: formShare,
    least: 3,
    apart: 1,
  }),
  sign: soft("negative numbers of usual size in a column of positive ones", {
    most: faultShare,
    /** Where nothing is near zero, and the negative numbers are as large as the others. */
    mirrored: 0.35,
  }),
  decimals: soft("numbers with at least two more decimals than the rest: converted, not measured", {
    regular: 0.94,
    more: 2,
    most: faultShare,
    /** So many more decimals are left of a calculation. */
    dust: 6,
    dusty: formShare,
  }),
  neighbour: soft(
    "values far from all rows around them in a column that changes little from row to row",
    { smooth: 0.35, gap: 1.8, most: faultShare },
  ),
  step: soft("values that break the order or the regular steps of their column", {
    regular: 0.85,
    jumps: 0.005,
    most: faultShare,
  }),
  "date-part": soft("dates on a day or time on which nearly no other is", {
    regular: 0.94,
    most: faultShare,
  }),
  "future-time": soft("times later than now where nearly all are past, or a century later", {
    most: faultShare,
    beyond: formShare,
  }),
  "group-outlier": soft("numbers far from those of the rows with the same category", {
    explained: 0.5,
    gap: 1.8,
    most: faultShare,
  }),
  relation: soft(
    "pairs of numbers whose difference or ratio is far from what it is elsewhere, or in reverse order",
    { tight: 0.5, gap: 1.8, reversed: 0.02, most: faultShare },
  ),
  dependency: soft(
    "values that differ from those of nearly all rows with the same value in another column",
    { exceptions: 0.055 },
  ),
  key: soft("rows that share what identifies nearly every other row", { most: faultShare }),
  "duplicate-row": soft("rows that equal others in all columns, or in all but one", {
    most: faultShare,
    /** Of rows that are told apart by what they hold. */
    told: 0.5,
  }),
  stuck: soft("runs of one value that chance does not make", { chance: 0.0001, length: 4 }),
  "missing-run": soft("runs of missing values that chance does not make", {
    chance: 0.01,
    length: 3,
  }),
  "missing-value": soft("missing values in a column that is filled nearly everywhere", {
    most: 0.055,
  }),
  "number-form": soft("numbers that are written unlike nearly all others of their column", {
    most: faultShare,
  }),
  rounded: soft("runs of rounder numbers than the column has otherwise", {
    chance: 0.0001,
    length: 4,
  }),
  "repeated-number": soft("a number that comes again and again among numbers that hardly repeat", {
    least: 4,
    times: 4,
    varied: 0.3,
    most: faultShare,
  }),
  misplaced: soft("values that are usual in another column, and numbers among words", {
    times: 10,
    most: faultShare,
  }),
  reference: soft(
    "values that are not among those of a key, as nearly all others of their column are",
    { most: faultShare },
  ),
  arithmetic: soft(
    "rows in which a sum or a product of columns does not come out as it does elsewhere",
    { most: faultShare },
  ),
  grid: soft("numbers between the steps in which nearly all others of their column are", {
    own: 0.2,
    most: faultShare,
  }),
  spike: soft("a number or a day that comes far more often than those around it", {
    least: 4,
    times: 2.5,
    surprise: 10,
    /** A value that is only somewhat more usual than those around it is usual. */
    over: 4,
    most: faultShare,
  }),
  "equal-columns": soft("rows in which two columns are the same that otherwise are not", {
    least: 1,
    times: 6,
    chance: 0.01,
    most: faultShare,
  }),
  unit: soft("amounts in another currency or unit than nearly all others", { most: faultShare }),
  absence: soft("values that are missing, or there, where another column says the opposite", {
    most: 0.055,
    exceptions: faultShare,
  }),
  header: soft("names that fit the column beside the one that they are written above", {}),
  "value-type": soft(
    "values of another type of JSON than nearly all others of their column: numbers in quotation marks, lists, objects",
    { most: 0.45 },
  ),
  "repeated-block": soft(
    "rows that are there twice in the same order, more than one after another",
    {
      length: 3,
      most: 0.35,
    },
  ),
  "foreign-word": soft("a word of another column's many, alone among those of its own", {
    vocabulary: 8,
    most: faultShare,
  }),
  explained: soft("numbers far from what the other numbers of their row say they should be", {
    tight: 0.25,
    gap: 1.8,
    most: faultShare,
  }),
  format: soft(
    "addresses, numbers and codes that break the grammar or the check digit of all others",
    {
      most: 0.1,
    },
  ),
  derived: soft(
    "parts of a date, and texts within texts, that are not those of their row as elsewhere",
    {
      chance: 0.5,
      most: faultShare,
    },
  ),
  combination: soft("combinations of two columns that are missing where all others are there", {
    most: 0.01,
  }),
  "test-entry": soft("what is typed to fill a field or to try it out", { most: 0.05 }),
  "word-variant": soft("words in texts that are nearly one that comes again and again", {
    frequent: 10,
    most: 0.05,
  }),
  "shifted-row": soft("rows whose cells stand one column to the right or to the left", {
    most: formShare,
  }),
  "mixed-unit": soft(
    "numbers in another unit than the rest, and dates with day and month exchanged: converted back, they fit",
    { most: formShare },
  ),
  level: soft(
    "places where a smooth column jumps to another level, and runs where it is unsteady",
    {
      smooth: 0.2,
      gap: 2.5,
      most: 0.02,
      runs: faultShare,
    },
  ),
  filled: soft("runs of numbers on a straight line, or that count up, in a column that does not", {
    chance: 0.0001,
    length: 5,
  }),
  clipped: soft("numbers that were cut off at the largest or the smallest one", {
    least: 5,
    times: 4,
    most: 0.3,
  }),
  slip: soft("stretches of rows in which a column is some rows late or early against the others", {
    ratio: 3,
  }),
  drift: soft("numbers that rise or fall steadily from a row on, where they did not before", {
    ranges: 0.8,
  }),
  twin: soft("values that are those of the row before, where values hardly repeat", {
    chance: 0.04,
    most: 2,
  }),
  change: soft("columns whose numbers go on at another level from a row on, as in another unit", {
    ratio: 3.25,
    apart: 0.85,
    abrupt: 0.4,
    most: 0.67,
  }),
} satisfies Readonly<Record<string, InspectionRule>>;

export type InspectionRuleId = keyof typeof inspectionRules;
