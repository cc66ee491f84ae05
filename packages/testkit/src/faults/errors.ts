import { TroupeError } from "@troupe/actor";

/** The journal gave no answer: what was asked of it may or may not have happened. */
export class JournalUnavailableError extends TroupeError {
  readonly code = "journal-unavailable";
  readonly retryable = true;
  readonly subject: string;
  constructor(subject: string, why: string) {
    super(`the journal gave no answer about '${subject}': ${why}`);
    this.subject = subject;
  }
}

/** A probe did not get what it expected. */
export class UnexpectedMessageError extends TroupeError {
  readonly code = "unexpected-message";
  readonly retryable = false;
  /** The message that was expected; undefined when none was. */
  readonly expected: string | undefined;
  /** What came, oldest first. */
  readonly came: readonly unknown[];
  constructor(expected: string | undefined, waitedMs: number, came: readonly unknown[]) {
    const wanted = expected === undefined ? "no message" : `'${expected}'`;
    const got = came.length === 0 ? "nothing" : JSON.stringify(came);
    super(`expected ${wanted} within ${waitedMs} ms of virtual time, but ${got} came`);
    this.expected = expected;
    this.came = came;
  }
}
