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
