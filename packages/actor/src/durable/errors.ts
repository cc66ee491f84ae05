import { TroupeError } from "../errors.ts";

/** A record that can't be read: written by a newer release, or damaged. */
export class UnreadableRecordError extends TroupeError {
  readonly code = "unreadable-record";
  readonly retryable = false;
  readonly subject: string;
  readonly sequence: number;
  readonly why: string;
  constructor(subject: string, sequence: number, why: string, options?: ErrorOptions) {
    super(
      `record ${sequence} of '${subject}' cannot be read: ${why}; run the release that wrote it, or a newer one`,
      options,
    );
    this.subject = subject;
    this.sequence = sequence;
    this.why = why;
  }
}

/** A record that could not be read again if it were stored, or that `apply` refuses. It is not stored. */
export class UnstorableRecordError extends TroupeError {
  readonly code = "unstorable-record";
  readonly retryable = false;
  readonly subject: string;
  readonly why: string;
  constructor(subject: string, why: string, options?: ErrorOptions) {
    super(
      `a record for '${subject}' is not stored: ${why}; append what the schema reads back from JSON`,
      options,
    );
    this.subject = subject;
    this.why = why;
  }
}

/**
 * Records are not there any more, and no snapshot that can be read covers them: the state cannot be
 * known.
 */
export class MissingRecordsError extends TroupeError {
  readonly code = "missing-records";
  readonly retryable = false;
  readonly subject: string;
  /** The last record that is known, or covered by the snapshot; 0 for none. */
  readonly after: number;
  /** The first record that is there again. */
  readonly until: number;
  constructor(subject: string, after: number, until: number, why: string, options?: ErrorOptions) {
    super(
      `records of '${subject}' between ${after} and ${until} have been purged, and ${why}; run the release that wrote the snapshot, or a newer one, with the 'snapshot' option set`,
      options,
    );
    this.subject = subject;
    this.after = after;
    this.until = until;
  }
}

/** An effect that is neither pending nor failed: it is done, or never was. */
export class UnknownEffectError extends TroupeError {
  readonly code = "unknown-effect";
  readonly retryable = false;
  readonly id: string;
  constructor(id: string) {
    super(`effect '${id}' is neither pending nor failed: it is done already, or never was`);
    this.id = id;
  }
}

/** A try of an effect that took longer than it may; the effect may have happened all the same. */
export class EffectTimeoutError extends TroupeError {
  readonly code = "effect-timeout";
  readonly retryable = true;
  readonly id: string;
  readonly withinMs: number;
  constructor(id: string, withinMs: number) {
    super(`effect '${id}' was not performed within ${withinMs} ms`);
    this.id = id;
    this.withinMs = withinMs;
  }
}
