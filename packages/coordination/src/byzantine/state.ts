import { emptyBatchDigest, sha256 } from "./digest.ts";
import type { Equivocation } from "./equivocation.ts";
import type { ReplicaGroup } from "./group.ts";
import { emptyLedger, encodeLedger, type Ledger } from "./ledger.ts";
import type {
  Batch,
  Certificate,
  Checkpoint,
  Commit,
  NewView,
  PeerMessage,
  PrePrepare,
  Prepare,
  Reply,
  Request,
  ViewChange,
} from "./messages.ts";
import type { Signatures } from "./signatures.ts";

/** What a replica knows about one sequence. */
export interface Slot {
  /** The leader's order in the present view. */
  readonly prePrepare: PrePrepare | undefined;
  /** In the present view, the first of each sender. */
  readonly prepares: ReadonlyMap<string, Prepare>;
  /** Whether it has prepared in the present view, and sent its commit. */
  readonly prepared: boolean;
  /** Of any view, the one of the highest view of each sender. */
  readonly commits: ReadonlyMap<string, Commit>;
  /** The quorum of commits that decided it. */
  readonly decided: readonly Commit[] | undefined;
}

/** A checkpoint that a quorum has reached, with the state. Nothing before it is needed any more. */
export interface StableCheckpoint {
  readonly sequence: number;
  readonly digest: string;
  readonly snapshot: string;
  /** Empty for sequence 0, which needs no proof. */
  readonly proof: readonly Checkpoint[];
}

/** Everything a replica knows. Plain data; every step makes a new value. */
export interface ReplicaState {
  /** The present view, or the one it wants to begin while `changing`. */
  readonly view: number;
  readonly changing: boolean;
  /** What began the present view, for those who missed it; none for view 0. */
  readonly newView: NewView | undefined;
  readonly stable: StableCheckpoint;
  /** Highest sequence executed: all before it are, too. */
  readonly executed: number;
  readonly ledger: Ledger;
  readonly slots: ReadonlyMap<number, Slot>;
  /** What it prepared above the stable checkpoint, by sequence, of the highest view. */
  readonly certificates: ReadonlyMap<number, Certificate>;
  /** Batches by digest, with the highest sequence they were ordered at. At most four log windows. */
  readonly bodies: ReadonlyMap<string, { readonly sequence: number; readonly batch: Batch }>;
  /** Checkpoints above the stable one, by sequence and sender. */
  readonly checkpoints: ReadonlyMap<number, ReadonlyMap<string, Checkpoint>>;
  /** Own states at checkpoints that are not stable yet. */
  readonly snapshots: ReadonlyMap<number, string>;
  /** Requests not executed, in the order they came. */
  readonly pending: ReadonlyMap<string, Request>;
  /** Key of the request for which the clock on the leader runs. */
  readonly awaited: string | undefined;
  /** Keys of requests that the leader has proposed in this view. */
  readonly proposed: ReadonlySet<string>;
  /** Next sequence that the leader proposes. */
  readonly nextSequence: number;
  /** Whether what waits may go into a batch that is not full. */
  readonly batchDue: boolean;
  /** The latest view change of each replica: one a sender is kept. */
  readonly viewChanges: ReadonlyMap<string, ViewChange>;
  /** Messages for views that have not begun here, by sender; the oldest give way. */
  readonly ahead: ReadonlyMap<string, readonly PeerMessage[]>;
  /** Views begun or wanted since anything was executed. */
  readonly fruitlessViews: number;
  /** Timers that run. */
  readonly timers: ReadonlySet<TimerName>;
  /** The own status's number. */
  readonly statusNumber: number;
  /** Of each replica, the number of its latest status. */
  readonly statusHeard: ReadonlyMap<string, number>;
  /** Who was sent again what it lacked since the own last status. */
  readonly answered: ReadonlySet<string>;
  /** Requests that were pending at the own last status: the leader may not know them. */
  readonly waiting: ReadonlySet<string>;
  /** Proofs that others lie, by signer and kind: the first of each. */
  readonly evidence: ReadonlyMap<string, Equivocation>;
}

/**
 * `batch`: the leader proposes what waits. `progress`: the leader, or the one to come, is given up.
 * `status`: tell the others how far it is.
 */
export type TimerName = "batch" | "progress" | "status";

/** What a replica is told. */
export type Input =
  | { readonly kind: "request"; readonly request: Request }
  | { readonly kind: "message"; readonly message: PeerMessage }
  /** `now`: milliseconds since the epoch. Only orders the replica's own statuses. */
  | { readonly kind: "timer"; readonly timer: TimerName; readonly now: number };

/** What has to be stored before anything else of the step leaves the replica. */
export type Pledge =
  | { readonly kind: "accepted"; readonly prePrepare: PrePrepare; readonly batch: Batch }
  | { readonly kind: "prepared"; readonly certificate: Certificate }
  | { readonly kind: "view-change"; readonly message: ViewChange }
  | { readonly kind: "new-view"; readonly message: NewView }
  | { readonly kind: "stable"; readonly checkpoint: StableCheckpoint }
  | { readonly kind: "evidence"; readonly proof: Equivocation };

/** A batch at its place in the order, executed. */
export interface Decision {
  readonly sequence: number;
  readonly view: number;
  /** The requests that took effect: those executed before are left out. */
  readonly requests: readonly Request[];
}

/** Something for the log. */
export type Notice =
  | { readonly kind: "equivocation"; readonly proof: Equivocation }
  | { readonly kind: "invalid"; readonly sender: string; readonly message: string }
  | { readonly kind: "view"; readonly view: number; readonly changing: boolean }
  | { readonly kind: "stable"; readonly sequence: number }
  | { readonly kind: "caught-up"; readonly sequence: number }
  /**
   * A quorum has another state at this sequence, or has decided another batch: the machine is not
   * deterministic, or more than `f` replicas lie. The group cannot be trusted any more.
   */
  | { readonly kind: "diverged"; readonly sequence: number };

/** What follows from an input, besides the new state. */
export interface Outputs {
  readonly pledges: readonly Pledge[];
  /** `to`: one replica, or all others. */
  readonly messages: readonly { readonly to: string | "others"; readonly message: PeerMessage }[];
  /** Requests passed on to the leader. */
  readonly forwarded: readonly { readonly to: string; readonly request: Request }[];
  readonly replies: readonly Reply[];
  readonly decisions: readonly Decision[];
  /** `undefined`: the timer is stopped. */
  readonly timers: readonly { readonly timer: TimerName; readonly afterMs: number | undefined }[];
  readonly notices: readonly Notice[];
}

/** Who a replica is. */
export interface Identity {
  readonly group: ReplicaGroup;
  readonly name: string;
  readonly signatures: Signatures;
}

export const emptySlot: Slot = {
  prePrepare: undefined,
  prepares: new Map(),
  prepared: false,
  commits: new Map(),
  decided: undefined,
};

/** A replica that has heard nothing yet. */
export function initialState(group: ReplicaGroup): ReplicaState {
  const ledger = emptyLedger(group);
  const snapshot = encodeLedger(ledger);
  return {
    view: 0,
    changing: false,
    newView: undefined,
    stable: { sequence: 0, digest: sha256(snapshot), snapshot, proof: [] },
    executed: 0,
    ledger,
    slots: new Map(),
    certificates: new Map(),
    bodies: new Map([[emptyBatchDigest, { sequence: Number.MAX_SAFE_INTEGER, batch: [] }]]),
    checkpoints: new Map(),
    snapshots: new Map(),
    pending: new Map(),
    awaited: undefined,
    proposed: new Set(),
    nextSequence: 1,
    batchDue: false,
    viewChanges: new Map(),
    ahead: new Map(),
    fruitlessViews: 0,
    timers: new Set(),
    statusNumber: 0,
    statusHeard: new Map(),
    answered: new Set(),
    waiting: new Set(),
    evidence: new Map(),
  };
}

/** Names a request among all. */
export function keyOf({ client, timestamp }: Pick<Request, "client" | "timestamp">): string {
  return `${client} ${timestamp}`;
}
