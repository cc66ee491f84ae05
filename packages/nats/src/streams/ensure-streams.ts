import { JetStreamApiError, type StreamConfig } from "@nats-io/jetstream";
import { ensureError } from "@troupe/actor";
import { isNotEnabled, isStreamNotFound, isUnheard } from "../connection/api-errors.ts";
import type { Connection } from "../connection/connection.ts";
import { JetStreamDisabledError, StreamConflictError, StreamStorageError } from "../errors.ts";
import { isPassing, untilAnswered } from "../store/until-answered.ts";
import { differences } from "./differences.ts";
import { cachePlan, type LayoutOptions, type StreamPlan, streamLayout } from "./layout.ts";
import { checkReplication, durabilityNotice } from "./replication.ts";

/** Settings that make a stream another one; subjects may only be added to. */
const fixedSettings = new Set(["name", "subjects", "storage", "retention"]);
const nameInUse = 10058;
/** "resource limits exceeded", "insufficient resources", "insufficient storage", "would exceed limits". */
const noRoomCodes = new Set([10002, 10023, 10028, 10047, 10120]);
/** "no suitable peers for placement": of a cluster that is starting, or of one without room. */
const noPeersCode = 10005;

/**
 * Creates the streams of a deployment, or brings existing ones to the wanted configuration.
 * Any number of nodes may call it at once; a second call changes nothing. Left out, `replicas`,
 * `maxAgeDays` and `maxBytes` keep what an existing stream has. A default size that does not fit is
 * halved until it does, which is logged.
 *
 * Throws `UnsafeReplicationError` for 3 replicas on nats-server before 2.10, `StreamConflictError`
 * when a stream of that name serves something else or the server ignored a setting,
 * `StreamStorageError` without room for even the smallest, `JetStreamDisabledError` without JetStream,
 * `StoreUnavailableError` when a cluster has no leader within 25 s.
 * Below nats-server 2.12.3 it logs one warning about durability.
 */
export async function ensureStreams(connection: Connection, options: LayoutOptions): Promise<void> {
  const plans = streamLayout(options);
  const { log, version } = connection;
  checkReplication(version.text, options.replicas ?? 1);
  const notice = durabilityNotice(version.text);
  if (notice !== undefined) log("warn", notice, { version: version.text });
  let scale = 1;
  for (const plan of plans) {
    const { name } = plan.config;
    const config = await untilAnswered(connection, name, `making stream ${name}`, () =>
      ensureStream(connection, plan, options, scale),
    );
    // What the journal got shows how much room there is; the others get no larger part of theirs.
    if (plan.kind === "journal") scale = Math.min(1, config.max_bytes / plan.bytes);
  }
}

/**
 * The same for the stream of cached results, which is made when the first one is to be kept. Throws
 * as {@link ensureStreams} does.
 */
export async function ensureCacheStream(
  connection: Connection,
  options: LayoutOptions,
): Promise<void> {
  const plan = cachePlan(options);
  const { name } = plan.config;
  checkReplication(connection.version.text, options.replicas ?? 1);
  await untilAnswered(connection, name, `making stream ${name}`, () =>
    ensureStream(connection, plan, options, 1),
  );
}

/** A stream that is not as Troupe makes it. */
export interface StreamMisfit {
  readonly stream: string;
  /** Each setting as `name: what it is, not what it should be`. */
  readonly differences: readonly string[];
  /** Whether the next node that starts can mend it; a stream that cannot be mended keeps nodes from starting. */
  readonly mendable: boolean;
}

/**
 * Looks which of a deployment's streams were changed by hand, or made by something else. Streams that are not
 * there yet are left out. Reads only.
 *
 * @throws what the server answers when it cannot be asked
 */
export async function streamMisfits(
  connection: Connection,
  options: LayoutOptions,
): Promise<readonly StreamMisfit[]> {
  const misfits: StreamMisfit[] = [];
  for (const plan of [...streamLayout(options), cachePlan(options)]) {
    const { name: stream } = plan.config;
    const existing = await currentConfig(connection, stream);
    if (existing === undefined) continue;
    const wanted = keepUnasked(plan, existing, options);
    const changes = differences(wanted, existing);
    if (changes.length === 0) continue;
    const mendable = lasting(changes, wanted, existing).length === 0;
    misfits.push({ stream, differences: changes.map(({ text }) => text), mendable });
  }
  return misfits;
}

async function ensureStream(
  connection: Connection,
  plan: StreamPlan,
  options: LayoutOptions,
  scale: number,
): Promise<StreamConfig> {
  const { name } = plan.config;
  try {
    const existing = await currentConfig(connection, name);
    const config = existing ?? (await create(connection, plan, scale));
    const wanted = keepUnasked(plan, config, options);
    const settled = await update(connection, name, wanted, config);
    const left = differences(wanted, settled);
    if (left.length > 0) {
      throw new StreamConflictError(
        name,
        left.map(({ text }) => `the server kept ${text}`),
      );
    }
    return settled;
  } catch (thrown) {
    if (isUnheard(thrown) || isNotEnabled(thrown)) {
      throw new JetStreamDisabledError(connection.url, { cause: thrown });
    }
    throw thrown;
  }
}

async function currentConfig(
  connection: Connection,
  name: string,
): Promise<StreamConfig | undefined> {
  try {
    return (await connection.manager.streams.info(name)).config;
  } catch (thrown) {
    if (isStreamNotFound(thrown)) return undefined;
    throw thrown;
  }
}

/** Creates a stream at `scale` of its size, or at half of that, and so on, until there is room. */
async function create(
  connection: Connection,
  plan: StreamPlan,
  scale: number,
): Promise<StreamConfig> {
  const { streams } = connection.manager;
  const { name } = plan.config;
  for (let part = scale; ; part /= 2) {
    const bytes = Math.max(plan.leastBytes, Math.floor(plan.bytes * part));
    const claim = Math.ceil((bytes / plan.bytes) * plan.claimBytes);
    try {
      const { config } = await streams.add({ ...plan.config, max_bytes: claim });
      if (bytes < plan.bytes) {
        connection.log(
          "warn",
          `stream ${name} got ${bytes} bytes: the server has no room for more`,
          {
            stream: name,
            wanted: plan.bytes,
          },
        );
      }
      if (bytes === claim) return config;
      return (await streams.update(name, { ...config, max_bytes: bytes })).config;
    } catch (thrown) {
      if (!(thrown instanceof JetStreamApiError) || isPassing(thrown)) throw thrown;
      if (thrown.code === nameInUse) {
        const byAnother = await currentConfig(connection, name);
        if (byAnother !== undefined) return byAnother;
      }
      if (!isNoRoom(thrown)) {
        throw new StreamConflictError(name, [thrown.message], { cause: thrown });
      }
      if (bytes === plan.leastBytes) throw new StreamStorageError(name, bytes, { cause: thrown });
    }
  }
}

function isNoRoom({ code, message }: JetStreamApiError): boolean {
  return (
    noRoomCodes.has(code) || (code === noPeersCode && message.includes("insufficient storage"))
  );
}

/** The wanted configuration, minus what the caller left to whoever made the stream. */
function keepUnasked(
  { kind, bytes, config }: StreamPlan,
  existing: StreamConfig,
  options: LayoutOptions,
): Partial<StreamConfig> {
  const wanted: Partial<StreamConfig> = { ...config };
  wanted.max_bytes = options.maxBytes?.[kind] === undefined ? existing.max_bytes : bytes;
  if (options.replicas === undefined) wanted.num_replicas = existing.num_replicas;
  if (options.maxAgeDays === undefined) wanted.max_age = existing.max_age;
  return wanted;
}

/** Whether every subject the stream has stays, as when a newer release keeps more in it. */
function isExtended(wanted: Partial<StreamConfig>, existing: StreamConfig): boolean {
  return existing.subjects.every((subject) => wanted.subjects?.includes(subject));
}

/** Of the differences, those that no update of the stream can take away. */
function lasting(
  changes: ReturnType<typeof differences>,
  wanted: Partial<StreamConfig>,
  existing: StreamConfig,
): ReturnType<typeof differences> {
  return changes.filter(
    ({ name }) => fixedSettings.has(name) && !(name === "subjects" && isExtended(wanted, existing)),
  );
}

async function update(
  connection: Connection,
  name: string,
  wanted: Partial<StreamConfig>,
  existing: StreamConfig,
): Promise<StreamConfig> {
  const changes = differences(wanted, existing);
  if (changes.length === 0) return existing;
  const fixed = lasting(changes, wanted, existing);
  if (fixed.length > 0) {
    throw new StreamConflictError(
      name,
      fixed.map(({ text }) => `it exists with ${text}`),
    );
  }
  connection.log("info", `updating stream ${name}`, {
    changes: changes.map(({ text }) => text),
  });
  try {
    return (await connection.manager.streams.update(name, { ...existing, ...wanted })).config;
  } catch (thrown) {
    const cause = ensureError(thrown);
    if (!(cause instanceof JetStreamApiError) || isPassing(cause)) throw cause;
    throw new StreamConflictError(
      name,
      [...changes.map(({ text }) => `it exists with ${text}`), cause.message],
      { cause },
    );
  }
}
