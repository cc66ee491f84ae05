import type { NodeNews } from "./node-pool.ts";
import type { SeenDecision } from "./other-goals.ts";

/** What `troupe up` tells while it starts, runs and stops; with `--json`, one line each. */
export type UpNews =
  /** On the way to a server: what is tried, or fetched. */
  | { readonly type: "server-search"; readonly message: string }
  | {
      readonly type: "server";
      readonly url: string;
      readonly version: string;
      /** False when it ran already; it is then left running at the end. */
      readonly started: boolean;
    }
  | { readonly type: "streams"; readonly prefix: string }
  | ({ readonly type: "node" } & NodeNews)
  | {
      readonly type: "published";
      readonly goal: string;
      readonly subject: string;
      /** The bytes that were published, as text. */
      readonly payload: string;
      /** The command line that publishes the same. */
      readonly command: string;
    }
  | {
      readonly type: "up";
      readonly url: string;
      readonly prefix: string;
      readonly nodes: readonly string[];
      readonly data: string;
      readonly sources: readonly string[];
      readonly logs: string;
      /** A command line that publishes a goal. */
      readonly publish: string;
    }
  /** The server is lost, is back, or reports an error. */
  | { readonly type: "connection"; readonly isWell: boolean; readonly message: string }
  /** A decision about any goal, while it stays up. */
  | ({ readonly type: "decision" } & SeenDecision)
  | { readonly type: "stopping" }
  | { readonly type: "stopped" };

/** The news that come before the first goal can be taken. */
export type StartNews = Extract<UpNews, { type: "server-search" | "server" | "streams" | "node" }>;
