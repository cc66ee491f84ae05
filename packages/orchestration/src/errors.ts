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
