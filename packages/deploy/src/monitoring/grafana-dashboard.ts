/** Title, unit of Grafana, and PromQL with its legend for each panel. */
const panels: readonly (readonly [
  title: string,
  unit: string,
  expression: string,
  legend: string,
])[] = [
  ["Nodes alive", "short", "max(troupe_cluster_nodes)", "nodes"],
  ["Health", "short", "troupe_health_score", "{{instance}}"],
  [
    "Goals coordinated",
    "short",
    // Without goals there is no series, which would look like a failure.
    'sum by (state) (troupe_goals) or label_replace(vector(0), "state", "none", "", "")',
    "{{state}}",
  ],
  [
    "Goals ended a minute",
    "short",
    "60 * sum by (outcome) (rate(troupe_goals_ended_total[5m]))",
    "{{outcome}}",
  ],
  [
    "Duration of goals, 95 %",
    "s",
    "histogram_quantile(0.95, sum by (le, kind) (rate(troupe_goal_duration_seconds_bucket[5m])))",
    "{{kind}}",
  ],
  [
    "Attempts at tasks a second",
    "short",
    "sum by (outcome) (rate(troupe_tasks_ended_total[5m]))",
    "{{outcome}}",
  ],
  [
    "Wait in mailboxes, 99 %",
    "s",
    "histogram_quantile(0.99, sum by (le, troupe_protocol) (rate(troupe_mailbox_wait_seconds_bucket[5m])))",
    "{{troupe_protocol}}",
  ],
  [
    "Dead letters a minute",
    "short",
    "60 * sum by (reason) (rate(troupe_dead_letters_total[5m]))",
    "{{reason}}",
  ],
  [
    "Time of journal appends, 99 %",
    "s",
    "histogram_quantile(0.99, sum by (le) (rate(troupe_journal_append_duration_seconds_bucket[5m])))",
    "append",
  ],
  ["Memory of nodes", "bytes", "process_memory_usage_bytes", "{{instance}}"],
  [
    "Use of processors",
    "percentunit",
    "sum by (instance) (process_cpu_utilization_ratio)",
    "{{instance}}",
  ],
  [
    "Votes, auctions and agreements a minute",
    "short",
    "60 * sum by (troupe_coordination_kind) (rate(troupe_coordination_duration_seconds_count[5m]))",
    "{{troupe_coordination_kind}}",
  ],
  [
    "Duration of votes, auctions and agreements, 95 %",
    "s",
    "histogram_quantile(0.95, sum by (le, troupe_coordination_kind) (rate(troupe_coordination_duration_seconds_bucket[5m])))",
    "{{troupe_coordination_kind}}",
  ],
  [
    "Votes, auctions and agreements that came to nothing a minute",
    "short",
    '60 * sum by (troupe_coordination_kind, troupe_coordination_result) (rate(troupe_coordination_duration_seconds_count{troupe_coordination_result!="success"}[5m])) or label_replace(vector(0), "troupe_coordination_kind", "none", "", "")',
    "{{troupe_coordination_kind}} {{troupe_coordination_result}}",
  ],
  [
    "What replicas of groups notice a minute",
    "short",
    // Only where actors form groups.
    '60 * sum by (troupe_coordination_kind, troupe_coordination_notice) (rate(troupe_coordination_notices_total[5m])) or label_replace(vector(0), "troupe_coordination_kind", "none", "", "")',
    "{{troupe_coordination_kind}} {{troupe_coordination_notice}}",
  ],
  ["Alerts that fire", "short", "sum by (instance) (troupe_alerts_firing)", "{{instance}}"],
];

const perRow = 3;
const [width, height] = [8, 8];

/** A dashboard of all nodes, as JSON that Grafana provisions or imports. Its data source has the uid `prometheus`. */
export function grafanaDashboard(): string {
  const datasource = { type: "prometheus", uid: "prometheus" };
  return `${JSON.stringify(
    {
      uid: "troupe",
      title: "Troupe",
      tags: ["troupe"],
      schemaVersion: 39,
      refresh: "30s",
      time: { from: "now-1h", to: "now" },
      panels: panels.map(([title, unit, expr, legendFormat], at) => ({
        id: at + 1,
        type: "timeseries",
        title,
        datasource,
        gridPos: {
          x: (at % perRow) * width,
          y: Math.floor(at / perRow) * height,
          w: width,
          h: height,
        },
        fieldConfig: { defaults: { unit }, overrides: [] },
        targets: [{ refId: "A", datasource, expr, legendFormat }],
      })),
    },
    null,
    2,
  )}\n`;
}
