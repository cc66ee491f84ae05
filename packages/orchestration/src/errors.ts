/** Base of this package's errors: `code` is stable, `retryable` says whether trying again can help. */
export abstract class OrchestrationError extends Error {
  abstract readonly code: string;
  readonly retryable = false;
  constructor(message: string) {
    super(message);
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
