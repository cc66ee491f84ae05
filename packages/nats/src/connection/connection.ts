import type { JetStreamClient, JetStreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import type { Cancel, Log } from "@troupe/actor";
import type { ServerVersion } from "./server-version.ts";

/** An open connection to NATS, shared by the ports made on it. Its owner closes it. */
export interface Connection {
  /** As the server lists it. */
  readonly name: string;
  /** Where it was made, without the password. */
  readonly url: string;
  /** What the subjects of its inboxes begin with, its user's own: `_INBOX_<user>.<name>`, or `_INBOX_<name>` without a user. */
  readonly inboxes: string;
  /** Of the server connected to now; a reconnect can change it. */
  readonly version: ServerVersion;
  readonly log: Log;
  readonly nats: NatsConnection;
  readonly jetstream: JetStreamClient;
  readonly manager: JetStreamManager;
  /** Whether there is a connection now; without one the client is trying to reconnect. */
  readonly connected: boolean;
  /** Calls back after each re-established connection; what the server held for the old one is gone. */
  onReconnect(listener: () => void): Cancel;
  /** Sends what is buffered (at most 2 s) and closes. Calling it again does nothing. */
  close(): Promise<void>;
}
