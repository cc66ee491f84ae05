/** Base of this package's errors: `code` is stable, `retryable` says whether trying again can help. */
export abstract class OrchestrationError extends Error {
  abstract readonly code: string;
  readonly retryable: boolean = false;
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A dependency on a task that the graph does not hold. */
export class UnknownDependencyError extends OrchestrationError {
  readonly code = "unknown-dependency";
  readonly task: string;
  readonly dependency: string;
  constructor(task: string, dependency: string) {
    super(
      `task '${task}' depends on '${dependency}', which is not in the graph: add it or drop the dependency`,
    );
    this.task = task;
    this.dependency = dependency;
  }
}

/** Tasks that wait for each other in a circle, so that none could ever start. */
export class CyclicDependencyError extends OrchestrationError {
  readonly code = "cyclic-dependency";
  /** The circle, first task repeated at the end. */
  readonly cycle: readonly string[];
  constructor(cycle: readonly string[]) {
    super(
      `tasks depend on each other in a circle: ${cycle.join(" -> ")}; remove one of these dependencies`,
    );
    this.cycle = cycle;
  }
}

/** Two tasks with one identifier: nobody could say which of them a dependency means. */
export class DuplicateTaskError extends OrchestrationError {
  readonly code = "duplicate-task";
  readonly task: string;
  constructor(task: string) {
    super(`there are two tasks '${task}': give each its own identifier`);
    this.task = task;
  }
}

/** A goal was submitted under the identifier of one that has not ended. */
export class DuplicateGoalError extends OrchestrationError {
  readonly code = "duplicate-goal";
  readonly goal: string;
  constructor(goal: string) {
    super(`goal '${goal}' has not ended yet: wait for it, or submit under another identifier`);
    this.goal = goal;
  }
}

/** A task that asks for more than there is, so that it could never start. */
export class UnsatisfiableDemandError extends OrchestrationError {
  readonly code = "unsatisfiable-demand";
  readonly task: string;
  readonly resource: string;
  readonly demand: number;
  readonly capacity: number;
  constructor(task: string, resource: string, demand: number, capacity: number) {
    super(
      `task '${task}' needs ${demand} of '${resource}', and there is ${capacity}: ask for less, or add capacity`,
    );
    this.task = task;
    this.resource = resource;
    this.demand = demand;
    this.capacity = capacity;
  }
}

/** A number of a task, goal or setting that cannot be. */
export class InvalidValueError extends OrchestrationError {
  readonly code = "invalid-value";
  /** Where, for example `task 'load'` or `settings`. */
  readonly place: string;
  readonly field: string;
  readonly value: unknown;
  constructor(place: string, field: string, value: unknown, expected: string) {
    super(`${place}: ${field} is ${String(value)}, and must be ${expected}`);
    this.place = place;
    this.field = field;
    this.value = value;
  }
}

/** A workflow document that does not follow WfFormat. */
export class WfFormatError extends OrchestrationError {
  readonly code = "invalid-workflow";
  /** What was read, usually a file. */
  readonly source: string;
  /** Where in it, for example `workflow.tasks[3].runtime` or `line 4, column 7`. */
  readonly place: string;
  constructor(source: string, place: string, detail: string) {
    super(`${source}: ${place}: ${detail}`);
    this.source = source;
    this.place = place;
  }
}

/** One thing that is wrong with a flow. */
export interface FlowIssue {
  /** Where in the flow, for example `tasks.2.input.path`. */
  readonly path: string;
  readonly message: string;
}

/** A flow that cannot run as it was written. */
export class InvalidFlowError extends OrchestrationError {
  readonly code = "invalid-flow";
  readonly issues: readonly FlowIssue[];
  constructor(issues: readonly FlowIssue[]) {
    super(
      `the flow cannot run: ${issues.map(({ path, message }) => `${path}: ${message}`).join("; ")}`,
    );
    this.issues = issues;
  }
}

/** Two task types with one name: nobody could say which of them a flow means. */
export class DuplicateTaskTypeError extends OrchestrationError {
  readonly code = "duplicate-task-type";
  readonly type: string;
  constructor(type: string) {
    super(`there are two task types '${type}': rename one, or leave out one of the plugins`);
    this.type = type;
  }
}

/** A value that JSON would change in silence. */
export class NotPlainDataError extends OrchestrationError {
  readonly code = "not-plain-data";
  /** Where in the value, which is `$`, for example `$.orders[3].total`. */
  readonly place: string;
  constructor(place: string, found: string) {
    super(
      `${place} is ${found}, which JSON cannot hold: use null, booleans, finite numbers, strings, lists and plain objects`,
    );
    this.place = place;
  }
}

/** Some node or the shared store may still give what was to be invalidated. */
export class InvalidationIncompleteError extends OrchestrationError {
  readonly code = "invalidation-incomplete";
  override readonly retryable = true;
  constructor(what: string, options: ErrorOptions & { readonly cause: Error }) {
    super(
      `results of ${what} are not invalidated everywhere (${options.cause.message}): this node has forgotten them, others may not have; do it again`,
      options,
    );
  }
}

/** More demands wait for resources than may. Trying again helps once some have been served. */
export class ResourceQueueFullError extends OrchestrationError {
  readonly code = "resource-queue-full";
  override readonly retryable = true;
  /** What would have waited. */
  readonly waiter: string;
  /** How many may wait. */
  readonly limit: number;
  constructor(waiter: string, where: string, limit: number) {
    super(
      `'${waiter}' can't wait for resources of ${where}: ${limit} demands wait already (queueLimit); try again later, or raise the limit`,
    );
    this.waiter = waiter;
    this.limit = limit;
  }
}

/** Resources that were reserved ahead were not claimed in time, and are given to others. */
export class ReservationLapsedError extends OrchestrationError {
  readonly code = "reservation-lapsed";
  override readonly retryable = true;
  readonly task: string;
  readonly claimWithinMs: number;
  constructor(task: string, claimWithinMs: number) {
    super(
      `what was reserved ahead for task '${task}' was not claimed within ${claimWithinMs} ms, or has been released: reserve it again, or allow more time`,
    );
    this.task = task;
    this.claimWithinMs = claimWithinMs;
  }
}

/** A holder has asked for other units under an identifier that has some already. */
export class HolderConflictError extends OrchestrationError {
  readonly code = "holder-conflict";
  readonly holder: string;
  constructor(holder: string, group: string) {
    super(
      `'${holder}' has asked for other units of '${group}' before: release those first, or use an identifier for each demand`,
    );
    this.holder = holder;
  }
}

/** Cluster-wide units were not granted in the time that was allowed. */
export class UnitsWaitError extends OrchestrationError {
  readonly code = "units-wait";
  override readonly retryable = true;
  readonly holder: string;
  readonly group: string;
  readonly waitMs: number;
  constructor(holder: string, group: string, waitMs: number, options?: ErrorOptions) {
    super(
      `'${holder}' was not granted its units of '${group}' within ${waitMs} ms (waitMs): they are in use, or no node that hosts the allocator can be reached`,
    );
    this.holder = holder;
    this.group = group;
    this.waitMs = waitMs;
    if (options?.cause !== undefined) this.cause = options.cause;
  }
}

/** Cluster-wide units are not held any more, and may be others' by now: stop what needs them. */
export class UnitsLostError extends OrchestrationError {
  readonly code = "units-lost";
  override readonly retryable = true;
  readonly holder: string;
  readonly group: string;
  constructor(holder: string, group: string, why: string) {
    super(`'${holder}' has lost its units of '${group}': ${why}; stop, and acquire them again`);
    this.holder = holder;
    this.group = group;
  }
}
