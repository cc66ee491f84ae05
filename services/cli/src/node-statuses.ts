import { request } from "@troupe/goals";
import { findServices } from "@troupe/nats";
import { type NodeStatus, nodeStatusSchema } from "@troupe/telemetry";
import type { Deployment } from "./connection.ts";
import type { Io } from "./io.ts";

/** How long a node has to tell how it is, milliseconds. */
const statusMs = 5000;

/** How the nodes of a deployment are. */
export interface NodeStatuses {
  /** Those that answered, sorted by name. */
  readonly nodes: readonly NodeStatus[];
  /** Names of those that others see, or that were found, and that did not answer. */
  readonly missing: readonly string[];
}

/** Asks all nodes of a deployment how they are. */
export async function nodeStatuses(
  { clock, random }: Pick<Io, "clock" | "random">,
  { transport, target: { prefix } }: Deployment,
): Promise<NodeStatuses> {
  const ports = { transport, clock, random };
  const services = await findServices({
    ...ports,
    name: "troupe-node",
    inbox: `${prefix}.inbox.client`,
  });
  const own = services.filter(({ metadata }) => metadata["prefix"] === prefix);
  const answers = await Promise.allSettled(
    own.map(async ({ endpoints }) => {
      const { status: subject = "" } = endpoints;
      return nodeStatusSchema.parse(await request(ports, prefix, subject, {}, statusMs));
    }),
  );
  const nodes = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
  const known = new Set([...own.map(({ id }) => id), ...nodes.flatMap(({ cluster }) => cluster)]);
  const answered = new Set(nodes.map(({ node }) => node));
  const missing = [...known].filter((name) => !answered.has(name)).sort();
  return { nodes: nodes.sort((one, other) => (one.node < other.node ? -1 : 1)), missing };
}
