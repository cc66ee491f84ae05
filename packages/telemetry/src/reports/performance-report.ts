import { type AlertTrend, alertTrends } from "../alerts/alert-trend.ts";
import type { NodeStatus } from "../status/node-status.ts";
import type { Indicator } from "../status/performance.ts";
import { indicatorText, shareText } from "./numbers.ts";
import type { Report, ReportSection } from "./report.ts";

/** How far back trends of alerts go, milliseconds, and the same time before. */
const alertWindowMs = 24 * 3_600_000;

/** Something worth doing, and why. */
export interface Recommendation {
  /** The node that it is about; undefined: the deployment. */
  readonly node?: string;
  readonly text: string;
}

/** How a deployment does: what it gets done and how fast, where that goes, and what would help. */
export function performanceReport(nodes: readonly NodeStatus[], at: number): Report {
  const recommendations = recommendationsFor(nodes);
  const trends = alertTrends(
    nodes.flatMap((node) => node.alertHistory).sort((one, other) => one.at - other.at),
    at,
    alertWindowMs,
  );
  const minutes = Math.round((nodes[0]?.performance.windowMs ?? 0) / 60_000);
  return {
    title: "Troupe: performance",
    at,
    summary: [
      `the last ${minutes} minutes of ${nodes.length} node(s), against the same time before`,
      ...worsened(nodes),
    ],
    sections: [
      recommended(recommendations),
      ...nodes.map(nodeSection),
      ...(trends.length === 0 ? [] : [alertSection(trends)]),
    ],
    data: {
      at,
      nodes: nodes.map(({ node, health, performance }) => ({
        node,
        score: health.score,
        ...performance,
      })),
      recommendations,
      alerts: trends,
    },
  };
}

/** What would help a deployment, by the thresholds that docs/telemetry.md names. */
export function recommendationsFor(nodes: readonly NodeStatus[]): readonly Recommendation[] {
  const unwell = nodes.filter(({ health }) => health.score < 70).length;
  return [
    ...nodes.flatMap((node) => forNode(node).map((text) => ({ node: node.node, text }))),
    ...(unwell > nodes.length * 0.3
      ? [
          {
            text: `${unwell} of ${nodes.length} nodes are unwell: look for a cause that they share, NATS first`,
          },
        ]
      : []),
  ];
}

function forNode({ health, performance, quarantine }: NodeStatus): readonly string[] {
  const value = (name: string): number =>
    performance.indicators.find((one) => one.name === name)?.value ?? 0;
  const indicator = (name: string): Indicator | undefined =>
    performance.indicators.find((one) => one.name === name);
  const advice: [boolean, string][] = [
    [
      health.score < 70,
      `its health score is ${health.score}: ${health.deductions.map(({ because }) => because).join(", ")}`,
    ],
    [
      value("processor use") > 0.7,
      `it uses ${shareText(value("processor use"))} of its processors: start another node, or lower TROUPE_CONCURRENCY or TROUPE_THREADS`,
    ],
    [
      value("memory use") > 0.8,
      `it uses ${shareText(value("memory use"))} of its memory: lower TROUPE_MEMORY_MB, give it more, or look for what grows`,
    ],
    [
      value("event loop lag") > 0.2,
      "callbacks run late: move what computes into threads (threadActor)",
    ],
    [
      value("time in mailbox p95") > 1,
      "messages wait long: spread the work over more actors (poolOf) or nodes",
    ],
    [
      value("messages failed") > 0.05,
      `${shareText(value("messages failed"))} of messages fail: see its log, and the quarantine`,
    ],
    [
      value("goals failed") > 0.05,
      `${shareText(value("goals failed"))} of goals fail: 'troupe goal list' names them, 'troupe goal show' says why`,
    ],
    [
      (indicator("auctions won")?.value ?? 1) < 0.5,
      "most auctions find nobody: start nodes that offer the task types wanted, or raise TROUPE_CONCURRENCY",
    ],
    [
      (indicator("votes decided")?.value ?? 1) < 0.85,
      "votes often decide nothing: start more analysts, that is nodes; see 'troupe plan' for the ballots",
    ],
    [
      (indicator("coordination efficiency")?.value ?? 1) < 0.8,
      "much work is done in vain: see why tasks fail or are interrupted",
    ],
    [
      value("journal append p95") > 1,
      "the journal is slow: look at the disk of the NATS server, and at its replicas",
    ],
    [
      indicator("goal duration p95")?.trend === "worse",
      "goals take longer than before: 'troupe trace GOAL' shows what decides it",
    ],
    [
      quarantine > 0,
      `${quarantine} message(s) are in quarantine: look at them and replay or discard`,
    ],
  ];
  return advice.filter(([applies]) => applies).map(([, text]) => text);
}

function worsened(nodes: readonly NodeStatus[]): readonly string[] {
  return nodes.flatMap(({ node, performance }) => {
    const worse = performance.indicators.filter(({ trend }) => trend === "worse");
    return worse.length === 0
      ? []
      : [`worse on ${node}: ${worse.map(({ name }) => name).join(", ")}`];
  });
}

function recommended(recommendations: readonly Recommendation[]): ReportSection {
  const lines = recommendations.map(({ node, text }) =>
    node === undefined ? text : `${node}: ${text}`,
  );
  return { title: "Recommendations", lines: lines.length === 0 ? ["nothing to do"] : lines };
}

function nodeSection({ node, health, performance }: NodeStatus): ReportSection {
  const known = performance.indicators.filter(
    ({ value, before }) => value !== undefined || before !== undefined,
  );
  return {
    title: `Node ${node}`,
    lines: [`health ${health.score} of 100`],
    table: {
      columns: ["what", "now", "before", "trend"],
      rows: known.map(({ name, unit, value, before, trend }) => [
        name,
        indicatorText(value, unit),
        indicatorText(before, unit),
        trend,
      ]),
    },
  };
}

function alertSection(trends: readonly AlertTrend[]): ReportSection {
  return {
    title: "Alerts of the last day",
    lines: [],
    table: {
      columns: ["alert", "fired", "the day before", "trend", "lasted on average"],
      rows: trends.map(({ rule, fired, before, trend, meanDurationMs }) => [
        rule,
        String(fired),
        String(before),
        trend,
        meanDurationMs === undefined ? "-" : indicatorText(meanDurationMs / 1000, "seconds"),
      ]),
    },
  };
}
