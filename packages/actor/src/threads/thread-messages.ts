import type { ActorOptions, SpawnOptions, StopReason } from "../behaviour.ts";
import type { LogLevel } from "../ports/log.ts";
import type { Attributes, TraceContext } from "../ports/tracer.ts";
import type { MessageSpans } from "../protocol.ts";
import type { Outcome, Thrown } from "./thrown.ts";

/** What both threads call one incarnation of an actor whose behaviour runs in the thread. */
interface Of {
  readonly incarnation: number;
}

/** Answered with a `settled` that bears the same number. */
interface Call {
  readonly call: number;
}

/** What crosses to the thread. */
export type ToThread =
  | { readonly kind: "ping" }
  | (Of & Call & Start)
  | (Of &
      Call & {
        readonly kind: "message";
        readonly type: string;
        readonly body: unknown;
        readonly trace: TraceContext | undefined;
        readonly deadline: number | undefined;
        readonly sender: string | undefined;
        /** Does not hold the messages that follow while it waits. */
        readonly interleaves: boolean;
      })
  | (Of & Call & { readonly kind: "end" })
  | (Of & { readonly kind: "abort" })
  | (Of & { readonly kind: "terminated"; readonly address: string; readonly why: StopReason })
  | Settled
  | { readonly kind: "forget"; readonly actor: number };

/** Sets up one incarnation: of the module's actor, or of one that the thread has spawned. */
export interface Start {
  readonly kind: "start";
  readonly address: string;
  readonly node: string;
  readonly source:
    | { readonly module: string; readonly protocol: string }
    | { readonly actor: number };
}

export interface Settled extends Of, Call {
  readonly kind: "settled";
  readonly outcome: Outcome;
}

/** What crosses from the thread. */
export type FromThread =
  | { readonly kind: "pong" }
  /** The module's code has run; from now on silence means a hang. */
  | { readonly kind: "loaded" }
  | Settled
  | (Of & Request);

/** What a behaviour in the thread wants done by the thread that holds its mailbox. */
export type Request =
  | { readonly kind: "failed"; readonly error: Thrown }
  | {
      readonly kind: "tell";
      readonly address: string;
      readonly type: string;
      readonly body: unknown;
      readonly trace: TraceContext | undefined;
    }
  | (Call & {
      readonly kind: "ask";
      readonly protocol: string;
      readonly spans: MessageSpans;
      readonly address: string;
      readonly type: string;
      readonly body: unknown;
      readonly withinMs: number;
      readonly trace: TraceContext | undefined;
    })
  | {
      readonly kind: "timer";
      readonly mode: "once" | "every";
      readonly key: string;
      readonly ms: number;
      readonly type: string;
      readonly body: unknown;
    }
  | { readonly kind: "cancel-timer"; readonly key: string }
  | {
      readonly kind: "receive-timeout";
      readonly ms: number | undefined;
      readonly type: string;
      readonly body: unknown;
    }
  | { readonly kind: "stash" | "unstash-all" }
  | { readonly kind: "stop"; readonly address: string | undefined }
  | { readonly kind: "watch" | "unwatch" | "link"; readonly address: string }
  | {
      readonly kind: "spawn";
      readonly actor: number;
      readonly protocol: string;
      readonly spans: MessageSpans;
      readonly messages: readonly { readonly type: string; readonly asked: boolean }[];
      readonly options: KeptOptions;
      readonly spawn: SpawnOptions & { readonly name: string };
    }
  | {
      readonly kind: "log";
      readonly level: LogLevel;
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>> | undefined;
    }
  | (Call & {
      readonly kind: "span";
      readonly name: string;
      readonly attributes: Attributes;
      readonly parent: TraceContext | undefined;
    })
  | {
      readonly kind: "span-event";
      readonly span: number;
      readonly name: string | undefined;
      readonly attributes: Attributes | undefined;
    }
  | {
      readonly kind: "span-end";
      readonly span: number;
      readonly error: Thrown | undefined;
    };

/** The options of an actor that mean something for one whose behaviour runs in a thread. */
export type KeptOptions = Pick<
  ActorOptions,
  "supervision" | "mailbox" | "poisonAfter" | "interleave"
>;

/** What the thread is given when it is made. */
export interface ThreadData {
  readonly port: import("node:worker_threads").MessagePort;
  /** One 32-bit count, raised by `reportAlive`. */
  readonly alive: SharedArrayBuffer;
}
