import type { Decision } from "../decision-log.ts";
import type { Decided } from "./decided.ts";
import type { Durable, StoredChange } from "./durable.ts";
import type { RaftGroup } from "./group.ts";
import type { PeerMessage } from "./messages.ts";

type Role = "follower" | "pre-candidate" | "candidate" | "leader";

/** Which replica of which group a machine is. */
export interface Identity {
  readonly group: RaftGroup;
  readonly name: string;
}

/** How far a follower is, as its leader knows. */
export interface Progress {
  /** Its log is the leader's up to here. */
  readonly match: number;
  /** The next entry to send. */
  readonly next: number;
  /** Ends of the messages with entries that are under way; none is sent beyond the limit. */
  readonly underWay: readonly number[];
  /** It is not known where its log parts from the leader's: one message at a time. */
  readonly probing: boolean;
  /** When it was heard last in this term, monotonic milliseconds. */
  readonly heardAt: number;
  /** The newest round of heartbeats that it has answered. */
  readonly round: number;
}

/** A read that waits until the leader knows that it still is one (thesis, 6.4). */
interface WaitingRead {
  readonly request: number;
  /** Answered by a majority, this round shows that no other leader had begun when the read came. */
  readonly round: number;
  /** The machine has to be this far. */
  readonly index: number;
}

/** All that a replica knows. Plain data; a step makes another. */
export interface RaftState extends Durable {
  readonly role: Role;
  readonly leader: string | undefined;
  /** Entries up to here are committed, as far as it knows. */
  readonly commit: number;
  /** Entries up to here are in `decided`. */
  readonly applied: number;
  readonly decided: Decided;
  /** Who has given it a vote, or would. */
  readonly votes: ReadonlySet<string>;
  /** A follower elects when it has heard of no leader until then; a leader resigns. Monotonic milliseconds. */
  readonly electAt: number;
  /** No vote is given before, since a leader was heard. */
  readonly loyalUntil: number;
  /** Of each other replica, while it leads. */
  readonly progress: ReadonlyMap<string, Progress>;
  /** Number of the last round of heartbeats. */
  readonly round: number;
  /** Proposals to be answered, by the index of their entry. */
  readonly proposals: ReadonlyMap<number, number>;
  readonly reads: readonly WaitingRead[];
  /** Reads that came before the leader knew what is committed: it has to decide something first. */
  readonly earlyReads: readonly number[];
  /** To whom it hands leadership, and until when it tries. */
  readonly transfer: { readonly to: string; readonly until: number } | undefined;
}

export type TimerName = "election" | "heartbeat";

/** What can happen to a replica. `request` numbers are its host's, to know the answers by. */
export type Input =
  /** It begins, after its machine has stood still for any time. */
  | { readonly kind: "start" }
  | { readonly kind: "message"; readonly message: PeerMessage }
  | { readonly kind: "timer"; readonly timer: TimerName }
  | {
      readonly kind: "propose";
      readonly request: number;
      readonly id: string;
      readonly entry: unknown;
      readonly bytes: number;
    }
  | { readonly kind: "read"; readonly request: number }
  | { readonly kind: "transfer"; readonly request: number; readonly to: string };

/** What became of a request. */
export type Answer =
  | { readonly kind: "decided"; readonly index: number }
  /** The machine holds everything that was decided when the read came. */
  | { readonly kind: "current"; readonly decided: Decided }
  | { readonly kind: "transferring" }
  | { readonly kind: "not-leader"; readonly leader: string | undefined }
  | { readonly kind: "busy" };

/** When and with which luck a step is taken. */
export interface Moment {
  /** Monotonic milliseconds. */
  readonly now: number;
  /** A uniform number in [0, 1). */
  readonly chance: number;
}

/** What a step has to say. Nothing of it may be seen before `changes` of this and all earlier steps are stored. */
export interface Outputs {
  readonly changes: readonly StoredChange[];
  readonly messages: readonly { readonly to: string; readonly message: PeerMessage }[];
  readonly answers: readonly { readonly request: number; readonly answer: Answer }[];
  /** Timers to start anew. `undefined` stops one. */
  readonly timers: readonly { readonly timer: TimerName; readonly afterMs: number | undefined }[];
  /** New decisions, in order. After `caught-up` they begin with the oldest that is kept, if it is not the next. */
  readonly decisions: readonly Decision[];
  /** Changes of who leads, for logs. */
  readonly notices: readonly Notice[];
}

export type Notice =
  | { readonly kind: "elected"; readonly term: number }
  | { readonly kind: "resigned"; readonly term: number }
  | { readonly kind: "caught-up"; readonly index: number };

/** Of a replica that starts with what it has stored. */
export function startedState(durable: Durable): RaftState {
  const { snapshot } = durable;
  return {
    ...durable,
    role: "follower",
    leader: undefined,
    commit: snapshot.index,
    applied: snapshot.index,
    decided: snapshot.decided,
    votes: new Set(),
    electAt: 0,
    loyalUntil: 0,
    progress: new Map(),
    round: 0,
    proposals: new Map(),
    reads: [],
    earlyReads: [],
    transfer: undefined,
  };
}
