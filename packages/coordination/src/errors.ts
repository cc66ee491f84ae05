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
