import type { SchemaDrift } from "./drift/schema-drift.ts";
import type { ValueDrift } from "./drift/value-drift.ts";
import { schemaDriftInWords, valueDriftInWords } from "./drift/words.ts";

/** Base of this package's errors: `code` is stable, `retryable` says whether trying again can help. */
export abstract class DataError extends Error {
  abstract readonly code: string;
  readonly retryable: boolean = false;
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The file is not there. */
export class SourceNotFoundError extends DataError {
  readonly code = "source-not-found";
  constructor(path: string) {
    super(`there is no file '${path}': check the path as this node sees it`);
  }
}

/** The file lies outside the directories that may be read. */
export class SourceForbiddenError extends DataError {
  readonly code = "source-forbidden";
  constructor(path: string, readable: readonly string[]) {
    const allowed = readable.length === 0 ? "none" : readable.join(", ");
    super(
      `'${path}' is outside the directories that goals may read (${allowed}): move it there, or add its directory to TROUPE_SOURCES`,
    );
  }
}

/** The file is there but can't be read. */
export class SourceUnreadableError extends DataError {
  readonly code = "source-unreadable";
  constructor(path: string, why: string) {
    super(`'${path}' cannot be read: ${why}`);
  }
}

/** The file holds nothing. */
export class SourceEmptyError extends DataError {
  readonly code = "source-empty";
  /** @param found what it is instead of a table with rows */
  constructor(path: string, found = "is empty") {
    super(`'${path}' ${found}: there are no rows to work on`);
  }
}

/** The file is no table that can be read here. */
export class SourceFormatError extends DataError {
  readonly code = "source-format";
  /** What was found in its place. */
  readonly found: string;
  constructor(path: string, found: string) {
    super(
      `'${path}' is no table: ${found}; supported are CSV, TSV, JSON (an array of objects), NDJSON and Parquet`,
    );
    this.found = found;
  }
}

/** A pattern that no file matches. */
export class SourcesNotFoundError extends DataError {
  readonly code = "sources-not-found";
  readonly details: { readonly pattern: string; readonly folder: string };
  constructor(pattern: string, folder: string, entries: number) {
    super(
      `no file in '${folder}' matches '${pattern}', of ${entries} there: check the pattern, and the folder as this node sees it`,
    );
    this.details = { pattern, folder };
  }
}

/** More files than one source may have. */
export class SourcesTooManyError extends DataError {
  readonly code = "sources-too-many";
  constructor(asked: string, found: number, limit: number) {
    super(
      `'${asked}' are ${found} files, and ${limit} is the limit of one goal: put some together, or give several goals`,
    );
  }
}

/** Files that cannot be one dataset. */
export class SourcesDifferError extends DataError {
  readonly code = "sources-differ";
  readonly details: { readonly file: string; readonly columns: readonly string[] };
  constructor(file: string, why: string, columns: readonly string[] = []) {
    super(
      `'${file}' is not of the same kind as the other files: ${why}; leave it out, give it a goal of its own, or make it like the others`,
    );
    this.details = { file, columns };
  }
}

/** The quality gate found what blocks publication. The findings are the evidence for a repair. */
export class QualityError extends DataError {
  readonly code = "data-quality";
  readonly details: { readonly findings: readonly unknown[] };
  constructor(message: string, findings: readonly unknown[]) {
    super(message);
    this.details = { findings };
  }
}

/** Rows went missing or appeared between two steps. Nothing is published then. */
export class RowCountError extends DataError {
  readonly code = "row-count";
  constructor(step: string, expected: number, found: number) {
    super(`${step}: ${expected} rows should be accounted for, ${found} are; nothing was published`);
  }
}

/** A query was stopped because its task was. */
export class InterruptedError extends DataError {
  readonly code = "interrupted";
  constructor(options?: ErrorOptions) {
    super("the query was interrupted because its task was stopped", options);
  }
}

/** A statement that the engine's sandbox does not run, before any of it ran. */
export class StatementForbiddenError extends DataError {
  readonly code = "statement-forbidden";
  constructor(sql: string, why: string, options?: ErrorOptions) {
    super(
      `the engine does not run \`${sql.slice(0, 200)}\`: ${why}; give it one query, and paths inside the workspace`,
      options,
    );
  }
}

/** A query that somebody wrote and the engine can't run: no such column, no such function, no memory. */
export class QueryFailedError extends DataError {
  readonly code = "query-failed";
  constructor(sql: string, why: string, options?: ErrorOptions) {
    super(`the query \`${sql.slice(0, 200)}\` cannot be run: ${why}`, options);
  }
}

/** More than a chart or a table for people can hold. */
export class QueryResultTooLargeError extends DataError {
  readonly code = "query-result-too-large";
  constructor(sql: string, found: string, limit: string) {
    super(
      `the query \`${sql.slice(0, 200)}\` gives ${found}, and ${limit} is the limit: aggregate, or select less`,
    );
  }
}

/** A chart or a summary asks for a column that the query does not give, or not as a number. */
export class StudyColumnError extends DataError {
  readonly code = "study-column";
  readonly column: string;
  constructor(column: string, why: string, columns: readonly string[]) {
    const known = columns.map((name) => `'${name}'`).join(", ");
    super(`the column '${column}' ${why}: use one of ${known || "none, the query gives none"}`);
    this.column = column;
  }
}

/** There is nothing to draw. */
export class NothingToDrawError extends DataError {
  readonly code = "nothing-to-draw";
  constructor(why: string) {
    super(`there is nothing to draw: ${why}`);
  }
}

/** A chart that cannot be drawn, or only in part. */
export class DrawingFailedError extends DataError {
  readonly code = "drawing-failed";
  readonly details: { readonly title: string; readonly why: string };
  constructor(title: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`'${title}' could not be drawn: ${why}`, { cause });
    this.details = { title, why };
  }
}

/** Transformations that cannot be done on tables with these columns. */
export class PipelineError extends DataError {
  readonly code = "pipeline-invalid";
  readonly details: { readonly issues: readonly string[] };
  constructor(issues: readonly string[]) {
    super(issues.join("; "));
    this.details = { issues };
  }
}

/** What the output should be cannot be made of what the transformations give. */
export class TargetError extends DataError {
  readonly code = "target-unreachable";
  readonly details: {
    readonly columns: readonly { readonly column: string; readonly why: string }[];
  };
  constructor(columns: readonly { readonly column: string; readonly why: string }[]) {
    const list = columns.map(({ column, why }) => `'${column}': ${why}`);
    super(`the target cannot be made; ${list.join("; ")}`);
    this.details = { columns };
  }
}

/** Rows that share a key where each must have one of its own, and the goal says to end then. */
export class KeyConflictError extends DataError {
  readonly code = "key-conflict";
  readonly details: {
    readonly keys: readonly string[];
    readonly examples: readonly { readonly key: string; readonly rows: number }[];
  };
  constructor(
    keys: readonly string[],
    rows: number,
    examples: readonly { readonly key: string; readonly rows: number }[],
  ) {
    const list = examples.map(({ key, rows: count }) => `${key} (${count} rows)`).join(", ");
    super(
      `${rows} rows share the key ${keys.map((key) => `'${key}'`).join(", ")}: ${list}; aggregate or deduplicate, or set 'onConflict' to 'quarantine' or 'keep-first'`,
    );
    this.details = { keys, examples };
  }
}

/** What a source was, and is not any more, that a goal does not accept. */
interface RefusedDrift {
  /** Default none. */
  readonly schema?: readonly SchemaDrift[];
  /** Default none. */
  readonly values?: readonly ValueDrift[];
}

/** A source is not what it was, and the goal says to end then. */
export class DriftError extends DataError {
  readonly code: "schema-drift" | "value-drift";
  readonly details: Required<RefusedDrift>;
  constructor({ schema = [], values = [] }: RefusedDrift) {
    const list = [...schema.map(schemaDriftInWords), ...values.map(valueDriftInWords)];
    super(`${list.join("; ")}: change the goal, or what its 'onDrift' says about it`);
    this.code = schema.length > 0 ? "schema-drift" : "value-drift";
    this.details = { schema, values };
  }
}

/** A quality rule that somebody wrote and that can't be held against the data. Nothing was done. */
export class RuleInvalidError extends DataError {
  readonly code = "quality-rule";
  readonly rule: string;
  constructor(rule: string, why: string, options?: ErrorOptions) {
    super(`the quality rule '${rule}' cannot be used: ${why}`, options);
    this.rule = rule;
  }
}

/** A mistake in a file of rules. */
interface RuleFileMistake {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly message: string;
}

/** A file of quality rules that holds none that can be read. Nothing was done. */
export class RuleFileError extends DataError {
  readonly code = "quality-rule-file";
  readonly file: string;
  /** Default none: the file could not be read at all. */
  readonly mistakes: readonly RuleFileMistake[];
  constructor(
    file: string,
    why: string,
    {
      mistakes = [],
      ...options
    }: ErrorOptions & { readonly mistakes?: readonly RuleFileMistake[] } = {},
  ) {
    const places = mistakes
      .slice(0, mistakesTold)
      .map(({ line, column, message }) => `line ${line}, column ${column}: ${message}`);
    const more = mistakes.length > mistakesTold ? [`${mistakes.length - mistakesTold} more`] : [];
    super(
      `the quality rules in '${file}' cannot be used: ${[why, ...places, ...more].join("; ")}`,
      options,
    );
    this.file = file;
    this.mistakes = mistakes;
  }
}

/** Mistakes of a file told of at once. */
const mistakesTold = 20;
