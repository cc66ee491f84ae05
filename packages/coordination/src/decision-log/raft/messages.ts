import { z } from "zod";

const count = z.number().int().min(0);
const name = z.string().max(64);

/** An entry of a replica's log: what was proposed, or that a leader began its term. */
export const entrySchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("began"), term: count }),
  z.object({
    kind: z.literal("proposed"),
    term: count,
    id: z.string().min(1).max(200),
    entry: z.json(),
    /** Of id and entry as JSON. */
    bytes: count,
  }),
]);
export type Entry = Readonly<z.output<typeof entrySchema>>;

/** The machine's state after the entry at `index`, which stands for all up to it. */
export const snapshotSchema = z.object({
  index: count,
  term: count,
  decided: z.object({
    next: count,
    bytes: count,
    kept: z.array(z.object({ index: count, id: z.string(), entry: z.json(), bytes: count })),
  }),
});

/**
 * What replicas send each other. `term` is the sender's, but in a pre-vote: there it is the one that
 * the candidate would begin.
 */
export const peerMessageSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("request-vote"),
    from: name,
    term: count,
    lastIndex: count,
    lastTerm: count,
    /** Only asks whether a vote would be given (Ongaro's thesis, 9.6). */
    pre: z.boolean(),
    /** The leader itself wants the candidate to lead (thesis, 3.10). */
    transfer: z.boolean(),
  }),
  z.object({
    kind: z.literal("vote"),
    from: name,
    term: count,
    pre: z.boolean(),
    granted: z.boolean(),
  }),
  z.object({
    kind: z.literal("append"),
    from: name,
    term: count,
    previousIndex: count,
    previousTerm: count,
    entries: z.array(entrySchema),
    commit: count,
    /** Number of the leader's last round of heartbeats, for reads. */
    round: count,
  }),
  z.object({
    kind: z.literal("appended"),
    from: name,
    term: count,
    /** The follower's log is the leader's up to here. */
    match: count,
    round: count,
  }),
  z.object({
    kind: z.literal("refused"),
    from: name,
    term: count,
    /** The `previousIndex` that the follower does not have. */
    previousIndex: count,
    /** Term of the follower's entry there, 0 when it has none. */
    conflictTerm: count,
    /** The follower's first entry of that term, or the end of its log. */
    conflictIndex: count,
    round: count,
  }),
  z.object({
    kind: z.literal("install-snapshot"),
    from: name,
    term: count,
    snapshot: snapshotSchema,
    round: count,
  }),
  z.object({ kind: z.literal("lead-now"), from: name, term: count }),
]);
export type PeerMessage = z.output<typeof peerMessageSchema>;
