import type { NodeStatus } from "../status/node-status.ts";
import { bytesText, secondsText, shareText } from "./numbers.ts";
import type { Report, ReportSection } from "./report.ts";

/** Rows of a table of actors. */
const actorRows = 20;
/** Things done about trouble that are told. */
const recoveredRows = 20;

/**
 * How a deployment is now: nodes, goals, what fires, who is busy, what was done about trouble.
 *
 * @param nodes those that answered
 * @param missing nodes that others see and that did not answer
 */
export function statusReport(
  nodes: readonly NodeStatus[],
  missing: readonly string[],
  at: number,
): Report {
  const alerts = nodes.flatMap((node) => node.alerts).filter(({ state }) => state === "firing");
  const goals = sums(nodes.map((node) => node.goals));
  const open = Object.values(goals).reduce((sum, count) => sum + count, 0);
  const unwell = nodes.filter(({ health }) => health.status !== "healthy");
  return {
    title: "Troupe: status",
    at,
    summary: [
      nodes.length === 0
        ? "no node answers"
        : `${nodes.length} node(s) answer, ${nodes.length - unwell.length} of them healthy`,
      ...(missing.length === 0 ? [] : [`no answer from ${missing.join(", ")}`]),
      `${open} goal(s) under way, ${alerts.length} alert(s) fire`,
    ],
    sections: [
      nodesSection(nodes),
      alertsSection(alerts),
      goalsSection(goals),
      checksSection(nodes),
      recoveredSection(nodes),
      actorsSection(nodes),
    ].filter((section) => section !== undefined),
    data: { at, nodes, missing },
  };
}

function nodesSection(nodes: readonly NodeStatus[]): ReportSection {
  return {
    title: "Nodes",
    lines: [],
    table: {
      columns: [
        "node",
        "health",
        "score",
        "cpu",
        "memory",
        "lag",
        "actors",
        "waiting",
        "quarantine",
        "up",
      ],
      rows: nodes.map((node) => [
        node.node,
        node.shedding ? `${node.health.status}, takes no goals` : node.health.status,
        String(node.health.score),
        shareText(node.resources.cpu),
        `${bytesText(node.resources.memoryBytes)}, ${shareText(node.resources.memory)}`,
        secondsText(node.resources.lagSeconds),
        String(node.actors.total),
        String(node.actors.waiting),
        String(node.quarantine),
        secondsText((node.at - node.startedAt) / 1000),
      ]),
    },
  };
}

function alertsSection(alerts: readonly NodeStatus["alerts"][number][]): ReportSection {
  if (alerts.length === 0) return { title: "Alerts", lines: ["none fires"] };
  return {
    title: "Alerts",
    lines: [],
    table: {
      columns: ["severity", "alert", "node", "since", "what", "what to do"],
      rows: alerts.map((alert) => [
        alert.silenced ? `${alert.severity}, silenced` : alert.severity,
        alert.rule,
        alert.node,
        new Date(alert.firedAt ?? alert.since).toISOString(),
        alert.summary,
        alert.runbook ?? "",
      ]),
    },
  };
}

function goalsSection(goals: Readonly<Record<string, number>>): ReportSection {
  const rows = Object.entries(goals).map(([state, count]) => [state, String(count)]);
  if (rows.length === 0) return { title: "Goals", lines: ["none is under way"] };
  return { title: "Goals", lines: [], table: { columns: ["state", "goals"], rows } };
}

function checksSection(nodes: readonly NodeStatus[]): ReportSection | undefined {
  const rows = nodes.flatMap(({ node, health }) =>
    health.checks
      .filter(({ status }) => status !== "pass")
      .map(({ name, status, detail }) => [node, name, status, detail]),
  );
  if (rows.length === 0) return undefined;
  return {
    title: "Checks",
    lines: [],
    table: { columns: ["node", "check", "result", "why"], rows },
  };
}

function recoveredSection(nodes: readonly NodeStatus[]): ReportSection | undefined {
  const rows = nodes
    .flatMap(({ node, recovered }) => recovered.map((one) => ({ node, ...one })))
    .sort((one, other) => other.at - one.at)
    .slice(0, recoveredRows)
    .map(({ at, node, action, why }) => [new Date(at).toISOString(), node, action, why]);
  if (rows.length === 0) return undefined;
  return {
    title: "Recovery",
    lines: [],
    table: { columns: ["when", "node", "action", "why"], rows },
  };
}

function actorsSection(nodes: readonly NodeStatus[]): ReportSection | undefined {
  const busy = nodes
    .flatMap(({ actors }) => actors.shown)
    .filter(({ waiting, state }) => waiting > 0 || state === "backing-off")
    .sort((one, other) => other.waiting - one.waiting)
    .slice(0, actorRows);
  if (busy.length === 0) return undefined;
  return {
    title: "Busiest actors",
    lines: [],
    table: {
      columns: ["actor", "protocol", "state", "waiting", "at work on"],
      rows: busy.map(({ address, protocol, state, waiting, atWork }) => [
        address,
        protocol,
        state,
        String(waiting),
        atWork ?? "",
      ]),
    },
  };
}

function sums(
  records: readonly Readonly<Record<string, number>>[],
): Readonly<Record<string, number>> {
  const all: Record<string, number> = {};
  for (const record of records) {
    for (const [name, count] of Object.entries(record)) all[name] = (all[name] ?? 0) + count;
  }
  return all;
}
