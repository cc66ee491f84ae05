import type { ActorSystem, ActorView } from "@troupe/actor";
import { z } from "zod";
import { alertChangeSchema, alertSchema } from "../alerts/alert-messages.ts";
import { givenOrderSchema, silenceSchema } from "../alerts/orders.ts";
import { healthSchema } from "../health/assess.ts";
import { recoveredSchema } from "../health/health-actor.ts";
import { fitLists } from "./fit-lists.ts";
import { indicatorSchema } from "./performance.ts";

/** Actors shown of one node; the busiest are. */
const actorLimit = 500;

/** An actor as its node sees it. */
const actorStatusSchema = z.object({
  address: z.string(),
  protocol: z.string(),
  state: z.enum(["starting", "running", "backing-off", "stopping", "stopped"]),
  capabilities: z.array(z.string()),
  waiting: z.number(),
  capacity: z.number(),
  /** Type of the message that holds its mailbox. */
  atWork: z.string().optional(),
});
export type ActorStatus = z.output<typeof actorStatusSchema>;

/**
 * A node as it is at one moment: what it answers on its `status` endpoint, and what reports and the console
 * are made of. Times are milliseconds since the epoch; shares are 0 to 1.
 */
export const nodeStatusSchema = z.object({
  node: z.string(),
  version: z.string(),
  at: z.number(),
  startedAt: z.number(),
  /** Where it serves its metrics, if it does. */
  metricsUrl: z.string().optional(),
  health: healthSchema,
  /** It takes no goals until it has room again. */
  shedding: z.boolean(),
  /** What it did about its own trouble, oldest first. */
  recovered: z.array(recoveredSchema),
  resources: z.object({
    cpu: z.number(),
    memory: z.number(),
    memoryBytes: z.number(),
    lagSeconds: z.number(),
  }),
  /** The live nodes that it sees, itself included. */
  cluster: z.array(z.string()),
  /** Goals that it coordinates, by state. */
  goals: z.record(z.string(), z.number()),
  actors: z.object({
    total: z.number(),
    waiting: z.number(),
    /** The busiest, at most 500, and no more than fit. */
    shown: z.array(actorStatusSchema),
  }),
  /** Messages in quarantine. */
  quarantine: z.number(),
  /** What fires or is about to, worst first. */
  alerts: z.array(alertSchema),
  /** The latest changes of alerts, oldest first. */
  alertHistory: z.array(alertChangeSchema),
  /** What keeps people from being told, on all nodes. */
  silences: z.array(silenceSchema),
  /** What people said about alerts, on any node, oldest first. Default none: nodes of earlier releases tell none. */
  alertOrders: z.array(givenOrderSchema).default([]),
  performance: z.object({
    windowMs: z.number(),
    indicators: z.array(indicatorSchema),
  }),
  /**
   * How many items of which lists did not fit into the message; those not named are whole. Actors are counted as they
   * are told: of at most 500. Default none: nodes of earlier releases leave nothing out.
   */
  leftOut: z.record(z.string(), z.number()).default({}),
});
export type NodeStatus = z.output<typeof nodeStatusSchema>;

/**
 * A node's status as it is sent: with as much of its lists as fits into one message, and with how much does not.
 *
 * @param maxPayloadBytes largest payload that the transport takes
 */
export function fitStatus(status: NodeStatus, maxPayloadBytes: number): NodeStatus {
  const { recovered, cluster, alerts, alertHistory, silences, alertOrders } = status;
  const actors = status.actors.shown;
  const lists = { actors, recovered, cluster, alerts, alertHistory, silences, alertOrders };
  const none = Object.fromEntries(Object.keys(lists).map((name) => [name, []]));
  const rest = { ...status, ...none };
  const { kept, leftOut } = fitLists(
    lists,
    {
      actors: "first",
      recovered: "last",
      cluster: "first",
      alerts: "first",
      alertHistory: "last",
      silences: "last",
      alertOrders: "last",
    },
    rest,
    maxPayloadBytes,
  );
  const { actors: shown, ...others } = kept;
  return { ...status, ...others, actors: { ...status.actors, shown }, leftOut };
}

/** The actors of a node, those with the most waiting messages first. */
export function actorsOf(system: Pick<ActorSystem, "actors">): NodeStatus["actors"] {
  let total = 0;
  let waiting = 0;
  let shown: ActorView[] = [];
  for (const actor of system.actors()) {
    total += 1;
    waiting += actor.waiting;
    shown.push(actor);
    // Kept short while walking: a node may have a million.
    if (shown.length >= 2 * actorLimit) shown = busiest(shown);
  }
  return { total, waiting, shown: busiest(shown).map(statusOf) };
}

function busiest(actors: readonly ActorView[]): ActorView[] {
  return actors.toSorted((one, other) => other.waiting - one.waiting).slice(0, actorLimit);
}

function statusOf({
  address,
  protocol,
  state,
  capabilities,
  waiting,
  capacity,
  atWork,
}: ActorView): ActorStatus {
  return {
    address,
    protocol,
    state,
    capabilities: [...capabilities],
    waiting,
    capacity,
    ...(atWork === undefined ? {} : { atWork: atWork.type }),
  };
}
