import { defineProtocol, message, query } from "@troupe/actor";
import { z } from "zod";
import { equivocationSchema } from "./equivocation.ts";
import { peerMessageSchema, replySchema, requestSchema } from "./messages.ts";

const count = z.number().int().min(0);

/** Messages of an actor to itself carry a token that nobody else can know. */
const token = z.string();

/** How a replica is. */
const standingSchema = z.object({
  view: count,
  changing: z.boolean(),
  /** Highest sequence executed. */
  executed: count,
  /** Sequence of the last stable checkpoint. */
  stable: count,
  /** Digest of what it has computed: equal on honest replicas at the same `executed`. */
  digest: z.string(),
  pending: count,
  /** Proofs that other replicas lie. */
  evidence: z.array(equivocationSchema),
});
export type Standing = z.output<typeof standingSchema>;

/** What a replica understands. */
const replicaMessages = {
  /** From clients, and from replicas that pass requests on. */
  request: message(requestSchema),
  /** From the other replicas. */
  peer: message(peerMessageSchema),
  timer: message(z.object({ timer: z.enum(["batch", "progress", "status"]), token })),
  standing: query(z.object({}), standingSchema),
} as const;
export type ReplicaMessages = typeof replicaMessages;
export const replicaProtocol = defineProtocol("replica", replicaMessages);

/** What became of an operation, as `f + 1` replicas say. */
const submittedSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("executed"), sequence: count, value: z.unknown() }),
  z.object({ kind: z.literal("failed"), sequence: count, error: z.string() }),
  z.object({ kind: z.literal("undecided") }),
]);
export type Submitted = z.output<typeof submittedSchema>;

/** What a client of a group understands. */
const agreementClientMessages = {
  /** Has an operation ordered and executed. `withinMs`: how long it is tried. */
  submit: query(z.object({ operation: z.unknown(), withinMs: z.number().min(1) }), submittedSchema),
  /** From the replicas. */
  reply: message(replySchema),
  timer: message(z.object({ timer: z.enum(["send", "again"]), token })),
} as const;
export type AgreementClientMessages = typeof agreementClientMessages;
export const agreementClientProtocol = defineProtocol("agreement-client", agreementClientMessages);
