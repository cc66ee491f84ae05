import { defineProtocol, message, query } from "@troupe/actor";
import { z } from "zod";
import { peerMessageSchema } from "./messages.ts";

const count = z.number().int().min(0);
const decisionSchema = z.object({ index: count, id: z.string(), entry: z.json() });

const notLeader = z.object({ kind: z.literal("not-leader"), leader: z.string().optional() });
const busy = z.object({ kind: z.literal("busy") });

/** Some decisions, and how many there are: `first` is the oldest that is kept, `next` comes next. */
const pageSchema = z.object({
  first: count,
  next: count,
  decisions: z.array(decisionSchema),
});
export type Page = z.output<typeof pageSchema>;

const placeSchema = z.object({ from: count, limit: z.number().int().min(1) });

/** What a replica of a Raft group understands. */
export const raftProtocol = defineProtocol("raft-replica", {
  /** From another replica. */
  peer: message(peerMessageSchema),
  /** From its own timers, who show its token. */
  timer: message(z.object({ timer: z.enum(["election", "heartbeat"]), token: z.string() })),
  propose: query(
    z.object({ id: z.string().min(1).max(200), entry: z.json() }),
    z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("decided"), index: count }),
      notLeader,
      busy,
    ]),
  ),
  /** What is decided, at least when asked. Only the leader knows. */
  read: query(
    placeSchema,
    z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("page"), page: pageSchema }),
      notLeader,
      busy,
    ]),
  ),
  /** What this replica knows to be decided: perhaps not the newest. */
  tail: query(placeSchema, pageSchema),
  /** Hands leadership to another replica. */
  transfer: query(
    z.object({ to: z.string() }),
    z.discriminatedUnion("kind", [z.object({ kind: z.literal("transferring") }), notLeader]),
  ),
  standing: query(
    z.object({}),
    z.object({
      role: z.enum(["follower", "pre-candidate", "candidate", "leader"]),
      term: count,
      leader: z.string().optional(),
      commit: count,
      lastIndex: count,
      decisions: count,
    }),
  ),
});
export type RaftMessages = typeof raftProtocol.messages;
