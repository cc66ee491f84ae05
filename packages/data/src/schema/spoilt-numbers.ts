import { inspectionRules } from "../inspect/inspection-rules.ts";

/** Least different values of numbers that something is measured by: grades and sizes have fewer, and words among them. */
const variedValues = 30;
/** Share of numbers with a fraction from which on they are no codes. */
const fractionShare = 0.5;
/** Most values that read as no number and hold a digit, as codes do, where numbers have no fractions. */
const codeShare = 0.02;

/** What somebody saw who read values as numbers. */
interface Read {
  /** Values that are there, without those that stand for nothing. */
  readonly present: number;
  readonly numbers: number;
  /** Numbers with a fraction. */
  readonly fractions: number;
  /** Values that read as no number, and hold a digit. */
  readonly figured: number;
  /** Different values. */
  readonly distinct: number;
}

/**
 * Whether a column is one of numbers of which some were spoilt, up to as many as the inspection calls unreadable: what
 * cannot be read is set aside then, where text would make words of all numbers. What may be a code or a grade stays text.
 */
export function areSpoiltNumbers({
  present,
  numbers,
  fractions,
  figured,
  distinct,
}: Read): boolean {
  const { readable } = inspectionRules.unreadable.thresholds;
  return (
    numbers >= present * readable &&
    distinct >= variedValues &&
    (fractions >= numbers * fractionShare || figured <= present * codeShare)
  );
}
