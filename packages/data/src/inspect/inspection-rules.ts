import type { FaultSeverity } from "./fault.ts";

/** What an inspection looks for, as data. */
export interface InspectionRule {
  readonly severity: FaultSeverity;
  /** What is found, in one sentence. */
  readonly finds: string;
  /** Limits by name: shares of rows or values where not said otherwise. */
  readonly thresholds: Readonly<Record<string, number>>;
}

/** Most rows that a fault may have: what is more frequent is how the data is. */
const faultShare = 0.06;

/**
 * Every rule of the inspection. None knows a file: each learns from a column, or from several, what is
 * usual, and finds what departs from it.
 */
export const inspectionRules = {
  ragged: {
    severity: "hard",
    finds: "lines with more or fewer values than the header",
    thresholds: { most: 0.1 },
  },
  "repeated-header": {
    severity: "hard",
    finds: "rows that hold the names of their columns",
    thresholds: { columns: 0.5 },
  },
  "bare-row": {
    severity: "hard",
    finds: "rows with hardly a value in a table that is filled: footers, notes, cut lines",
    thresholds: { values: 1, most: 0.02 },
  },
  "total-row": {
    severity: "hard",
    finds: "rows that sum up the others",
    thresholds: { rows: 3 },
  },
  coordinate: {
    severity: "hard",
    finds: "latitudes beyond 90 and longitudes beyond 180 degrees",
    thresholds: { latitude: 90, longitude: 180, most: faultShare },
  },
  unreadable: {
    severity: "soft",
    finds:
      "values that do not read as the numbers or dates that nearly all others of the column are",
    thresholds: { readable: 0.8, most: 0.2 },
  },
  "broken-character": {
    severity: "hard",
    finds: "replacement characters and control characters",
    thresholds: { most: 0.1 },
  },
  "odd-character": {
    severity: "soft",
    finds: "text decoded wrongly, invisible characters, markup, line breaks",
    thresholds: { most: 0.1 },
  },
  spacing: {
    severity: "soft",
    finds: "spaces around values, or several in a row",
    thresholds: { most: 0.2 },
  },
  "letter-case": {
    severity: "soft",
    finds: "values in another letter case than the rest of their column",
    thresholds: { most: faultShare },
  },
  placeholder: {
    severity: "soft",
    finds: "words and marks that stand for nothing",
    thresholds: { most: 0.3 },
  },
  shape: {
    severity: "soft",
    finds: "values written unlike nearly all others of a column with a regular form",
    thresholds: { regular: 0.94, common: 0.01, most: faultShare },
  },
  "category-variant": {
    severity: "soft",
    finds: "rare values that are nearly a frequent one: misspelt, decorated, cut",
    thresholds: { ratio: 8, most: faultShare },
  },
  "rare-category": {
    severity: "soft",
    finds: "values that hardly occur in a column of a few frequent ones",
    thresholds: { ratio: 20, most: faultShare },
  },
  outlier: {
    severity: "soft",
    finds: "numbers and dates beyond a gap at either end of their column",
    thresholds: { gap: 1.6, heavy: 0.5, most: faultShare },
  },
  sentinel: {
    severity: "soft",
    finds: "numbers and dates that are written for 'unknown'",
    thresholds: { most: 0.1 },
  },
  sign: {
    severity: "soft",
    finds: "negative numbers of usual size in a column of positive ones",
    thresholds: { most: faultShare },
  },
  decimals: {
    severity: "soft",
    finds: "numbers with at least two more decimals than the rest: converted, not measured",
    thresholds: { regular: 0.94, more: 2, most: faultShare },
  },
  neighbour: {
    severity: "soft",
    finds: "values far from all rows around them in a column that changes little from row to row",
    thresholds: { smooth: 0.35, gap: 1.8, most: faultShare },
  },
  step: {
    severity: "soft",
    finds: "values that break the order or the regular steps of their column",
    thresholds: { regular: 0.85, jumps: 0.005, most: faultShare },
  },
  "date-part": {
    severity: "soft",
    finds: "dates on a day or time on which nearly no other is",
    thresholds: { regular: 0.94, most: faultShare },
  },
  "future-time": {
    severity: "soft",
    finds: "times later than now, where nearly all are past",
    thresholds: { most: faultShare },
  },
  "group-outlier": {
    severity: "soft",
    finds: "numbers far from those of the rows with the same category",
    thresholds: { explained: 0.5, gap: 1.8, most: faultShare },
  },
  relation: {
    severity: "soft",
    finds:
      "pairs of numbers whose difference or ratio is far from what it is elsewhere, or in reverse order",
    thresholds: { tight: 0.5, gap: 1.8, reversed: 0.02, most: faultShare },
  },
  dependency: {
    severity: "soft",
    finds: "values that differ from those of nearly all rows with the same value in another column",
    thresholds: { exceptions: 0.055 },
  },
  key: {
    severity: "soft",
    finds: "rows that share what identifies nearly every other row",
    thresholds: { most: faultShare },
  },
  "duplicate-row": {
    severity: "soft",
    finds: "rows that equal others in all columns, or in all but one",
    thresholds: { most: faultShare },
  },
  stuck: {
    severity: "soft",
    finds: "runs of one value that chance does not make",
    thresholds: { chance: 0.0001, length: 4 },
  },
  "missing-run": {
    severity: "soft",
    finds: "runs of missing values that chance does not make",
    thresholds: { chance: 0.01, length: 3 },
  },
  "missing-value": {
    severity: "soft",
    finds: "missing values in a column that is filled nearly everywhere",
    thresholds: { most: 0.055 },
  },
} as const satisfies Readonly<Record<string, InspectionRule>>;

export type InspectionRuleId = keyof typeof inspectionRules;
