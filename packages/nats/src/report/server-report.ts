import type { StreamInfo } from "@nats-io/jetstream";
import { ensureError } from "@troupe/actor";
import { isNotEnabled, isUnheard } from "../connection/api-errors.ts";
import { apiTimeoutMs } from "../connection/connect.ts";
import type { Connection } from "../connection/connection.ts";
import { isAtLeast } from "../connection/server-version.ts";
import { StoreUnavailableError } from "../errors.ts";
import { durabilityNotice } from "../streams/replication.ts";
import { reportWarnings } from "./report-warnings.ts";

/** How much of something is used. `limitBytes` is absent when the account sets none. */
export interface StorageUse {
  readonly usedBytes: number;
  readonly limitBytes?: number;
}

/** A stream as it stands on the server. */
export interface StreamReport {
  readonly name: string;
  readonly subjects: readonly string[];
  /** Stored now. */
  readonly messages: number;
  /** Stored now. */
  readonly bytes: number;
  /** Absent for a stream without a size bound. */
  readonly limitBytes?: number;
  /** Copies that the stream is to have. */
  readonly replicas: number;
  /** Replicas that are caught up, with the leader; absent on a single server. */
  readonly currentReplicas?: number;
  /** Known to the server now. */
  readonly consumers: number;
  /** True when a full stream refuses new messages, false when it drops the oldest. */
  readonly refusesWhenFull: boolean;
}

/** Something an operator should look at. */
export interface ServerWarning {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** A server as it stands, and what is wrong with it. */
export interface ServerReport {
  readonly url: string;
  readonly version: string;
  readonly serverName: string;
  /** Absent on a single server. */
  readonly cluster?: string;
  readonly maxPayloadBytes: number;
  readonly authenticates: boolean;
  readonly jetstream:
    | { readonly enabled: false }
    | { readonly enabled: true; readonly memory: StorageUse; readonly storage: StorageUse };
  readonly streams: readonly StreamReport[];
  readonly warnings: readonly ServerWarning[];
}

/**
 * The state of the server as an operator wants to see it: version, JetStream, room, streams, and
 * what is wrong with a remedy for each. Streams of other users of the account are listed too.
 * Reads only. Throws `StoreUnavailableError` without an answer within 5 s; a server without
 * JetStream is a warning.
 */
export async function serverReport(connection: Connection): Promise<ServerReport> {
  const { nats, version } = connection;
  const { jetstream, streams } = await facts(connection);
  const known = {
    url: connection.url,
    version: version.text,
    serverName: nats.info?.server_name ?? "",
    ...(nats.info?.cluster === undefined ? {} : { cluster: nats.info.cluster }),
    maxPayloadBytes: nats.info?.max_payload ?? 0,
    authenticates: nats.info?.auth_required === true,
    jetstream,
    streams,
  };
  const notice = durabilityNotice(version.text);
  return {
    ...known,
    warnings: reportWarnings(known, {
      ...(notice === undefined ? {} : { durability: notice }),
      replicationSafe: isAtLeast(version, "2.10.0"),
    }),
  };
}

async function facts(connection: Connection): Promise<Pick<ServerReport, "jetstream" | "streams">> {
  try {
    const jetstream = await jetstreamUse(connection);
    return { jetstream, streams: jetstream.enabled ? await streamReports(connection) : [] };
  } catch (thrown) {
    const cause = ensureError(thrown);
    throw new StoreUnavailableError("asking for the server's state", apiTimeoutMs, cause.message, {
      cause,
    });
  }
}

async function jetstreamUse(connection: Connection): Promise<ServerReport["jetstream"]> {
  try {
    const { memory, storage, limits } = await connection.manager.getAccountInfo();
    return {
      enabled: true,
      memory: storageUse(memory, limits?.max_memory),
      storage: storageUse(storage, limits?.max_storage),
    };
  } catch (thrown) {
    if (isUnheard(thrown) || isNotEnabled(thrown)) return { enabled: false };
    throw thrown;
  }
}

function storageUse(usedBytes: number, limit: number | undefined): StorageUse {
  return limit === undefined || limit < 0 ? { usedBytes } : { usedBytes, limitBytes: limit };
}

async function streamReports(connection: Connection): Promise<readonly StreamReport[]> {
  const reports: StreamReport[] = [];
  for await (const info of connection.manager.streams.list()) reports.push(streamReport(info));
  return reports.toSorted((a, b) => a.name.localeCompare(b.name));
}

function streamReport({ config, state, cluster }: StreamInfo): StreamReport {
  const peers = cluster?.replicas;
  return {
    name: config.name,
    subjects: config.subjects ?? [],
    messages: state.messages,
    bytes: state.bytes,
    ...(config.max_bytes > 0 ? { limitBytes: config.max_bytes } : {}),
    replicas: config.num_replicas,
    ...(peers === undefined
      ? {}
      : { currentReplicas: 1 + peers.filter((peer) => peer.current && !peer.offline).length }),
    consumers: state.consumer_count,
    refusesWhenFull: config.discard === "new",
  };
}
