import type { Actor, SpawnOptions } from "./behaviour.ts";
import type { Ports } from "./ports/ports.ts";
import type { Definitions, Protocol } from "./protocol.ts";
import type { Ref } from "./ref.ts";
import type { Quarantined } from "./system/quarantine.ts";

/** What an actor system is made with: its node's name, and the doors to the world. */
export interface ActorSystemOptions {
  /** First token of every subject. Default `troupe`. */
  readonly prefix?: string;
  /** Name of the system; nodes of one system form a cluster. Default `main`. */
  readonly system?: string;
  /** This node's name, unique in the system: letters, digits, `-` and `_`. */
  readonly node: string;
  /**
   * The doors to the world. Only `transport` is required; by default time and chance are the
   * process's own, nothing is traced and nothing is logged.
   */
  readonly ports: Pick<Ports, "transport"> & Partial<Ports>;
  /** Heartbeats every `heartbeatMs` (default 1000); a node silent for `suspectMs` (default 8000) is lost. */
  readonly membership?: { readonly heartbeatMs?: number; readonly suspectMs?: number };
  /** `freeze`: local messages are deep-frozen and shared; `copy`: encoded and decoded, as between nodes. Default `freeze`. */
  readonly isolation?: "freeze" | "copy";
}

/** Something that happened in the runtime, for operators, metrics and tests. */
export type SystemEvent =
  | {
      readonly kind: "dead-letter";
      readonly reason:
        | "no-actor"
        | "mailbox-full"
        | "stopped"
        | "malformed"
        | "expired"
        | "late-reply"
        | "stash-full"
        /** From a node in the name of an actor, or of a node, that it is not. */
        | "forged";
      readonly type: string;
      readonly sender: string | undefined;
      readonly receiver: string;
      readonly detail?: string;
    }
  | {
      readonly kind: "quarantined";
      readonly actor: string;
      readonly type: string;
      readonly failures: number;
      readonly error: Error;
      readonly id: string;
    }
  | { readonly kind: "started"; readonly actor: string }
  | {
      readonly kind: "restarted";
      readonly actor: string;
      readonly error: Error;
      readonly restarts: number;
      readonly delayMs: number;
    }
  | { readonly kind: "stopped"; readonly actor: string; readonly error?: Error }
  | { readonly kind: "escalated"; readonly actor: string; readonly error: Error }
  | { readonly kind: "node-joined" | "node-left" | "node-lost"; readonly node: string };

/** An actor found by capability. */
export interface Advertised {
  readonly address: string;
  readonly node: string;
  readonly capabilities: readonly string[];
}

/** What an actor is at. `backing-off`: it has failed and is not started again yet. */
export type ActorState = "starting" | "running" | "backing-off" | "stopping" | "stopped";

/** An actor of this node as seen from outside: always as it is at the moment. */
export interface ActorView {
  readonly address: string;
  /** Name of its protocol. */
  readonly protocol: string;
  readonly state: ActorState;
  readonly capabilities: readonly string[];
  /** Messages in its mailbox. */
  readonly waiting: number;
  /** Messages that its mailbox holds at most. */
  readonly capacity: number;
  /** The message that holds its mailbox, if one does: two looks that give the same object saw the same message. */
  readonly atWork: { readonly type: string } | undefined;
}

/** Who is there, as this node sees it. */
export interface Cluster {
  /** Names of live nodes, this one included, sorted. */
  nodes(): readonly string[];
  /** Live actors that advertise the capability, sorted by address. */
  find(capability: string): readonly Advertised[];
}

/** One node's actors and its view of the cluster. */
export interface ActorSystem {
  readonly node: string;
  readonly prefix: string;
  readonly cluster: Cluster;
  /** Messages that failed their handler too often, kept for another try. */
  readonly quarantine: {
    list(): readonly Quarantined[];
    /** Sends the message to its actor again. False when there is no such message. */
    replay(id: string): boolean;
    discard(id: string): boolean;
  };
  /** Starts a top-level actor. */
  spawn<D extends Definitions>(actor: Actor<D>, options?: SpawnOptions): Ref<D>;
  ref<D extends Definitions>(protocol: Protocol<D>, address: string): Ref<D>;
  /** The actors of this node, in the order in which they were started. Starting and stopping meanwhile is allowed. */
  actors(): Iterable<ActorView>;
  /**
   * Ends the present incarnation of an actor of this node as if it had failed with `error`; its supervisor
   * decides what follows, and its mailbox waits. A message that holds the mailbox goes into quarantine, and
   * whoever asked it is told so.
   *
   * @returns false when there is no such actor here, or it is not running
   */
  restart(ref: { readonly address: string }, error: Error): boolean;
  stopActor(ref: { readonly address: string }): Promise<void>;
  /** Observes events; returns a function that stops observing. An observer that throws is reported to the log. */
  observe(observer: (event: SystemEvent) => void): () => void;
  /** Tells the observers of something that happened in what is built on this system. */
  report(event: SystemEvent): void;
  /**
   * Registers work for the beginning of `stop`, while everything still runs and the node is still a
   * member. All such work runs side by side; it must end by itself, and one that rejects is logged.
   * Returns a function that takes it back.
   */
  beforeStop(work: () => Promise<void>): () => void;
  /** Runs what `beforeStop` registered, announces the leave, stops every actor, children first, and closes subscriptions. */
  stop(): Promise<void>;
}
