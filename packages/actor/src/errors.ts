/** Base of every error the runtime raises: `code` is stable, `retryable` says whether trying again can help. */
export abstract class TroupeError extends Error {
  abstract readonly code: string;
  abstract readonly retryable: boolean;
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Where a failed ask died. */
export type AskStage = "unreachable" | "mailbox" | "handler" | "reply" | "cycle";

/** An ask that got no answer. `stage` says how far it came. */
export class AskError extends TroupeError {
  readonly code = "ask-failed";
  readonly retryable: boolean;
  readonly stage: AskStage;
  readonly address: string;
  readonly type: string;
  constructor(
    stage: AskStage,
    address: string,
    type: string,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`ask '${type}' to ${address} failed at stage '${stage}': ${detail}`, options);
    this.stage = stage;
    this.address = address;
    this.type = type;
    this.retryable = stage === "unreachable" || stage === "mailbox" || stage === "reply";
  }
}

/** An actor that this one is linked to has ended in failure. */
export class LinkedActorError extends TroupeError {
  readonly code = "linked-actor";
  readonly retryable = true;
  readonly address: string;
  constructor(address: string, why: string) {
    super(`actor ${address}, to which this one is linked, has ended: ${why}`);
    this.address = address;
  }
}

/** An ask to a group that has no members. Trying again helps once there is one. */
export class NoMembersError extends TroupeError {
  readonly code = "no-members";
  readonly retryable = true;
  /** What the members would advertise; undefined for a group of named members. */
  readonly capability: string | undefined;
  readonly type: string;
  constructor(capability: string | undefined, type: string) {
    super(
      capability === undefined
        ? `ask '${type}' has nobody to go to: its list of members is empty`
        : `ask '${type}' has nobody to go to: no live actor advertises '${capability}'; spawn one with { capabilities: ["${capability}"] }, or try again when its node has joined`,
    );
    this.capability = capability;
    this.type = type;
  }
}

/** An ask to all members of a group that none has answered. `failures` says why, for each. */
export class NoAnswerError extends TroupeError {
  readonly code = "no-answer";
  /** True when trying again can help with at least one member. */
  readonly retryable: boolean;
  readonly type: string;
  readonly failures: ReadonlyArray<{ readonly address: string; readonly error: Error }>;
  constructor(type: string, failures: NoAnswerError["failures"]) {
    const reasons = failures.map(({ error }) => error.message).join("; ");
    super(`none of ${failures.length} members answered '${type}': ${reasons}`);
    this.type = type;
    this.failures = failures;
    this.retryable = failures.some(({ error }) => error instanceof TroupeError && error.retryable);
  }
}

/**
 * An ask that an actor handed on to another has failed there. A handler that throws it tells its own
 * asker so, at the same stage; the actor itself has not failed and goes on.
 */
export class HandedOnError extends TroupeError {
  readonly code = "handed-on";
  readonly retryable: boolean;
  /** An answer the other did not give in time shows here as a failure in the handler that waited. */
  readonly stage: Exclude<AskStage, "reply">;
  constructor(cause: AskError | NoMembersError) {
    super(cause.message, { cause });
    this.retryable = cause.retryable;
    const stage = cause instanceof AskError ? cause.stage : "unreachable";
    this.stage = stage === "reply" ? "handler" : stage;
  }
}

/** Why the host of an entity gave up a message for it. */
export type EntityUnavailableReason =
  /** No live node hosts its kind. */
  | "no-host"
  /** It is not what the kind's protocol says. */
  | "malformed"
  /** Its host sees too few of the others, and may be the one that is cut off. */
  | "cut-off"
  /** The nodes do not agree yet where it lives. */
  | "forwarded"
  /** Its journal could not be read in time, or its setup failed. */
  | "activation"
  /** Its journal could not be written or looked at. */
  | "journal"
  /** Too many messages wait for it. */
  | "full"
  /** The asker's time was over before it was taken. */
  | "expired"
  /** It moved, or its activation ended, while the message was at work. */
  | "moved"
  /** Its node stopped, and did not manage to hand it on. */
  | "stopped";

/** A message for an entity that its host gave up; the `cause` of the `AskError` of an ask. */
export class EntityUnavailableError extends TroupeError {
  readonly code = "entity-unavailable";
  readonly retryable: boolean;
  readonly kind: string;
  readonly key: string;
  readonly reason: EntityUnavailableReason;
  constructor(kind: string, key: string, reason: EntityUnavailableReason, detail: string) {
    super(`entity ${kind}/${key} is not available (${reason}): ${detail}`);
    this.kind = kind;
    this.key = key;
    this.reason = reason;
    this.retryable = reason !== "malformed";
  }
}

/** A write refused because another writer has written since: this one is stale and must stop. */
export class FencedError extends TroupeError {
  readonly code = "fenced";
  readonly retryable = false;
  readonly subject: string;
  readonly expected: number;
  constructor(subject: string, expected: number, options?: ErrorOptions) {
    super(
      `append to '${subject}' refused: its last record is no longer number ${expected}; another writer has taken over, so stop and read the journal again`,
      options,
    );
    this.subject = subject;
    this.expected = expected;
  }
}

/** An actor was to start a child after it had failed or stopped. */
export class IncarnationEndedError extends TroupeError {
  readonly code = "incarnation-ended";
  readonly retryable = false;
  readonly address: string;
  constructor(address: string) {
    super(`${address} has stopped or begins anew, so that it can't start children any more`);
    this.address = address;
  }
}

/** A message larger than the network carries. */
export class PayloadTooLargeError extends TroupeError {
  readonly code = "payload-too-large";
  readonly retryable = false;
  constructor(subject: string, bytes: number, limit: number) {
    super(
      `message of ${bytes} bytes to '${subject}' exceeds the limit of ${limit}: store the value and send a reference`,
    );
  }
}

/** A body or an answer for another node that holds a function: it would have been missing there. */
export class UnsendableValueError extends TroupeError {
  readonly code = "unsendable-value";
  readonly retryable = false;
  /** Names of fields and places in lists that lead to it, from the outside in. */
  readonly path: readonly string[];
  constructor(path: readonly string[]) {
    const place = path.length === 0 ? "itself" : `at '${path.join(".")}'`;
    super(
      `the value is a function ${place}, which cannot go to another node: send data that says the same`,
    );
    this.path = path;
  }
}

/** An actor, node or message name that cannot be part of a subject. */
export class InvalidNameError extends TroupeError {
  readonly code = "invalid-name";
  readonly retryable = false;
  constructor(what: string, value: string) {
    super(
      `${what} '${value}' is not a valid name: use 1 to 64 letters, digits, '-' and '_', not digits alone (it becomes part of a NATS subject)`,
    );
  }
}

/**
 * A thread actor whose thread gave no sign of life for `hangMs` while it should have: it was
 * terminated. A handler that computes for longer without a pause looks the same as one that hangs.
 */
export class HungActorError extends TroupeError {
  readonly code = "hung-actor";
  readonly retryable = false;
  readonly address: string;
  /** How long nothing was heard, milliseconds. */
  readonly hangMs: number;
  /** The message at work, or `undefined` when there was none. */
  readonly type: string | undefined;
  constructor(address: string, hangMs: number, type: string | undefined) {
    super(
      `the thread of ${address} gave no sign of life for ${hangMs} ms ${type === undefined ? "while no message was at work" : `while '${type}' was at work`}, and was terminated`,
    );
    this.address = address;
    this.hangMs = hangMs;
    this.type = type;
  }
}

/** The thread of a thread actor ended by itself: uncaught error, `process.exit`, or out of memory (see `cause`). */
export class ThreadExitedError extends TroupeError {
  readonly code = "thread-exited";
  readonly retryable = false;
  readonly address: string;
  readonly exitCode: number;
  constructor(address: string, exitCode: number, options?: ErrorOptions) {
    const { cause } = options ?? {};
    const why = cause === undefined ? "" : `: ${ensureError(cause).message}`;
    super(`the thread of ${address} exited with code ${exitCode}${why}`, options);
    this.address = address;
    this.exitCode = exitCode;
  }
}

/** The module of a thread actor has no default export that is an actor with the expected protocol. */
export class ThreadModuleError extends TroupeError {
  readonly code = "thread-module";
  readonly retryable = false;
  readonly module: string;
  constructor(module: string, protocol: string) {
    super(
      `${module} must default-export an actor made with defineActor, with the protocol '${protocol}'`,
    );
    this.module = module;
  }
}

/** The value itself if it is an error, otherwise an error that shows it. For catch boundaries. */
export function ensureError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  return new Error(typeof thrown === "string" ? thrown : `non-error thrown: ${String(thrown)}`);
}
