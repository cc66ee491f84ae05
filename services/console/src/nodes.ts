import { type ClientPorts, request } from "@troupe/goals";
import { findServices } from "@troupe/nats";
import {
  type AlertOrder,
  type AlertOrdered,
  alertOrderedSchema,
  type NodeIncidents,
  type NodeOperation,
  type NodeStatus,
  nodeIncidentsSchema,
  nodeStatusSchema,
  operatedSchema,
} from "@troupe/telemetry";

/** How long a node has to answer, milliseconds. */
const answerMs = 5000;
/** How long a node has to do what an operator asks, milliseconds: an actor's children stop before it does. */
const operationMs = 15_000;

/** How nodes are reached. */
export interface NodeDoor {
  readonly ports: ClientPorts;
  /** The deployment's prefix. */
  readonly prefix: string;
  /** What the subjects of answers begin with: the inboxes of the connection. */
  readonly inboxes: string;
}

/** How the nodes of a deployment are. */
export interface NodeStatuses {
  /** Those that answered, sorted by name. */
  readonly nodes: readonly NodeStatus[];
  /** Names of those that others see, or that were found, and that did not answer. */
  readonly missing: readonly string[];
}

/** Asks all nodes of a deployment how they are. */
export async function nodeStatuses({ ports, prefix, inboxes }: NodeDoor): Promise<NodeStatuses> {
  const services = await findServices({
    ...ports,
    name: "troupe-node",
    inbox: inboxes,
  });
  const own = services.filter(({ metadata }) => metadata["prefix"] === prefix);
  const answers = await Promise.allSettled(
    own.map(async ({ endpoints }) => {
      const { status: subject = "" } = endpoints;
      return nodeStatusSchema.parse(await request(ports, inboxes, subject, {}, answerMs));
    }),
  );
  const nodes = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
  const known = new Set([...own.map(({ id }) => id), ...nodes.flatMap(({ cluster }) => cluster)]);
  const answered = new Set(nodes.map(({ node }) => node));
  const missing = [...known].filter((name) => !answered.has(name)).sort();
  return { nodes: nodes.sort((one, other) => (one.node < other.node ? -1 : 1)), missing };
}

/**
 * Asks nodes what went wrong lately. Those that do not answer are left out.
 *
 * @param nodes names of nodes
 */
export async function nodeIncidents(
  { ports, prefix, inboxes }: NodeDoor,
  nodes: readonly string[],
): Promise<readonly NodeIncidents[]> {
  const answers = await Promise.allSettled(
    nodes.map(async (node) => {
      const subject = `${prefix}.node.${node}.incidents`;
      return nodeIncidentsSchema.parse(await request(ports, inboxes, subject, {}, answerMs));
    }),
  );
  return answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
}

/**
 * Asks a node to do something about a message or an actor.
 *
 * @returns whether there was such a message or actor
 * @throws NoNodesError when the node does not answer
 */
export async function operateNode(
  door: NodeDoor,
  node: string,
  operation: NodeOperation,
): Promise<boolean> {
  return operatedSchema.parse(await asked(door, node, "operate", operation)).done;
}

/**
 * Says something about alerts to a node. What is said is stored and counts on all nodes; but an alert is acknowledged
 * or resolved on the node that sees it.
 *
 * @returns with `refused` nothing was done
 * @throws NoNodesError when the node does not answer
 */
export async function orderAlerts(
  door: NodeDoor,
  node: string,
  order: AlertOrder,
): Promise<AlertOrdered> {
  return alertOrderedSchema.parse(await asked(door, node, "alerts", order));
}

function asked(
  { ports, prefix, inboxes }: NodeDoor,
  node: string,
  endpoint: "operate" | "alerts",
  body: unknown,
): Promise<unknown> {
  return request(ports, inboxes, `${prefix}.node.${node}.${endpoint}`, body, operationMs);
}
