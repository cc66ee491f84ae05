import {
  type CacheAnswer,
  type CacheRequest,
  cacheAnswerSchema,
  NoNodesError,
  type Subjects,
  subjectsOf,
} from "@troupe/goals";
import { natsResultStore, type StoredEntry } from "@troupe/nats";
import { ResultCache } from "@troupe/orchestration";
import { type Deployment, type TargetOptions, withDeployment } from "../connection.ts";
import { exitCodes, UsageError } from "../errors.ts";
import { type Io, screenOf } from "../io.ts";
import { cacheScreen, warmScreen } from "../output/cache-screen.ts";
import { counted } from "../output/quantity.ts";
import { writeJson, writeLines } from "../output/write.ts";
import { readJson } from "../read-json.ts";

/** Nodes are heard until none has answered for so long, milliseconds. */
const quietMs = 700;
/** The same while they read results. */
const warmingMs = 4000;
/** Names of results as `resultKey` makes them; other entries are the cache's own. */
const keyPattern = /^[0-9a-f]{64}$/;

interface CacheOptions extends TargetOptions {
  readonly json: boolean;
}

/** Which results are meant: exactly one of these. */
export interface CacheTarget {
  /** Results of tasks of this type. */
  readonly type?: string;
  /** The result of this key. */
  readonly key?: string;
  readonly all?: boolean;
}

/** The results of one type. */
export interface CachedType {
  /** Empty for those that do not say. */
  readonly type: string;
  readonly entries: number;
  readonly bytes: number;
  /** When the oldest and the newest were stored, epoch milliseconds. */
  readonly oldestAt: number;
  readonly newestAt: number;
}

/** `troupe cache list`: the shared results by type, and what the nodes that answer found in them. */
export async function cacheList(
  io: Io,
  options: CacheOptions & { readonly type?: string },
): Promise<number> {
  const { entries, nodes } = await withDeployment(io, options, async (deployment) => {
    const [all, answers] = await Promise.all([
      entriesOf(deployment),
      askNodes(io, deployment, {}, quietMs),
    ]);
    return { entries: all, nodes: answers };
  });
  const { type } = options;
  const listed = type === undefined ? undefined : entries.filter(({ tags }) => tags.includes(type));
  const types = byType(entries).filter((one) => type === undefined || one.type === type);
  if (options.json) {
    writeJson(io.out, { types, nodes, ...(listed === undefined ? {} : { entries: listed }) });
  } else writeLines(io.out, cacheScreen({ types, nodes, entries: listed }, screenOf(io.out)));
  return exitCodes.ok;
}

/**
 * `troupe cache warm`: has every node read results into its memory.
 *
 * @throws NoNodesError when there is no node
 */
export async function cacheWarm(io: Io, options: CacheOptions & CacheTarget): Promise<number> {
  const { type, key } = oneOf(options);
  if (type === undefined && key === undefined) {
    throw new UsageError("say what to warm: --type TYPE or --key KEY");
  }
  const warm = key === undefined ? { tag: type ?? "" } : { keys: [key] };
  const nodes = await withDeployment(io, options, (deployment) =>
    askNodes(io, deployment, { warm }, warmingMs),
  );
  if (nodes.length === 0) throw new NoNodesError("warming results");
  if (options.json) writeJson(io.out, { nodes });
  else writeLines(io.out, warmScreen(nodes));
  return exitCodes.ok;
}

/**
 * `troupe cache invalidate`: has results be forgotten everywhere, also those that are being found out.
 *
 * @throws InvalidationIncompleteError when the store failed: to be repeated
 */
export async function cacheInvalidate(
  io: Io,
  options: CacheOptions & CacheTarget,
): Promise<number> {
  const { type, key, all } = oneOf(options);
  const invalidated = await withDeployment(io, options, async (deployment) => {
    const entries = await entriesOf(deployment);
    const { connection, transport } = deployment;
    const { prefix } = deployment.target;
    const cache = new ResultCache({
      store: natsResultStore(connection, { prefix }),
      clock: io.clock,
      random: io.random,
      notices: { transport, subject: subjectsOf(prefix).cacheNotices },
    });
    try {
      const targets =
        all === true ? everything(entries) : [key === undefined ? { tag: type ?? "" } : { key }];
      for (const target of targets) await cache.invalidate(target);
      await transport.flush();
    } finally {
      cache.close();
    }
    const isMeant = (entry: StoredEntry): boolean =>
      all === true || entry.key === key || (type !== undefined && entry.tags.includes(type));
    return entries.filter(isMeant);
  });
  const bytes = invalidated.reduce((sum, entry) => sum + entry.bytes, 0);
  if (options.json) writeJson(io.out, { entries: invalidated.length, bytes });
  else writeLines(io.out, [`${counted(invalidated.length, "result")} forgotten on all nodes`]);
  return exitCodes.ok;
}

/** Tags first: one record in the log of invalidations for all results of a type. */
function everything(entries: readonly StoredEntry[]) {
  const tags = new Set(entries.flatMap((entry) => entry.tags));
  const untagged = entries.filter((entry) => entry.tags.length === 0);
  return [...[...tags].map((tag) => ({ tag })), ...untagged.map(({ key }) => ({ key }))];
}

/** @throws UsageError unless exactly one is given, and for a key that cannot be one */
function oneOf({ type, key, all }: CacheTarget): CacheTarget {
  const given = [type, key, all === true ? all : undefined].filter((one) => one !== undefined);
  if (given.length !== 1) {
    throw new UsageError("say which results are meant: one of --type TYPE, --key KEY, --all");
  }
  if (key !== undefined && !keyPattern.test(key)) {
    throw new UsageError(
      `'${key}' is no key: 64 hexadecimal digits, see 'troupe cache list --type TYPE'`,
    );
  }
  return {
    ...(type === undefined ? {} : { type }),
    ...(key === undefined ? {} : { key }),
    all: all === true,
  };
}

async function entriesOf({ connection, target }: Deployment): Promise<readonly StoredEntry[]> {
  const entries = await natsResultStore(connection, { prefix: target.prefix }).entries();
  return entries.filter(({ key }) => keyPattern.test(key));
}

function byType(entries: readonly StoredEntry[]): readonly CachedType[] {
  const groups = Map.groupBy(entries, ({ tags: [type = ""] }) => type);
  return [...groups]
    .map(([type, some]) => ({
      type,
      entries: some.length,
      bytes: some.reduce((sum, { bytes }) => sum + bytes, 0),
      oldestAt: Math.min(...some.map(({ storedAt }) => storedAt)),
      newestAt: Math.max(...some.map(({ storedAt }) => storedAt)),
    }))
    .sort((one, other) => other.bytes - one.bytes);
}

/** What every node answers; nodes that do not answer in time are not waited for. */
function askNodes(
  io: Io,
  { transport, target }: Deployment,
  request: CacheRequest,
  patienceMs: number,
): Promise<readonly CacheAnswer[]> {
  const subjects: Subjects = subjectsOf(target.prefix);
  const inbox = `_INBOX.${io.random.hex(12)}`;
  const answers: CacheAnswer[] = [];
  return new Promise((resolve) => {
    let cancel = (): void => {};
    const subscription = transport.subscribe(inbox, ({ payload }) => {
      const { data } = cacheAnswerSchema.safeParse(readJson(payload));
      if (data === undefined) return;
      answers.push(data);
      wait(quietMs);
    });
    const wait = (ms: number): void => {
      cancel();
      cancel = io.clock.schedule(ms, () => {
        subscription.unsubscribe();
        resolve(answers.sort((one, other) => one.node.localeCompare(other.node)));
      });
    };
    const body = new TextEncoder().encode(JSON.stringify(request));
    transport.publish(subjects.cacheRequests, body, { reply: inbox });
    wait(patienceMs);
  });
}
