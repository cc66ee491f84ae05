import type { NodeStatus, Silence } from "@troupe/telemetry";
import { formatDuration } from "./quantity.ts";
import type { Screen } from "./screen.ts";
import { table } from "./table.ts";
import { printable } from "./text.ts";

type Alert = NodeStatus["alerts"][number];

/** Alerts, worst first as nodes tell them, and the silences that keep people from being told. */
export function alertLines(
  alerts: readonly Alert[],
  silences: readonly Silence[],
  now: number,
  { width, paint }: Screen,
): readonly string[] {
  const shown = alerts.map((alert) =>
    [
      alert.severity,
      stateOf(alert),
      formatDuration(now - (alert.firedAt ?? alert.since)),
      alert.id,
      alert.summary,
    ].map(printable),
  );
  const columns = [
    { title: "SEVERITY" },
    { title: "STATE" },
    { title: "FOR", align: "right" },
    { title: "ALERT" },
    { title: "WHAT", flexible: true },
  ] as const;
  const silenced = silences.map(({ id, rule, labels, until, by, reason }) =>
    [id, rule, labelText(labels), formatDuration(until - now), by, reason].map(printable),
  );
  const silenceColumns = [
    { title: "SILENCE" },
    { title: "RULE" },
    { title: "LABELS" },
    { title: "LEFT", align: "right" },
    { title: "BY" },
    { title: "REASON", flexible: true },
  ] as const;
  return [
    ...(shown.length === 0 ? ["no alert fires"] : table(columns, shown, width, paint)),
    ...(silenced.length === 0 ? [] : ["", ...table(silenceColumns, silenced, width, paint)]),
  ];
}

function stateOf({ state, silenced, acknowledged }: Alert): string {
  const by = acknowledged === undefined ? [] : [`acknowledged by ${acknowledged.by}`];
  return [state, ...(silenced ? ["silenced"] : []), ...by].join(", ");
}

function labelText(labels: Silence["labels"]): string {
  const named = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return named.join(",") || "-";
}
