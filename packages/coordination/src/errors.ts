import { TroupeError } from "@troupe/actor";

/** A vote, a merge or an auction that was described wrongly. Nothing was sent to anybody. */
export class InvalidSpecError extends TroupeError {
  readonly code = "invalid-coordination-spec";
  readonly retryable = false;
  readonly what: string;
  readonly id: string;
  readonly issues: readonly string[];
  constructor(what: string, id: string, issues: readonly string[], options?: ErrorOptions) {
    super(`${what} '${id}' cannot be held: ${issues.join("; ")}`, options);
    this.what = what;
    this.id = id;
    this.issues = issues;
  }
}

/** A vote without anybody who may vote. */
export class EmptyElectorateError extends TroupeError {
  readonly code = "empty-electorate";
  readonly retryable = true;
  readonly vote: string;
  constructor(vote: string) {
    super(
      `vote '${vote}' has no electorate: name at least one voter, for example after waiting until enough agents have joined`,
    );
    this.vote = vote;
  }
}

/** A vote or an auction that ended without an outcome because the actor that held it stopped. */
export class InterruptedError extends TroupeError {
  readonly code = "coordination-interrupted";
  readonly retryable = true;
  readonly what: string;
  readonly id: string;
  constructor(what: string, id: string, options?: ErrorOptions) {
    super(
      `${what} '${id}' was interrupted: the actor that held it stopped before there was an outcome; hold it again`,
      options,
    );
    this.what = what;
    this.id = id;
  }
}

/** Costs that no auction can be held on: a wrong shape, a wrong number, or a range too wide to stay exact. */
export class InvalidCostsError extends TroupeError {
  readonly code = "invalid-costs";
  readonly retryable = false;
  /** Where, for example `row 3, column 7`; counted from 0. */
  readonly place: string;
  constructor(place: string, why: string) {
    super(`costs are wrong at ${place}: ${why}`);
    this.place = place;
  }
}

/** An operation that a replica group ordered, and its machine refused. Nothing was changed by it. */
export class OperationFailedError extends TroupeError {
  readonly code = "operation-failed";
  readonly retryable = false;
  readonly sequence: number;
  readonly why: string;
  constructor(sequence: number, why: string) {
    super(
      `the operation, ordered as number ${sequence}, was refused by the group's machine: ${why}`,
    );
    this.sequence = sequence;
    this.why = why;
  }
}

/** An operation to which too few replicas gave the same answer in time. It may be executed later. */
export class UndecidedError extends TroupeError {
  readonly code = "undecided";
  readonly retryable = true;
  readonly withinMs: number;
  constructor(withinMs: number) {
    super(
      `fewer than f + 1 replicas gave the same answer within ${withinMs} ms: see that 2f + 1 of them can be reached, and repeat only what may be executed twice`,
    );
    this.withinMs = withinMs;
  }
}

/** Nobody who could say answered in time. `cause`: what went wrong last. */
export class LogUnavailableError extends TroupeError {
  readonly code = "log-unavailable";
  readonly retryable = true;
  readonly log: string;
  readonly withinMs: number;
  constructor(log: string, withinMs: number, options?: ErrorOptions) {
    super(
      `decision log '${log}' gave no answer within ${withinMs} ms: see that most of its replicas, or its journal, can be reached, and repeat with the same id`,
      options,
    );
    this.log = log;
    this.withinMs = withinMs;
  }
}

/** A replica was asked that does not lead. */
export class NotLeaderError extends TroupeError {
  readonly code = "not-leader";
  readonly retryable = true;
  readonly replica: string;
  /** Who leads, as far as the replica knows. */
  readonly hint: string | undefined;
  constructor(replica: string, hint: string | undefined) {
    super(
      `replica '${replica}' does not lead: ${hint === undefined ? "it knows no leader, so ask again in a moment" : `ask '${hint}'`}`,
    );
    this.replica = replica;
    this.hint = hint;
  }
}

/** As many requests are unfinished as may be. Nothing was done about this one. */
export class LogBusyError extends TroupeError {
  readonly code = "log-busy";
  readonly retryable = true;
  /** Who is busy. */
  readonly who: string;
  constructor(who: string) {
    super(`${who} has as many unfinished requests as it may: ask again in a moment`);
    this.who = who;
  }
}

/** Other writers appended first, each time. `cause`: the last refusal. */
export class ContendedLogError extends TroupeError {
  readonly code = "contended-log";
  readonly retryable = true;
  readonly log: string;
  readonly tries: number;
  constructor(log: string, tries: number, options?: ErrorOptions) {
    super(
      `other writers of decision log '${log}' were faster ${tries} times in a row: repeat with the same id, or let fewer propose at once`,
      options,
    );
    this.log = log;
    this.tries = tries;
  }
}

/** An entry with its id has more bytes than one may. */
export class EntryTooLargeError extends TroupeError {
  readonly code = "entry-too-large";
  readonly retryable = false;
  readonly id: string;
  readonly bytes: number;
  readonly limit: number;
  constructor(id: string, bytes: number, limit: number) {
    super(
      `entry '${id}' has ${bytes} bytes, and ${limit} are allowed: store it elsewhere and propose a reference`,
    );
    this.id = id;
    this.bytes = bytes;
    this.limit = limit;
  }
}

/** Decisions were asked for that are no longer kept. */
export class CompactedError extends TroupeError {
  readonly code = "compacted";
  readonly retryable = false;
  readonly from: number;
  /** The oldest that is kept. */
  readonly first: number;
  constructor(from: number, first: number) {
    super(
      `decision ${from} is no longer kept: the oldest is ${first}; begin there with a state from elsewhere, or raise 'retain'`,
    );
    this.from = from;
    this.first = first;
  }
}

/** A record of a decision log that cannot be read. */
export class UnreadableDecisionError extends TroupeError {
  readonly code = "unreadable-decision";
  readonly retryable = false;
  readonly subject: string;
  readonly sequence: number;
  constructor(subject: string, sequence: number, why: string, options?: ErrorOptions) {
    super(
      `record ${sequence} of '${subject}' is no decision: ${why}; it was written by a newer release or by something else`,
      options,
    );
    this.subject = subject;
    this.sequence = sequence;
  }
}
