import type { NodeStatuses } from "@troupe/console/nodes";
import { counted } from "../output/quantity.ts";
import { type Check, fail, ok, warn } from "./check.ts";

/** How far clocks of nodes may be apart, milliseconds. */
const clockToleranceMs = 2000;

/** When the nodes were asked, and when the last had answered, milliseconds since the epoch. */
export interface AskedWhen {
  readonly from: number;
  readonly to: number;
}

/** What the nodes of a deployment say of themselves: whether they are there, of one release, and agree on the time. */
export function judgeNodes(
  { nodes, missing }: NodeStatuses,
  prefix: string,
  asked: AskedWhen,
): readonly Check[] {
  const name = "nodes";
  if (nodes.length === 0) {
    return [
      fail(
        name,
        `none answers under the prefix '${prefix}'`,
        "goals that are published wait until a node runs",
        "start one with 'troupe up' or 'troupe node', or correct --prefix",
      ),
    ];
  }
  const names = nodes.map(({ node }) => node).join(", ");
  return [
    missing.length === 0
      ? ok(name, `${counted(nodes.length, "node")} under the prefix '${prefix}': ${names}`)
      : warn(
          name,
          `${missing.join(", ")} did not answer; ${names} did`,
          "goals of a node that is gone are taken over when its lease is over",
          "look at the log of the node, and at the network between it and the server",
        ),
    ...judgeReleases(nodes),
    ...judgeClocks(nodes, asked),
  ];
}

function judgeReleases(nodes: NodeStatuses["nodes"]): readonly Check[] {
  const releases = new Map<string, string[]>();
  for (const { node, version } of nodes) {
    releases.set(version, [...(releases.get(version) ?? []), node]);
  }
  if (releases.size <= 1) return [];
  const found = [...releases].map(([version, names]) => `${version} on ${names.join(", ")}`);
  return [
    warn(
      "releases",
      found.join("; "),
      "nodes read what older ones stored, but older ones may not read what newer ones store",
      "finish the update: see docs/operations.md",
    ),
  ];
}

/** A node's clock is wrong when what it calls now lies well before the question or well after the answer. */
function judgeClocks(nodes: NodeStatuses["nodes"], { from, to }: AskedWhen): readonly Check[] {
  return nodes.flatMap(({ node, at }) => {
    const apart = at < from ? at - from : Math.max(0, at - to);
    if (Math.abs(apart) <= clockToleranceMs) return [];
    const seconds = Math.round(Math.abs(apart) / 1000);
    return warn(
      "clock of a node",
      `${node} is ${seconds} s ${apart > 0 ? "ahead of" : "behind"} this machine`,
      "times in records and traces of different machines do not fit together",
      "synchronise the clocks (NTP)",
    );
  });
}
