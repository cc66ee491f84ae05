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

/** An actor, node or message name that cannot be part of a subject. */
export class InvalidNameError extends TroupeError {
  readonly code = "invalid-name";
  readonly retryable = false;
  constructor(what: string, value: string) {
    super(
      `${what} '${value}' is not a valid name: use 1 to 64 letters, digits, '-' and '_' (it becomes part of a NATS subject)`,
    );
  }
}

/** The value itself if it is an error, otherwise an error that shows it. For catch boundaries. */
export function ensureError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  return new Error(typeof thrown === "string" ? thrown : `non-error thrown: ${String(thrown)}`);
}
