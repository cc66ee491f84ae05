import { z } from "zod";

/** Most replicas of a group: every message goes to all of them. */
export const replicaLimit = 31;
/** Most sequence numbers between the watermarks, whatever a group asks for. */
export const logWindowMost = 256;
/** Most operations of a batch, whatever a group asks for. */
export const batchMost = 1024;

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const name = z.string().min(1).max(200);
const digest = z.string().length(64);
const signature = z.string().min(1).max(200);

/** Operations that a client asks for, with its signature. What is ordered, and executed once. */
export const requestSchema = z.object({
  client: name,
  /** Grows with each request of the client; with its name it identifies the request. */
  timestamp: count,
  /** Each is JSON text. */
  operations: z.array(z.string()).min(1).max(batchMost),
  signature,
});
export type Request = z.output<typeof requestSchema>;
const batch = z.array(requestSchema).max(batchMost);
export type Batch = z.output<typeof batch>;

/** One replica's word for one batch at one place: `digest` is to be number `sequence`. */
const voteFields = { view: count, sequence: count, digest, sender: name, signature };
const prePrepareSchema = z.object({ kind: z.literal("pre-prepare"), ...voteFields });
const prepareSchema = z.object({ kind: z.literal("prepare"), ...voteFields });
const commitSchema = z.object({ kind: z.literal("commit"), ...voteFields });
export type PrePrepare = z.output<typeof prePrepareSchema>;
export type Prepare = z.output<typeof prepareSchema>;
export type Commit = z.output<typeof commitSchema>;
export type Vote = PrePrepare | Prepare | Commit;

/** The leader's order with what is ordered. */
const proposalSchema = z.object({
  kind: z.literal("proposal"),
  prePrepare: prePrepareSchema,
  batch,
});
export type Proposal = z.output<typeof proposalSchema>;

/** The sender's state after `sequence` has this digest. */
export const checkpointSchema = z.object({
  kind: z.literal("checkpoint"),
  sequence: count,
  digest,
  sender: name,
  signature,
});
export type Checkpoint = z.output<typeof checkpointSchema>;
const checkpointProof = z.array(checkpointSchema).max(replicaLimit);

/** Shows that a quorum prepared a batch in a view: the leader's order and the others' prepares. */
export const certificateSchema = z.object({
  prePrepare: prePrepareSchema,
  prepares: z.array(prepareSchema).max(replicaLimit),
});
export type Certificate = z.output<typeof certificateSchema>;

/** The sender leaves the views before `view`, and tells what it had prepared. */
export const viewChangeSchema = z.object({
  kind: z.literal("view-change"),
  view: count,
  /** Its last stable checkpoint, and the quorum that made it so; none for 0. */
  stable: count,
  proof: checkpointProof,
  /** At most one for each sequence above `stable`. */
  prepared: z.array(certificateSchema).max(logWindowMost),
  sender: name,
  signature,
});
export type ViewChange = z.output<typeof viewChangeSchema>;

/** The leader of a view begins it: the view changes of a quorum, and the orders that follow from them. */
export const newViewSchema = z.object({
  kind: z.literal("new-view"),
  view: count,
  viewChanges: z.array(viewChangeSchema).max(replicaLimit),
  prePrepares: z.array(prePrepareSchema).max(logWindowMost),
  sender: name,
  signature,
});
export type NewView = z.output<typeof newViewSchema>;

/** How far the sender is; the others send again what it lacks. */
const statusSchema = z.object({
  kind: z.literal("status"),
  /** Grows with each status of the sender: one that is replayed counts for nothing. */
  number: count,
  view: count,
  changing: z.boolean(),
  executed: count,
  stable: count,
  /** Digests of batches that are ordered but not known. */
  wanted: z.array(digest).max(logWindowMost),
  sender: name,
  signature,
});
export type Status = z.output<typeof statusSchema>;

/** A batch somebody wanted. Its digest shows that it is the right one. */
const bodySchema = z.object({ kind: z.literal("body"), batch });
/** A decided batch with the commits that decided it. */
const decidedSchema = z.object({
  kind: z.literal("decided"),
  commits: z.array(commitSchema).max(replicaLimit),
  batch,
});
export type Decided = z.output<typeof decidedSchema>;
/** A stable checkpoint and the state it stands for. */
const stateSchema = z.object({
  kind: z.literal("state"),
  proof: checkpointProof,
  snapshot: z.string(),
});
export type StateTransfer = z.output<typeof stateSchema>;

/** What replicas tell each other. */
export const peerMessageSchema = z.discriminatedUnion("kind", [
  proposalSchema,
  prepareSchema,
  commitSchema,
  checkpointSchema,
  viewChangeSchema,
  newViewSchema,
  statusSchema,
  bodySchema,
  decidedSchema,
  stateSchema,
]);
export type PeerMessage = z.output<typeof peerMessageSchema>;

/** What one replica answers a client. `f + 1` equal ones are the truth. */
export const replySchema = z.object({
  client: name,
  timestamp: count,
  /** The place of the request in the order. */
  sequence: count,
  /** For each operation JSON text of an {@link Outcome}. */
  results: z.array(z.string()).max(batchMost),
  sender: name,
  signature,
});
export type Reply = z.output<typeof replySchema>;

/** What became of one operation. */
export type Outcome = { readonly value: unknown } | { readonly error: string };

/** Schema of a batch, for what is stored. */
export const batchSchema = batch;
export { prePrepareSchema };
