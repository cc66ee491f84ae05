/** A table of a report; cells are text. */
export interface ReportTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A part of a report. */
export interface ReportSection {
  readonly title: string;
  /** Sentences before the table. */
  readonly lines: readonly string[];
  readonly table?: ReportTable;
}

/** What a report says, in no form yet. */
export interface Report {
  readonly title: string;
  /** When it was made, milliseconds since the epoch. */
  readonly at: number;
  readonly summary: readonly string[];
  readonly sections: readonly ReportSection[];
  /** The same for programs. */
  readonly data: unknown;
}

/** How a report can be written. */
export const reportFormats = ["text", "markdown", "html", "json"] as const;
export type ReportFormat = (typeof reportFormats)[number];
