import { type NatsUser, userBlock } from "./authorization-config.ts";

/** What the users of one account may take together. */
export interface AccountLimits {
  /** Bytes of streams on disk. */
  readonly fileBytes: number;
  /** Bytes of streams in memory. */
  readonly memoryBytes: number;
  /** Most streams. */
  readonly streams: number;
  /** Most consumers, of all streams together. */
  readonly consumers: number;
  /** Connections at the same time. */
  readonly connections: number;
}

/** Users that see each other's subjects and streams, and nobody else's. */
export interface NatsAccount {
  readonly name: string;
  readonly limits: AccountLimits;
  readonly users: readonly NatsUser[];
}

/**
 * The block `accounts` of a nats.conf: each account has subjects and streams of its own, so that the same prefix may be
 * used in all of them. Names of users must differ over all accounts. For nats-server 2.9 and newer.
 */
export function accountsConfig(accounts: readonly NatsAccount[]): string {
  return `accounts {\n${accounts.map(accountBlock).join("")}}\n`;
}

function accountBlock({ name, limits, users }: NatsAccount): string {
  const { fileBytes, memoryBytes, streams, consumers, connections } = limits;
  return `  ${JSON.stringify(name)} {
  jetstream: { max_file: ${fileBytes}, max_mem: ${memoryBytes}, max_streams: ${streams}, max_consumers: ${consumers} }
  limits: { max_connections: ${connections} }
  users: [
${users.map(userBlock).join("")}  ]
  }
`;
}
