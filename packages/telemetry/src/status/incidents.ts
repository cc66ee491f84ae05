import type { ActorSystem, Clock } from "@troupe/actor";
import { z } from "zod";
import { fitLists } from "./fit-lists.ts";

/** Most of each kind that a node remembers and tells; the oldest make room. */
const remembered = 200;
/** Most characters of a message's body or of an error that are told. */
const shownText = 1000;

const quarantinedSchema = z.object({
  id: z.string(),
  actor: z.string(),
  type: z.string(),
  /** As JSON, cut off where it is long. */
  body: z.string(),
  sender: z.string().optional(),
  failures: z.number(),
  error: z.string(),
});

/**
 * What went wrong on a node lately: what it answers on its `incidents` endpoint. Times are milliseconds since
 * the epoch. At most 200 of each, oldest first.
 */
export const nodeIncidentsSchema = z.object({
  node: z.string(),
  quarantine: z.array(quarantinedSchema),
  deadLetters: z.array(
    z.object({
      at: z.number(),
      reason: z.string(),
      type: z.string(),
      sender: z.string().optional(),
      receiver: z.string(),
      detail: z.string().optional(),
    }),
  ),
  restarts: z.array(
    z.object({ at: z.number(), actor: z.string(), error: z.string(), restarts: z.number() }),
  ),
  /** What operators had done. Default none: nodes of earlier releases tell none. */
  operations: z
    .array(
      z.object({
        at: z.number(),
        did: z.string(),
        /** The message or actor. */
        of: z.string(),
        by: z.string(),
        /** False: there was no such message or actor. */
        done: z.boolean(),
      }),
    )
    .default([]),
  /** How many items of which lists did not fit into the message. Default none, as earlier releases tell. */
  leftOut: z.record(z.string(), z.number()).default({}),
});
export type NodeIncidents = z.output<typeof nodeIncidentsSchema>;

/** Who says so, as far as is known. */
const whoSchema = { by: z.string().min(1).max(200).optional() };

/** What operators ask of a node about its messages and actors: a request to its `operate` endpoint. */
export const nodeOperationSchema = z.discriminatedUnion("do", [
  /** Sends a message in quarantine to its actor again. */
  z.object({ do: z.literal("replay"), id: z.string().max(64), ...whoSchema }),
  /** Gives up a message in quarantine. */
  z.object({ do: z.literal("discard"), id: z.string().max(64), ...whoSchema }),
  /** Ends the present incarnation of an actor as if it had failed; its supervisor decides what follows. */
  z.object({
    do: z.literal("restart"),
    actor: z.string().max(512),
    why: z.string().max(500),
    ...whoSchema,
  }),
  /** Stops an actor and its children for good. */
  z.object({ do: z.literal("stop"), actor: z.string().max(512), ...whoSchema }),
]);
export type NodeOperation = z.output<typeof nodeOperationSchema>;

/** `done` is false when there was nothing to do it to: no such message or actor. */
export const operatedSchema = z.object({ done: z.boolean() });

/** Remembers what goes wrong on a node. */
export class Incidents {
  readonly #system: ActorSystem;
  readonly #deadLetters: NodeIncidents["deadLetters"] = [];
  readonly #restarts: NodeIncidents["restarts"] = [];
  readonly #operations: NodeIncidents["operations"] = [];
  readonly #clock: Clock;
  readonly #stop: () => void;

  constructor(system: ActorSystem, clock: Clock) {
    this.#system = system;
    this.#clock = clock;
    this.#stop = system.observe((event) => {
      if (event.kind === "restarted") {
        const { actor, error, restarts } = event;
        keep(this.#restarts, { at: clock.now(), actor, error: cut(error.message), restarts });
      }
      // A late answer was given up by whoever asked, and is no loss.
      if (event.kind === "dead-letter" && event.reason !== "late-reply") {
        const { reason, type, sender, receiver, detail } = event;
        keep(this.#deadLetters, {
          at: clock.now(),
          reason,
          type,
          receiver,
          ...(sender === undefined ? {} : { sender }),
          ...(detail === undefined ? {} : { detail: cut(detail) }),
        });
      }
    });
  }

  /** @param maxPayloadBytes largest payload of a message, of which the incidents are one */
  list(maxPayloadBytes: number): NodeIncidents {
    const { node, quarantine } = this.#system;
    const lists = {
      quarantine: quarantine
        .list()
        .slice(-remembered)
        .map(({ id, actor, type, body, sender, failures, error }) => ({
          id,
          actor,
          type,
          body: cut(JSON.stringify(body) ?? ""),
          failures,
          error: cut(error),
          ...(sender === undefined ? {} : { sender }),
        })),
      deadLetters: [...this.#deadLetters],
      restarts: [...this.#restarts],
      operations: [...this.#operations],
    };
    const newest = {
      quarantine: "last",
      deadLetters: "last",
      restarts: "last",
      operations: "last",
    } as const;
    const { kept, leftOut } = fitLists(lists, newest, { node }, maxPayloadBytes);
    return { node, ...kept, leftOut };
  }

  /** Remembers what an operator asked for. */
  asked(operation: NodeOperation, done: boolean): void {
    const of = "id" in operation ? operation.id : operation.actor;
    const { do: did, by = "unknown" } = operation;
    keep(this.#operations, { at: this.#clock.now(), did, of, by, done });
  }

  close(): void {
    this.#stop();
  }
}

/** Does what an operator asks. */
export async function operate(
  system: ActorSystem,
  operation: NodeOperation,
): Promise<z.output<typeof operatedSchema>> {
  switch (operation.do) {
    case "replay":
      return { done: system.quarantine.replay(operation.id) };
    case "discard":
      return { done: system.quarantine.discard(operation.id) };
    case "restart": {
      const error = new Error(`an operator asked for it: ${operation.why}`);
      return { done: system.restart({ address: operation.actor }, error) };
    }
    case "stop": {
      const here = [...system.actors()].some(({ address }) => address === operation.actor);
      if (here) await system.stopActor({ address: operation.actor });
      return { done: here };
    }
  }
}

function keep<T>(list: T[], one: T): void {
  list.push(one);
  if (list.length > remembered) list.shift();
}

function cut(text: string): string {
  return text.length <= shownText ? text : `${text.slice(0, shownText)}…`;
}
