import { z } from "zod";
import { checkSpec } from "../../check-spec.ts";

/** Groups are small: each entry goes to every replica. */
const replicaMost = 15;

const limitsSchema = z
  .object({
    electionMs: z.number().int().min(10).max(600_000).default(1000),
    heartbeatMs: z.number().int().min(1).max(60_000).default(150),
    entryBytes: z.number().int().min(64).max(256_000).default(16_384),
    batchEntries: z.number().int().min(1).max(1000).default(64),
    batchBytes: z.number().int().min(64).max(512_000).default(131_072),
    pipeline: z.number().int().min(1).max(64).default(8),
    pendingEntries: z.number().int().min(1).max(10_000).default(256),
    pendingBytes: z.number().int().min(64).max(512_000).default(131_072),
    pendingReads: z.number().int().min(1).max(10_000).default(256),
    snapshotEvery: z.number().int().min(1).max(10_000).default(128),
    retain: z.number().int().min(1).max(100_000).default(1000),
    retainBytes: z.number().int().min(64).max(512_000).default(262_144),
    withinMs: z.number().int().min(1).max(600_000).default(15_000),
    askMs: z.number().int().min(1).max(600_000).default(2000),
    followEveryMs: z.number().int().min(1).max(600_000).default(200),
  })
  .refine(
    ({ electionMs, heartbeatMs }) => electionMs >= 3 * heartbeatMs,
    "electionMs must be at least three times heartbeatMs, or one lost message would start an election",
  )
  .refine(
    ({ entryBytes, retainBytes, pendingBytes }) =>
      entryBytes <= retainBytes && entryBytes <= pendingBytes,
    "entryBytes must not exceed retainBytes or pendingBytes, or an entry would fit nowhere",
  );

/** The named bounds of a Raft group. All replicas and clients must have the same. */
export interface RaftLimits {
  /** A follower that hears nothing for this long, or up to twice that by chance, tries to lead. Default 1000. */
  readonly electionMs: number;
  /** How often a leader is heard at least. Default 150. */
  readonly heartbeatMs: number;
  /** Most bytes of an entry with its id, as JSON. Default 16 384. */
  readonly entryBytes: number;
  /** Most entries of a message. Default 64. */
  readonly batchEntries: number;
  /** A message with so many bytes of entries takes no more. Default 131 072. */
  readonly batchBytes: number;
  /** Messages with entries under way to one follower. Default 8. */
  readonly pipeline: number;
  /** Entries that wait to be decided; more proposals are refused as busy. Default 256. */
  readonly pendingEntries: number;
  /** Their bytes. Default 131 072. */
  readonly pendingBytes: number;
  /** Reads that wait to be answered; more are refused as busy. Default 256. */
  readonly pendingReads: number;
  /** Entries between snapshots; `pendingBytes` of them are enough as well. Default 128. */
  readonly snapshotEvery: number;
  /** The newest decisions that are kept; their ids are known again. Default 1000. */
  readonly retain: number;
  /** Their bytes; beyond, fewer are kept. A snapshot has to fit into one message. Default 262 144. */
  readonly retainBytes: number;
  /** How long clients try, milliseconds, unless they say. Default 15 000. */
  readonly withinMs: number;
  /** How long a client waits for one replica, milliseconds. Default 2000. */
  readonly askMs: number;
  /** How often followers of the log ask for more, milliseconds. Default 200. */
  readonly followEveryMs: number;
}

const groupSchema = z
  .object({
    name: z.string().regex(/^[a-z0-9-]{1,64}$/, "use 1 to 64 lower-case letters, digits and '-'"),
    replicas: z
      .array(
        z.object({
          name: z
            .string()
            .regex(/^[A-Za-z0-9_-]{1,64}$/, "use 1 to 64 letters, digits, '-' and '_'"),
          address: z.string().min(1),
        }),
      )
      .min(1)
      .max(replicaMost),
    limits: limitsSchema.prefault({}),
  })
  .superRefine(({ replicas }, check) => {
    const names = replicas.map(({ name }) => name);
    for (const name of names.filter((one, at) => names.indexOf(one) !== at)) {
      check.addIssue(`'${name}' is named twice`);
    }
  });

/** A replica: its name, and the address of its actor, `<node>/<name>`. */
export interface RaftMember {
  readonly name: string;
  readonly address: string;
}

/** What {@link defineRaftGroup} is given. */
export interface RaftGroupSpec {
  /** Names the log. */
  readonly name: string;
  /** 1 to 15. `2f + 1` tolerate `f` that are down or cut off. They stay the same for good. */
  readonly replicas: readonly RaftMember[];
  readonly limits?: Partial<RaftLimits>;
}

/** A group of replicas that keep a decision log, as all who take part have to know it. */
export interface RaftGroup {
  readonly name: string;
  readonly replicas: readonly RaftMember[];
  readonly limits: RaftLimits;
}

/**
 * Defines a group that keeps a decision log by Raft (Ongaro and Ousterhout, "In Search of an
 * Understandable Consensus Algorithm", USENIX ATC 2014).
 *
 * @throws InvalidSpecError naming every field that is wrong and why
 */
export function defineRaftGroup(spec: RaftGroupSpec): RaftGroup {
  const { name, replicas, limits } = spec;
  const input = { name, replicas: [...replicas], ...(limits === undefined ? {} : { limits }) };
  return checkSpec(groupSchema, "raft group", name, input);
}
