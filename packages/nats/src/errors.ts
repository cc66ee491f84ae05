import { TroupeError } from "@troupe/actor";
import { hidePassword } from "./connection/hide-password.ts";

/** No NATS server answered within the time given for the first connection. */
export class NatsUnreachableError extends TroupeError {
  readonly code = "nats-unreachable";
  readonly retryable = true;
  /** Where it was looked for, without the password. */
  readonly url: string;
  readonly waitedMs: number;
  constructor(url: string, waitedMs: number, reason: string, options?: ErrorOptions) {
    const shown = hidePassword(url);
    super(
      `no NATS server answered at ${shown} within ${waitedMs} ms (${reason}): start one there, or set NATS_URL to a server that runs`,
      options,
    );
    this.url = shown;
    this.waitedMs = waitedMs;
  }
}

/** The server refused the user, password or token of the url. */
export class NatsAuthenticationError extends TroupeError {
  readonly code = "nats-authentication";
  readonly retryable = false;
  /** Without the password. */
  readonly url: string;
  constructor(url: string, options?: ErrorOptions) {
    const shown = hidePassword(url);
    super(
      `the NATS server at ${shown} refused these credentials: give user and password in the url (nats://user:password@host:port)`,
      options,
    );
    this.url = shown;
  }
}

/** A url that is not a NATS address. */
export class InvalidServerUrlError extends TroupeError {
  readonly code = "invalid-server-url";
  readonly retryable = false;
  constructor(url: string, reason: string) {
    super(
      `'${hidePassword(url)}' is not a NATS url (${reason}): write nats://[user:password@]host[:port], several separated by commas`,
    );
  }
}

/** The connection was closed by its owner, or was lost while an operation needed it. */
export class ConnectionClosedError extends TroupeError {
  readonly code = "connection-closed";
  readonly retryable: boolean;
  constructor(operation: string, retryable: boolean, options?: ErrorOptions) {
    super(
      retryable
        ? `the connection to NATS was lost during '${operation}': try again, it is being re-established`
        : `'${operation}' on a closed connection to NATS: it was closed by its owner; connect again`,
      options,
    );
    this.retryable = retryable;
  }
}

/** The server runs, but without JetStream, which the journal and the goal queue need. */
export class JetStreamDisabledError extends TroupeError {
  readonly code = "jetstream-disabled";
  readonly retryable = false;
  constructor(url: string, options?: ErrorOptions) {
    super(
      `the NATS server at ${hidePassword(url)} has no JetStream for this account: start it with 'nats-server -js' or a 'jetstream { store_dir: ... }' block`,
      options,
    );
  }
}

/** One way of getting a server that was tried, and why it gave none. */
export interface FailedAttempt {
  readonly step: string;
  readonly reason: string;
}

/** No nats-server could be found or fetched. Lists every way that was tried. */
export class NoServerError extends TroupeError {
  readonly code = "nats-server-missing";
  readonly retryable = false;
  readonly attempts: readonly FailedAttempt[];
  constructor(attempts: readonly FailedAttempt[]) {
    const tried = attempts.map(({ step, reason }) => `  - ${step}: ${reason}`).join("\n");
    super(
      `no nats-server could be found or fetched:\n${tried}\nDo one of: install nats-server (for example 'apt install nats-server' or 'brew install nats-server'), set TROUPE_NATS_SERVER to the path of the program, or set NATS_URL to a server that runs.`,
    );
    this.attempts = attempts;
  }
}

/** A program was found, but no server came up from it. */
export class ServerStartError extends TroupeError {
  readonly code = "nats-server-start";
  readonly retryable: boolean;
  readonly binary: string;
  readonly logFile: string;
  constructor(binary: string, logFile: string, reason: string, retryable = false) {
    super(`${binary} did not start: ${reason}; see ${logFile}`);
    this.binary = binary;
    this.logFile = logFile;
    this.retryable = retryable;
  }
}

/** Another process holds the data folder's start lock for longer than a start may take. */
export class DataDirectoryBusyError extends TroupeError {
  readonly code = "data-directory-busy";
  readonly retryable = true;
  constructor(lockFile: string, holder: string, waitedMs: number) {
    super(
      `process ${holder} has been starting a server on this data folder for over ${waitedMs} ms: wait for it, or remove ${lockFile} when that process is gone`,
    );
  }
}

/** A downloaded file is not the one that was published. It has been deleted. */
export class ChecksumMismatchError extends TroupeError {
  readonly code = "checksum-mismatch";
  readonly retryable = false;
  readonly expected: string;
  readonly actual: string;
  constructor(url: string, expected: string, actual: string) {
    super(
      `${url} was refused and deleted: its sha256 is ${actual}, not the published ${expected}; install nats-server another way`,
    );
    this.expected = expected;
    this.actual = actual;
  }
}

/** A file could not be fetched. */
export class DownloadError extends TroupeError {
  readonly code = "download-failed";
  readonly retryable = true;
  constructor(url: string, reason: string, options?: ErrorOptions) {
    super(`${url} could not be fetched: ${reason}`, options);
  }
}

/** A server version whose replicated streams accept two winners of one conditional write. */
export class UnsafeReplicationError extends TroupeError {
  readonly code = "unsafe-replication";
  readonly retryable = false;
  readonly version: string;
  readonly replicas: number;
  constructor(version: string, replicas: number) {
    super(
      `nats-server ${version} with ${replicas} replicas is refused: before 2.9.21 two writers can both win one conditional append on a replicated stream, so a stale owner is not fenced; use nats-server 2.10 or newer (2.12.3 or newer is recommended), or 1 replica`,
    );
    this.version = version;
    this.replicas = replicas;
  }
}

/** A stream of the wanted name exists, or came out, with a configuration Troupe cannot work on. */
export class StreamConflictError extends TroupeError {
  readonly code = "stream-conflict";
  readonly retryable = false;
  readonly stream: string;
  readonly differences: readonly string[];
  constructor(stream: string, differences: readonly string[], options?: ErrorOptions) {
    super(
      `stream ${stream} cannot be used: ${differences.join("; ")}; use another prefix, or change or remove that stream`,
      options,
    );
    this.stream = stream;
    this.differences = differences;
  }
}

/** The server or account has no room for a stream, even at its smallest useful size. */
export class StreamStorageError extends TroupeError {
  readonly code = "stream-storage";
  readonly retryable = false;
  constructor(stream: string, bytes: number, options?: ErrorOptions) {
    super(
      `the server has no room for stream ${stream}, not even ${bytes} bytes: free disk space, raise max_file_store, or raise the account's JetStream limit`,
      options,
    );
  }
}

/** Records were to be written or read before their streams exist. */
export class StreamMissingError extends TroupeError {
  readonly code = "stream-missing";
  readonly retryable = false;
  constructor(stream: string, options?: ErrorOptions) {
    super(`stream ${stream} does not exist: call ensureStreams with this prefix first`, options);
  }
}

/** A stream has reached its size bound. Nothing old was dropped; the new record was not stored. */
export class StreamFullError extends TroupeError {
  readonly code = "stream-full";
  readonly retryable = false;
  readonly stream: string;
  constructor(stream: string, reason: string, options?: ErrorOptions) {
    super(
      `stream ${stream} is full (${reason}) and refuses new records rather than drop old ones: raise its max_bytes or purge subjects that are finished`,
      options,
    );
    this.stream = stream;
  }
}

/** The durable store gave no answer within the time an operation may take. */
export class StoreUnavailableError extends TroupeError {
  readonly code = "store-unavailable";
  readonly retryable = true;
  constructor(operation: string, waitedMs: number, reason: string, options?: ErrorOptions) {
    super(
      `${operation} had no answer within ${waitedMs} ms (${reason}): it is safe to repeat; check the server when it goes on`,
      options,
    );
  }
}

/** The store answered with an error that no rule here explains. */
export class StoreRefusedError extends TroupeError {
  readonly code = "store-refused";
  readonly retryable = false;
  constructor(operation: string, reason: string, options?: ErrorOptions) {
    super(`${operation} was refused by the server: ${reason}`, options);
  }
}

/** A deployment prefix that cannot begin a subject and name streams. */
export class InvalidPrefixError extends TroupeError {
  readonly code = "invalid-prefix";
  readonly retryable = false;
  constructor(prefix: string) {
    super(
      `'${prefix}' is not a valid prefix: use 1 to 64 letters, digits, '-' and '_', in parts separated by single dots`,
    );
  }
}

/** A subject outside what the journal keeps. */
export class InvalidRecordSubjectError extends TroupeError {
  readonly code = "invalid-record-subject";
  readonly retryable = false;
  constructor(subject: string, reason: string) {
    super(
      `'${subject}' is not a record subject (${reason}): it must be journal., dead., results. or spans. followed by tokens of printable characters without spaces`,
    );
  }
}

/** A goal was finished, but the server no longer knew that it had been delivered here. */
export class DeliveryForgottenError extends TroupeError {
  readonly code = "delivery-forgotten";
  readonly retryable = false;
  readonly sequence: number;
  constructor(sequence: number, options?: ErrorOptions) {
    super(
      `goal ${sequence} could not be acknowledged: the server was restarted and has forgotten this delivery; the goal comes again, and what the journal says of it counts`,
      options,
    );
    this.sequence = sequence;
  }
}

/** An option outside what it may be. */
export class InvalidOptionError extends TroupeError {
  readonly code = "invalid-option";
  readonly retryable = false;
  constructor(option: string, value: unknown, allowed: string) {
    super(`${option} is ${String(value)}: it must be ${allowed}`);
  }
}
