import { TroupeError } from "@troupe/actor";

/** Exit codes of the command, as documented in docs/cli.md. */
export const exitCodes = {
  ok: 0,
  /** What was asked for did not succeed. */
  failed: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** No NATS server, or no node that answers. */
  unreachable: 3,
  /** Stopped by Ctrl-C. */
  interrupted: 130,
} as const;

/** The command was used wrongly: an argument, option or input file that cannot be. */
export class UsageError extends TroupeError {
  readonly code = "usage";
  readonly retryable = false;
}

/** Somebody pressed Ctrl-C, or the process was told to end. */
export class InterruptedError extends TroupeError {
  readonly code = "interrupted";
  readonly retryable = false;
  /** @param goal one that was followed, and goes on. Default: none was */
  constructor(goal?: string) {
    const hint =
      goal === undefined
        ? ""
        : `; goal '${goal}' goes on: follow it with 'troupe goal watch ${goal}', end it with 'troupe goal cancel ${goal}'`;
    super(`stopped before the end: interrupted${hint}`);
  }
}

/** A node process ended, or did not become ready, when it should have been working. */
export class NodeStartError extends TroupeError {
  readonly code = "node-start";
  readonly retryable = true;
  readonly node: string;
  constructor(node: string, why: string, logFile: string) {
    super(`node '${node}' did not start: ${why}; its log is ${logFile}`);
    this.node = node;
  }
}

/** A goal was to be approved that asks for nothing. */
export class NothingAskedError extends TroupeError {
  readonly code = "not-asked";
  readonly retryable = false;
  readonly goal: string;
  constructor(goal: string, phase: string) {
    super(
      `goal '${goal}' asks for no approval (${phase}): 'troupe goal show ${goal}' tells where it stands`,
    );
    this.goal = goal;
  }
}

/** A goal was to be replayed whose decisions are no longer kept. */
export class HistoryRemovedError extends TroupeError {
  readonly code = "history-removed";
  readonly retryable = false;
  readonly goal: string;
  constructor(goal: string) {
    super(
      `the history of goal '${goal}' is removed, so there is nothing to replay: 'troupe goal show ${goal}' tells how it ended`,
    );
    this.goal = goal;
  }
}

/** Nothing was heard of a goal for too long. */
export class GoalStalledError extends TroupeError {
  readonly code = "goal-stalled";
  readonly retryable = true;
  readonly goal: string;
  constructor(goal: string, silentMs: number) {
    super(
      `nothing was heard of goal '${goal}' for ${Math.round(silentMs / 1000)} s; see 'troupe doctor', then 'troupe goal watch ${goal}'`,
    );
    this.goal = goal;
  }
}

/** A goal was still going on when the time given to following it was over. */
export class FollowLimitError extends TroupeError {
  readonly code = "follow-limit";
  readonly retryable = true;
  readonly goal: string;
  constructor(goal: string, limitMs: number) {
    super(
      `goal '${goal}' has not ended within ${Math.round(limitMs / 1000)} s, and goes on: follow it further with 'troupe goal watch ${goal} --timeout SECONDS'`,
    );
    this.goal = goal;
  }
}

/** The trace of a goal holds no spans. */
export class NoSpansError extends TroupeError {
  readonly code = "no-spans";
  readonly retryable = true;
  constructor(goal: string, traceId: string) {
    super(
      `no spans are stored for goal '${goal}' (trace ${traceId}): they arrive within seconds of the work, and are kept as long as the span stream's retention; try again, or look in Jaeger`,
    );
  }
}

/** A goal that was not traced. */
export class NotTracedError extends TroupeError {
  readonly code = "not-traced";
  readonly retryable = false;
  constructor(goal: string) {
    super(
      `goal '${goal}' was not traced: ${untracedWhy}. What it did is all in its history: troupe goal show ${goal}. ${untracedRemedy}`,
    );
  }
}

/** Why a goal has no trace, and what helps. */
export const untracedWhy =
  "more goals began than its node traces (TROUPE_TRACES_PER_SECOND), or its publisher's traceparent says that nobody records it";
export const untracedRemedy =
  'To have a goal traced, publish it with "trace": "always" (troupe goal submit --trace); to have more traced, set TROUPE_TRACES_PER_SECOND on the nodes';

/** A workflow file that can't be read, or does not follow its format. */
export class WorkflowFileError extends TroupeError {
  readonly code = "invalid-workflow";
  readonly retryable = false;
  readonly file: string;
  /** Where in it, for example `workflow.tasks[3].runtime`. */
  readonly place: string;
  constructor(file: string, place: string, message: string) {
    super(message);
    this.file = file;
    this.place = place;
  }
}

/** A file with an assignment problem that can't be read, or does not follow its format. */
export class AssignmentFileError extends TroupeError {
  readonly code = "invalid-assignment";
  readonly retryable = false;
  readonly file: string;
  /** Where in it, for example `line 3, column 7`. */
  readonly place: string;
  constructor(file: string, place: string, why: string) {
    super(`'${file}', ${place}: ${why}`);
    this.file = file;
    this.place = place;
  }
}

/** Actors of an assignment are not to be seen, though their nodes are up. */
export class BiddersMissingError extends TroupeError {
  readonly code = "bidders-missing";
  readonly retryable = true;
  constructor(found: number, wanted: number, waitMs: number) {
    super(
      `${found} of ${wanted} bidders have come within ${waitMs / 1000} s: see what their nodes said above, and try again with fewer --nodes or another --server`,
    );
  }
}

/** All actors that solve problems of a file are gone, so that nobody is left for the rest. */
export class SolversLostError extends TroupeError {
  readonly code = "solvers-lost";
  readonly retryable = true;
  constructor(solvers: number, why: string) {
    super(`all ${solvers} solvers are gone, and problems are left; the last: ${why}; try again`);
  }
}

/** Runners of an execution are not to be seen, though their nodes are up. */
export class RunnersMissingError extends TroupeError {
  readonly code = "runners-missing";
  readonly retryable = true;
  constructor(found: number, wanted: number, waitMs: number) {
    super(
      `${found} of ${wanted} runners have come within ${waitMs / 1000} s: see what their nodes said above, and try again with fewer --workers or another --server`,
    );
  }
}

/** All runners of an execution are gone, so that nobody is left to do the rest. */
export class RunnersLostError extends TroupeError {
  readonly code = "runners-lost";
  readonly retryable = true;
  constructor(runners: number) {
    super(
      `all ${runners} runners are gone, and tasks are left: see what their nodes said above, and try again`,
    );
  }
}

/** A runner whose node lives does not report the end of its run. */
export class SilentRunnerError extends TroupeError {
  readonly code = "runner-silent";
  readonly retryable = true;
  constructor(runner: string, task: string, silenceMs: number) {
    super(
      `runner '${runner}' has not ended task '${task}' ${silenceMs / 1000} s after it should have: a message was lost; try again, on a server that is not restarted meanwhile`,
    );
  }
}

/** Goals of a measurement do not end. */
export class BenchStalledError extends TroupeError {
  readonly code = "bench-stalled";
  readonly retryable = true;
  readonly goals: readonly string[];
  constructor(goals: readonly string[], silentMs: number) {
    const first = goals[0] ?? "";
    super(
      `no goal of the measurement has ended for ${Math.round(silentMs / 1000)} s, ${goals.length} are under way: 'troupe goal show ${first}' tells where one stands, and 'troupe doctor' what is wrong`,
    );
    this.goals = goals;
  }
}

/** Codes of the errors that mean: there is no server, or none that can be used from here. */
const unreachable: ReadonlySet<string> = new Set([
  "no-nodes",
  "nats-unreachable",
  "nats-authentication",
  "nats-server-missing",
  "nats-server-start",
  "jetstream-disabled",
  "connection-closed",
  "download-failed",
  "store-unavailable",
]);
const misused: ReadonlySet<string> = new Set([
  "usage",
  "invalid-server-url",
  "invalid-prefix",
  "invalid-workflow",
  "invalid-assignment",
  "invalid-costs",
  "invalid-deployment",
  "secrets-exist",
]);

/** The exit code that tells a script what kind of failure this is. */
export function exitCodeOf(error: Error): number {
  if (!(error instanceof TroupeError)) return exitCodes.failed;
  if (misused.has(error.code)) return exitCodes.usage;
  if (error.code === "interrupted") return exitCodes.interrupted;
  return unreachable.has(error.code) ? exitCodes.unreachable : exitCodes.failed;
}

/** An error as one JSON document. */
export interface ErrorDocument {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly retryable: boolean;
    /** Of an input file that is wrong: which, and where in it. */
    readonly file?: string;
    readonly place?: string;
  };
}

export function errorDocument(error: Error): ErrorDocument {
  const known = error instanceof TroupeError ? error : undefined;
  return {
    error: {
      code: known?.code ?? "internal",
      message: error.message,
      retryable: known?.retryable ?? false,
      ...(error instanceof WorkflowFileError || error instanceof AssignmentFileError
        ? { file: error.file, place: error.place }
        : {}),
    },
  };
}
