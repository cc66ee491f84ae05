/** Base of every error this package raises: `code` is stable, `retryable` says whether trying again can help. */
export abstract class PlanningError extends Error {
  abstract readonly code: string;
  readonly retryable = false;
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

/** A domain that contradicts itself: a name that does not exist, a wrong number of arguments, a circular order. */
export class DomainError extends PlanningError {
  readonly code = "invalid-domain";
  readonly domain: string;
  /** Where, for example `method 'with-duplicates', subtask 2`. */
  readonly place: string;
  constructor(domain: string, place: string, detail: string) {
    super(`domain '${domain}', ${place}: ${detail}`);
    this.domain = domain;
    this.place = place;
  }
}

/** Facts, tasks or a goal that do not fit the domain they are planned in. */
export class ProblemError extends PlanningError {
  readonly code = "invalid-problem";
  /** Where, for example `task 1`. */
  readonly place: string;
  constructor(place: string, detail: string) {
    super(`problem, ${place}: ${detail}`);
    this.place = place;
  }
}

/** A repair that speaks of steps the plan does not have, or of one step in two states. */
export class RepairRequestError extends PlanningError {
  readonly code = "invalid-repair-request";
  /** The step named. */
  readonly step: string;
  constructor(step: string, detail: string) {
    super(`repair of step '${step}': ${detail}`);
    this.step = step;
  }
}

/** A number that no experience can be made or judged with. */
export class ExperienceError extends PlanningError {
  readonly code = "invalid-experience";
  /** What it was given for, for example `halfLifeMs`. */
  readonly what: string;
  readonly value: number;
  constructor(what: string, value: number, expected: string) {
    super(`experience: ${what} is ${value} but must be ${expected}`);
    this.what = what;
    this.value = value;
  }
}

/** HDDL text that cannot be read. */
export class HddlError extends PlanningError {
  readonly code = "invalid-hddl";
  /** Which text: the name that the caller gave it. */
  readonly source: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** What should have stood there. */
  readonly expected: string;
  /** What stands there. */
  readonly found: string;
  constructor(
    source: string,
    at: { line: number; column: number },
    expected: string,
    found: string,
  ) {
    super(`${source}:${at.line}:${at.column}: expected ${expected}, found ${found}`);
    this.source = source;
    this.line = at.line;
    this.column = at.column;
    this.expected = expected;
    this.found = found;
  }
}
