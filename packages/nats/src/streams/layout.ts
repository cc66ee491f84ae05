import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from "@nats-io/jetstream";
import { InvalidPrefixError } from "../errors.ts";

/** What Troupe keeps on the server, each in a stream of its own. All but the cache is kept durably. */
export type StreamKind = "goals" | "journal" | "dead" | "results" | "spans" | "cache";

/** The part of a stream's configuration that Troupe decides. */
export interface StreamPlan {
  readonly kind: StreamKind;
  readonly config: Partial<StreamConfig> & { readonly name: string; readonly subjects: string[] };
  /** The size bound, where the server has room for it. */
  readonly bytes: number;
  /** The smallest size bound worth having. */
  readonly leastBytes: number;
  /**
   * What to ask the server for before settling on `bytes`: the first stream asks for all of them,
   * so that what it leaves is enough for the others.
   */
  readonly claimBytes: number;
}

/** How the streams of a deployment are called, copied and bounded. */
export interface LayoutOptions {
  readonly prefix: string;
  /** Copies of each stream; default 1. */
  readonly replicas?: 1 | 3;
  /**
   * How long goals, dead letters and results are kept, in days; default 30. Spans are kept at most
   * 7 days, and so are cached results. The journal does not age: half a history of an entity would
   * be a wrong one.
   */
  readonly maxAgeDays?: number;
  /**
   * Size bounds in bytes. Default: journal 4 GiB, goals and results 512 MiB, dead letters, spans
   * and cached results 256 MiB; half of that, and so on down to 4 MiB, where the server has no room.
   * One that is given is not halved, and is applied to existing streams too.
   */
  readonly maxBytes?: Partial<Readonly<Record<StreamKind, number>>>;
}

const gib = 1024 ** 3;
const mib = 1024 ** 2;
const dayNanos = 24 * 3600 * 1e9;
const secondNanos = 1e9;
const defaultMaxAgeDays = 30;
const longestSpanDays = 7;
const longestCacheDays = 7;

/** Time within which a repeat with the same id is not stored again, in nanoseconds. */
const dedupWindowNanos = 120 * secondNanos;
/** Spans are many and harmless when doubled: a short memory of their ids is enough. */
const spanDedupWindowNanos = 30 * secondNanos;

const defaultBytes: Readonly<Record<StreamKind, number>> = {
  goals: 512 * mib,
  journal: 4 * gib,
  dead: 256 * mib,
  results: 512 * mib,
  spans: 256 * mib,
  cache: 256 * mib,
};
const kinds = ["goals", "journal", "dead", "results", "spans"] as const satisfies StreamKind[];
const leastUsefulBytes = 4 * mib;

const prefixPattern = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;

/** Throws `InvalidPrefixError` unless `prefix` can begin subjects and name streams. */
export function checkPrefix(prefix: string): void {
  if (prefix.length > 64 || !prefixPattern.test(prefix)) throw new InvalidPrefixError(prefix);
}

/** `troupe` and `journal` give `TROUPE_JOURNAL`; dots become underscores. */
export function streamName(prefix: string, kind: StreamKind): string {
  return `${prefix.replaceAll(".", "_")}_${kind}`.toUpperCase();
}

/**
 * The five streams that every deployment has.
 *
 * Nothing in goals, journal, dead letters and results is dropped for room: a full stream refuses
 * the newcomer, visibly. Spans are the exception and lose the oldest. The goal stream gives no
 * JetStream acknowledgement, so that a request to it is answered by the node that accepts the goal.
 * The server copies each journal record, as it is stored, to `<prefix>.events.`, payload unchanged;
 * snapshots of entities and segments of their old records, which lie in the journal's stream, are no
 * events.
 */
export function streamLayout(options: LayoutOptions): readonly StreamPlan[] {
  const { prefix, maxAgeDays = defaultMaxAgeDays } = options;
  const plan = planner(options);
  return [
    plan("journal", "journal.>", 0, {
      // What a snapshot covers must be in the same stream: a store that loses its newest records
      // then loses the snapshot first.
      subjects: [`${prefix}.journal.>`, `${prefix}.snapshot.>`, `${prefix}.segment.>`],
      republish: { src: `${prefix}.journal.>`, dest: `${prefix}.events.>` },
    }),
    plan("goals", "goals", maxAgeDays, { no_ack: true }),
    plan("dead", "dead.>", maxAgeDays),
    plan("results", "results.>", maxAgeDays, { max_msgs_per_subject: 1 }),
    plan("spans", "spans.>", Math.min(longestSpanDays, maxAgeDays), {
      discard: DiscardPolicy.Old,
      duplicate_window: spanDedupWindowNanos,
    }),
  ];
}

/**
 * The stream of cached results, which a deployment has once it caches some. Losing any of them is
 * allowed, so a full one drops the oldest.
 */
export function cachePlan(options: LayoutOptions): StreamPlan {
  const days = Math.min(longestCacheDays, options.maxAgeDays ?? longestCacheDays);
  return planner(options)("cache", "cache.>", days, {
    discard: DiscardPolicy.Old,
    max_msgs_per_subject: 1,
  });
}

type Planner = (
  kind: StreamKind,
  subject: string,
  days: number,
  own?: Partial<StreamConfig>,
) => StreamPlan;

/** What all streams of a deployment have in common. Throws `InvalidPrefixError`. */
function planner({ prefix, replicas = 1, maxBytes = {} }: LayoutOptions): Planner {
  checkPrefix(prefix);
  const bytesOf = (kind: StreamKind): number => maxBytes[kind] ?? defaultBytes[kind];
  return (kind, subject, days, own = {}) => ({
    kind,
    bytes: bytesOf(kind),
    leastBytes: maxBytes[kind] ?? leastUsefulBytes,
    claimBytes:
      kind === "journal" ? kinds.reduce((sum, one) => sum + bytesOf(one), 0) : bytesOf(kind),
    config: {
      name: streamName(prefix, kind),
      subjects: [`${prefix}.${subject}`],
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      discard: DiscardPolicy.New,
      max_age: Math.round(days * dayNanos),
      max_msgs: -1,
      max_msgs_per_subject: -1,
      duplicate_window: dedupWindowNanos,
      num_replicas: replicas,
      no_ack: false,
      allow_direct: false,
      ...own,
    },
  });
}
