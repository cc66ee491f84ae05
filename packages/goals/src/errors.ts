import { TroupeError } from "@troupe/actor";

/** One thing that is wrong with a goal as published. */
export interface GoalIssue {
  /** Where in the goal, for example `source`; empty for the goal as a whole. */
  readonly path: string;
  readonly message: string;
}

/** A goal that cannot be accepted as it was published. */
export class InvalidGoalError extends TroupeError {
  readonly code = "invalid-goal";
  readonly retryable = false;
  readonly issues: readonly GoalIssue[];
  constructor(issues: readonly GoalIssue[]) {
    const list = issues.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
    super(`the goal was refused: ${list.join("; ")}`);
    this.issues = issues;
  }
}

/** A goal whose record does not fit into a message of this server. */
export class GoalTooLargeError extends TroupeError {
  readonly code = "goal-too-large";
  readonly retryable = false;
  constructor(bytes: number, limit: number, options?: ErrorOptions) {
    super(
      `the goal of ${bytes} bytes cannot be recorded: with its tasks it is larger than the server takes, ${limit} bytes; raise max_payload, or put what is large into a file`,
      options,
    );
  }
}

/** A question, or a request about a goal, that cannot be read. */
export class InvalidRequestError extends TroupeError {
  readonly code = "invalid-request";
  readonly retryable = false;
  readonly issues: readonly GoalIssue[];
  constructor(subject: string, issues: readonly GoalIssue[]) {
    const list = issues.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
    super(`the request on '${subject}' was refused: ${list.join("; ")}; see docs/contract.md`);
    this.issues = issues;
  }
}

/** A goal of a kind that no one here knows. */
export class UnknownGoalKindError extends TroupeError {
  readonly code = "unknown-goal-kind";
  readonly retryable = false;
  readonly kind: string;
  constructor(kind: string, known: readonly string[]) {
    super(
      `goal kind '${kind.slice(0, 100)}' is not known: use one of ${known.map((k) => `'${k}'`).join(", ")}`,
    );
    this.kind = kind;
  }
}

/** A question about a goal that the journal does not hold. */
export class GoalNotFoundError extends TroupeError {
  readonly code = "goal-not-found";
  readonly retryable = false;
  constructor(goal: string) {
    super(`no goal '${goal}': list the known ones with 'troupe goal list'`);
  }
}

/** A goal that ended before what was asked of it could be done. */
export class GoalEndedError extends TroupeError {
  readonly code = "goal-ended";
  readonly retryable = false;
  constructor(goal: string, phase: string) {
    super(`goal '${goal}' has already ${phase}: it can be neither cancelled nor answered`);
  }
}

/** A goal that only a model can plan, where there is none. */
export class NoModelError extends TroupeError {
  readonly code = "no-model";
  readonly retryable = false;
  constructor(kind: string) {
    super(
      `this '${kind}' goal describes what is wanted, and no model is configured to plan it: set TROUPE_MODEL_PROVIDER and TROUPE_MODEL on the nodes, or publish its tasks`,
    );
  }
}

/** An answer to a task that does not ask. */
export class NotAskedError extends TroupeError {
  readonly code = "not-asked";
  readonly retryable = false;
  constructor(goal: string, task: string, asking: readonly string[]) {
    const list = asking.map((name) => `'${name}'`).join(", ");
    super(
      `task '${task}' of goal '${goal}' does not ask for approval: ${list === "" ? "no task does" : `those that do are ${list}`}`,
    );
  }
}

/** A goal that sleeps until people answer: there is nobody to be told at once. */
export class GoalAsleepError extends TroupeError {
  readonly code = "goal-asleep";
  readonly retryable = false;
  constructor(goal: string, subject: string) {
    super(
      `goal '${goal}' waits for people and nobody coordinates it: publish {"command": "cancel", "goal": "${goal}"} on ${subject}, as 'troupe goal cancel' does`,
    );
  }
}

/** A goal whose coordinator was leaving it when it was asked for something. */
export class GoalChangesHandsError extends TroupeError {
  readonly code = "ask-failed";
  readonly retryable = true;
  constructor(goal: string) {
    super(`goal '${goal}' ends or goes to another node at this moment: ask again`);
  }
}

/** A task that asks for something that no node has, and the cluster has not. */
export class UnknownResourceError extends TroupeError {
  readonly code = "unknown-resource";
  readonly retryable = false;
  readonly resource: string;
  /** Names that there are. */
  readonly known: readonly string[];
  constructor(task: string, resource: string, known: readonly string[]) {
    super(
      `task '${task}' needs '${resource}', which neither a node nor the cluster has: there is ${known.map((name) => `'${name}'`).join(", ")}; name one of these, or give nodes TROUPE_RESOURCES or TROUPE_UNITS with it`,
    );
    this.resource = resource;
    this.known = known;
  }
}

/** A goal that was lost with its node again and again, and got nowhere meanwhile. */
export class GoalAbandonedError extends TroupeError {
  readonly code = "nodes-lost";
  readonly retryable = false;
  /** @param takeovers how many nodes took the goal over, one after the other */
  constructor(takeovers: number) {
    super(
      `the goal was taken over ${takeovers} times, and nothing was decided in between: what it does next seems to end the node that does it; the last lines of the nodes' logs may say what, for example a tool that ends the process, or memory that ran out. Mend that, and publish the goal again`,
    );
  }
}

/** Too few agents that can do what a goal needs. */
export class NoAgentsError extends TroupeError {
  readonly code = "no-agents";
  readonly retryable = false;
  constructor(capability: string, needed: number, found: number) {
    super(
      `${needed} agents with the capability '${capability}' are needed, ${found} answered: start more nodes with 'troupe node'`,
    );
  }
}

/** The analysts are there, but too many of them could make nothing of the data. */
export class NoProposalsError extends TroupeError {
  readonly code = "no-proposals";
  readonly retryable = false;
  constructor(needed: number, came: number, failures: readonly string[]) {
    super(`${needed} proposals are needed, ${came} came: ${failures.join("; ")}`);
  }
}

/** A node is told that analysts lie which it does not have. */
export class UnknownAnalystError extends TroupeError {
  readonly code = "unknown-analyst";
  readonly retryable = false;
  constructor(unknown: readonly string[], known: readonly string[]) {
    super(`no analyst of a node is named ${unknown.join(", ")}; there are ${known.join(", ")}`);
  }
}

/** No sequence of known tasks reaches the goal from what is known about the data. */
export class NoPlanError extends TroupeError {
  readonly code = "no-plan";
  readonly retryable = false;
  constructor(kind: string, why: string) {
    super(`there is no plan for this '${kind}' goal: ${why}`);
  }
}

/** A piece of work that was divided among workers did not come to an end. */
export class DelegationError extends TroupeError {
  readonly code = "delegation-failed";
  readonly retryable: boolean;
  readonly missing: number;
  /**
   * @param reason how the job ended: `no-workers` and `deadline-passed` may go better another time
   * @param why what is known of the first piece that is missing
   */
  constructor(job: string, reason: string, missing: number, why: string) {
    super(
      `${missing} pieces of '${job}' were not done (${reason}): ${why}; pieces that were done are kept for the next attempt`,
    );
    this.retryable = reason !== "given-up";
    this.missing = missing;
  }
}

/** No node answered: none is running, all are too busy, or the network is gone. */
export class NoNodesError extends TroupeError {
  readonly code = "no-nodes";
  readonly retryable = true;
  /** @param waitedMs how long an answer was waited for, milliseconds. Default: the server said at once that nobody listens */
  constructor(what: string, waitedMs?: number) {
    super(
      waitedMs === undefined
        ? `${what}: no node answered; start one with 'troupe up' or 'troupe node'`
        : `${what}: no node answered within ${waitedMs} ms: none runs, which 'troupe up' or 'troupe node' mends, or all are busy, which 'troupe report' shows; then ask again, and publish a goal again with the same 'id', since it may be stored`,
    );
  }
}

/** A node answered a request with an error. */
export class RequestRefusedError extends TroupeError {
  readonly code: string;
  readonly retryable: boolean;
  constructor(code: string, message: string, retryable: boolean) {
    super(message);
    this.code = code;
    this.retryable = retryable;
  }
}
