import { nodeStatuses, orderAlerts } from "@troupe/console/nodes";
import type { AlertOrder, NodeStatus } from "@troupe/telemetry";
import { nodeDoor, type TargetOptions, withDeployment } from "../connection.ts";
import { exitCodes } from "../errors.ts";
import { type Io, screenOf } from "../io.ts";
import { alertLines } from "../output/alert-lines.ts";
import { printable } from "../output/text.ts";
import { writeJson, writeLines } from "../output/write.ts";
import { whoAsks } from "../who-asks.ts";

interface AlertOptions extends TargetOptions {
  readonly json: boolean;
}

interface OrderOptions extends AlertOptions {
  /** Default: the name of the user who runs the command. */
  readonly by?: string;
}

/** `troupe alerts list`: what fires or is about to on each node, and what people said about it. */
export async function alertsList(io: Io, options: AlertOptions): Promise<number> {
  const { nodes } = await withDeployment(io, options, (deployment) =>
    nodeStatuses(nodeDoor(io, deployment)),
  );
  const alerts = nodes.flatMap((node) => node.alerts);
  const { silences, alertOrders } = latest(nodes);
  const leftOut = nodes.reduce((sum, node) => sum + (node.leftOut["alerts"] ?? 0), 0);
  if (options.json) writeJson(io.out, { alerts, leftOut, silences, orders: alertOrders });
  else {
    const lines = alertLines(alerts, silences, io.clock.now(), screenOf(io.out));
    const more = leftOut === 0 ? [] : ["", `${leftOut} more do not fit into what nodes tell`];
    writeLines(io.out, [...lines, ...more]);
  }
  return nodes.length === 0 ? exitCodes.unreachable : exitCodes.ok;
}

/** `troupe alerts silence`: nobody is told of the alerts of a rule for a while. Any node stores it for all. */
export function alertsSilence(
  io: Io,
  rule: string,
  options: OrderOptions & {
    /** Seconds. */
    readonly for: number;
    readonly reason: string;
    /** Only those of this node. */
    readonly node?: string;
    readonly label?: Readonly<Record<string, string>>;
  },
): Promise<number> {
  const { node, label = {}, reason } = options;
  const labels = { ...label, ...(node === undefined ? {} : { node }) };
  const by = whoAsks(io, options);
  const order = { do: "silence", rule, labels, seconds: options.for, by, reason } as const;
  return give(io, options, order, "is silenced");
}

/** `troupe alerts unsilence`: people are told again. */
export function alertsUnsilence(io: Io, id: string, options: OrderOptions): Promise<number> {
  return give(io, options, { do: "unsilence", id, by: whoAsks(io, options) }, "is ended");
}

/** `troupe alerts acknowledge` and `resolve`: somebody sees to an alert, or it is over. */
export function alertsMark(
  io: Io,
  what: "acknowledge" | "resolve",
  alert: string,
  options: OrderOptions & { readonly reason: string },
): Promise<number> {
  const order = { do: what, alert, by: whoAsks(io, options), reason: options.reason } as const;
  return give(io, options, order, `${what}d`);
}

async function give(
  io: Io,
  options: AlertOptions,
  order: AlertOrder,
  done: string,
): Promise<number> {
  const answer = await withDeployment(io, options, async (deployment) => {
    const door = nodeDoor(io, deployment);
    const { nodes } = await nodeStatuses(door);
    const holds = "alert" in order ? order.alert : undefined;
    const holder = nodes.find(({ alerts }) => alerts.some(({ id }) => id === holds));
    // What is stored counts on all nodes; only an alert is known to its own alone.
    const asked = holder ?? (holds === undefined ? nodes[0] : undefined);
    if (asked !== undefined) return orderAlerts(door, asked.node, order);
    if (nodes.length === 0) return undefined;
    return { refused: `there is no alert '${holds}': see 'troupe alerts list'` };
  });
  if (answer === undefined) {
    if (options.json) writeJson(io.out, { done: false, refused: "no node answers" });
    else writeLines(io.out, ["no node answers"]);
    return exitCodes.unreachable;
  }
  const { id, refused } = answer;
  const isDone = refused === undefined;
  if (options.json) writeJson(io.out, { done: isDone, ...answer });
  else writeLines(io.out, [printable(isDone ? `${id} ${done}` : refused)]);
  return isDone ? exitCodes.ok : exitCodes.failed;
}

/** What people said is the same on all nodes, but some have read it later: the one that knows most is taken. */
function latest(nodes: readonly NodeStatus[]): Pick<NodeStatus, "silences" | "alertOrders"> {
  const newest = ({ alertOrders }: NodeStatus): number => alertOrders.at(-1)?.at ?? 0;
  const [first] = nodes.toSorted((one, other) => newest(other) - newest(one));
  return first ?? { silences: [], alertOrders: [] };
}
