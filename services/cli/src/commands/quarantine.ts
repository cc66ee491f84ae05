import { nodeIncidents, nodeStatuses, operateNode } from "@troupe/console/nodes";
import type { NodeOperation } from "@troupe/telemetry";
import { nodeDoor, type TargetOptions, withDeployment } from "../connection.ts";
import { exitCodes } from "../errors.ts";
import { type Io, screenOf } from "../io.ts";
import { table } from "../output/table.ts";
import { printable } from "../output/text.ts";
import { writeJson, writeLines } from "../output/write.ts";
import { whoAsks } from "../who-asks.ts";

interface QuarantineOptions extends TargetOptions {
  readonly json: boolean;
}

/** `troupe quarantine list`: messages that failed their handler too often, at most 200 of each node. */
export async function quarantineList(io: Io, options: QuarantineOptions): Promise<number> {
  const { nodes, incidents } = await withDeployment(io, options, async (deployment) => {
    const door = nodeDoor(io, deployment);
    const statuses = await nodeStatuses(door);
    const names = statuses.nodes.map(({ node }) => node);
    return { nodes: names, incidents: await nodeIncidents(door, names) };
  });
  const kept = incidents.flatMap(({ node, quarantine }) =>
    quarantine.map((one) => ({ node, ...one })),
  );
  if (options.json) writeJson(io.out, { quarantine: kept });
  else if (kept.length === 0) writeLines(io.out, ["nothing is in quarantine"]);
  else {
    const { width, paint } = screenOf(io.out);
    const columns = [
      { title: "NODE" },
      { title: "ID" },
      { title: "ACTOR" },
      { title: "MESSAGE" },
      { title: "ERROR", flexible: true },
    ];
    const rows = kept.map(({ node, id, actor, type, error }) =>
      [node, id, actor, type, error].map(printable),
    );
    writeLines(io.out, table(columns, rows, width, paint));
  }
  return nodes.length === 0 ? exitCodes.unreachable : exitCodes.ok;
}

/** `troupe quarantine replay` and `discard`. */
export async function quarantineOperate(
  io: Io,
  node: string,
  operation: Extract<NodeOperation, { do: "replay" | "discard" }>,
  options: QuarantineOptions,
): Promise<number> {
  const done = await withDeployment(io, options, (deployment) =>
    operateNode(nodeDoor(io, deployment), node, { ...operation, by: whoAsks(io, {}) }),
  );
  const word = operation.do === "replay" ? "sent again" : "discarded";
  if (options.json) writeJson(io.out, { node, id: operation.id, done });
  else {
    const { id } = operation;
    const none = `no message '${id}' in quarantine on '${node}': see 'troupe quarantine list'`;
    writeLines(io.out, [done ? `${id} ${word}` : none]);
  }
  return done ? exitCodes.ok : exitCodes.failed;
}
