import { isAtLeast, type ServerVersion } from "../connection/server-version.ts";

export interface ServerConfigOptions {
  readonly version: ServerVersion;
  readonly port: number;
  /** Identifies this data folder's server when it is met again. */
  readonly serverName: string;
  readonly user: string;
  readonly password: string;
  /** Where JetStream keeps its files. */
  readonly storeDirectory: string;
  /** How much its streams may reserve together; the server's own rule when left out. */
  readonly maxStoreBytes?: number;
}

/** Unknown keys stop a server from starting, so this one is written for versions that have it only. */
const firstWithSyncInterval = "2.10.0";

/**
 * The configuration of a server of one's own: loopback only, one user, JetStream on disk. From
 * 2.10 on every write is synced before it is acknowledged. The space before `{` is needed.
 */
export function serverConfig(options: ServerConfigOptions): string {
  const sync = isAtLeast(options.version, firstWithSyncInterval) ? "\n  sync_interval: always" : "";
  const { maxStoreBytes } = options;
  const limit = maxStoreBytes === undefined ? "" : `\n  max_file_store: ${maxStoreBytes}`;
  return `# Written by troupe at each start; changes are lost.
server_name: ${quoted(options.serverName)}
host: "127.0.0.1"
port: ${options.port}
authorization {
  user: ${quoted(options.user)}
  password: ${quoted(options.password)}
}
jetstream {
  store_dir: ${quoted(options.storeDirectory)}${sync}${limit}
}
`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
