import type { InspectionRuleId } from "./inspection-rules.ts";

/** What a detector suspects, before its rows are looked up. */
export interface Suspicion {
  readonly rule: InspectionRuleId;
  readonly columns: readonly string[];
  /** A query for the suspected rows: one column, `_row`. */
  readonly rows: string;
  /** 0 to 1. */
  readonly score: number;
  readonly evidence: string;
  /** Column of the survey's table to show in examples. */
  readonly shown: string;
}

/** Rows that may be at fault in any table, as long as they are no more than a quarter. */
const fewRows = 3;

/** Most rows that a fault may have: a share, and a few in tables so small that it would hardly be one. */
export function rowsAtMost(present: number, share: number): number {
  return Math.max(1, Math.min(fewRows, present / 4), present * share);
}
