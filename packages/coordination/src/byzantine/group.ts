import { z } from "zod";
import { checkSpec } from "../check-spec.ts";
import { batchMost, logWindowMost, replicaLimit } from "./messages.ts";

/** What the replicas compute, each for itself. Has to be deterministic and pure. */
export interface StateMachine<State> {
  /** Plain JSON data, as every later state. */
  readonly initial: State;
  /**
   * The state after an operation, and its result, both plain JSON data. One that throws changes nothing;
   * its message is the result, so it must be the same everywhere.
   */
  apply(state: State, operation: unknown): { readonly state: State; readonly result: unknown };
}

const limitsSchema = z
  .object({
    batchOperations: z.number().int().min(1).max(batchMost).default(64),
    batchDelayMs: z.number().int().min(0).max(10_000).default(2),
    pipeline: z.number().int().min(1).max(logWindowMost).default(8),
    checkpointEvery: z.number().int().min(1).max(logWindowMost).default(32),
    logWindow: z.number().int().min(1).max(logWindowMost).default(64),
    pendingRequests: z.number().int().min(1).max(100_000).default(1000),
    clientOutstanding: z.number().int().min(1).max(1000).default(32),
    requestMs: z.number().int().min(1).max(600_000).default(2000),
    viewChangeMostMs: z.number().int().min(1).max(600_000).default(32_000),
    statusMs: z.number().int().min(1).max(600_000).default(500),
  })
  .refine(
    ({ logWindow, checkpointEvery }) => logWindow >= 2 * checkpointEvery,
    "logWindow must be at least twice checkpointEvery, or the group would wait at every checkpoint",
  );

/** The named bounds of a group. All replicas and clients must have the same. */
export interface GroupLimits {
  /** Most operations of a batch, and of a client's request. Default 64. */
  readonly batchOperations: number;
  /** How long the leader waits for a batch to fill, milliseconds. Default 2; 0: not at all. */
  readonly batchDelayMs: number;
  /** Batches under way at once. Default 8. */
  readonly pipeline: number;
  /** Batches between checkpoints. Default 32. */
  readonly checkpointEvery: number;
  /** Batches above the last stable checkpoint that are kept; more wait. Default 64. */
  readonly logWindow: number;
  /** Requests that a replica holds until they are executed; more are dropped, and come again. Default 1000. */
  readonly pendingRequests: number;
  /** Requests of one client under way at once, and a quarter of the answers remembered for it. Default 32. */
  readonly clientOutstanding: number;
  /** How long a request may wait before the leader is given up, milliseconds. Default 2000. */
  readonly requestMs: number;
  /** That wait doubles with each view that brings nothing, up to this. Default 32 000. */
  readonly viewChangeMostMs: number;
  /** How often replicas tell how far they are, and clients ask again, milliseconds. Default 500. */
  readonly statusMs: number;
}

const memberSchema = z.object({
  name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "use 1 to 64 letters, digits, '-' and '_'"),
  address: z.string().min(1),
});

const groupSchema = z
  .object({
    name: z.string().regex(/^[a-z0-9-]{1,64}$/, "use 1 to 64 lower-case letters, digits and '-'"),
    replicas: z.array(memberSchema).min(4).max(replicaLimit),
    clients: z.array(memberSchema).max(1000),
    limits: limitsSchema.prefault({}),
  })
  .superRefine(({ replicas, clients }, check) => {
    const seen = new Set<string>();
    for (const { name } of [...replicas, ...clients]) {
      if (seen.has(name)) check.addIssue(`'${name}' is named twice`);
      seen.add(name);
    }
  });

/** A replica or a client: its name in signatures, and the address of its actor. */
export type Member = z.output<typeof memberSchema>;

/** What {@link defineReplicaGroup} is given. */
export interface ReplicaGroupSpec<State> {
  /** Names the group in every signature. */
  readonly name: string;
  /** 4 to 31, in the order in which they lead. `n >= 3f + 1` of them tolerate `f` liars. */
  readonly replicas: readonly Member[];
  /** Whose requests are taken. At most 1000. */
  readonly clients: readonly Member[];
  readonly machine: StateMachine<State>;
  readonly limits?: Partial<GroupLimits>;
}

/** A group of replicas, as all its members have to know it. */
export interface ReplicaGroup<State = unknown> {
  readonly name: string;
  readonly replicas: readonly Member[];
  readonly clients: readonly Member[];
  readonly machine: StateMachine<State>;
  readonly limits: GroupLimits;
  /** How many replicas may lie: the most `f` with `n >= 3f + 1`. */
  readonly faulty: number;
  /**
   * How many must say the same. Any two quorums share `f + 1` replicas, one of them honest, and the
   * honest ones alone are a quorum: `2f + 1` where `n = 3f + 1`.
   */
  readonly quorum: number;
}

/**
 * Defines a group that agrees on the order of operations though some replicas lie (PBFT: Castro and
 * Liskov, OSDI 1999 and TOCS 2002).
 *
 * @throws InvalidSpecError naming every field that is wrong and why
 */
export function defineReplicaGroup<State>(spec: ReplicaGroupSpec<State>): ReplicaGroup<State> {
  const { machine, ...rest } = spec;
  const input = {
    name: rest.name,
    replicas: [...rest.replicas],
    clients: [...rest.clients],
    ...(rest.limits === undefined ? {} : { limits: rest.limits }),
  };
  const checked = checkSpec(groupSchema, "replica group", spec.name, input);
  const faulty = faultyOf(checked.replicas.length);
  return { ...checked, machine, faulty, quorum: quorumOf(checked.replicas.length) };
}

/** The most liars that `n` replicas tolerate. */
export function faultyOf(n: number): number {
  return Math.floor((n - 1) / 3);
}

/** The fewest of `n` replicas of which any two sets share an honest one. */
export function quorumOf(n: number): number {
  return Math.ceil((n + faultyOf(n) + 1) / 2);
}

/** Who leads a view. */
export function leaderOf({ replicas }: Pick<ReplicaGroup, "replicas">, view: number): string {
  return replicas[view % replicas.length]?.name ?? "";
}
