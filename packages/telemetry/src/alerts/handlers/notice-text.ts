import type { Notice } from "../alert-book.ts";

const words: Readonly<Record<Notice["kind"], string>> = {
  firing: "FIRING",
  repeated: "STILL FIRING",
  escalated: "ESCALATED",
  resolved: "RESOLVED",
};

/** A notice in one line. */
export function titleOf({ kind, alert }: Notice): string {
  return `[${words[kind]}] ${alert.severity}: ${alert.rule} on ${alert.node}: ${alert.summary}`;
}

/** What else is to be known, line by line. */
export function detailsOf({ alert }: Notice): readonly string[] {
  const { firedAt, resolvedAt, runbook, labels } = alert;
  const labelled = Object.entries(labels).map(([name, value]) => `${name}: ${value}`);
  return [
    ...labelled,
    ...(firedAt === undefined ? [] : [`since: ${new Date(firedAt).toISOString()}`]),
    ...(resolvedAt === undefined ? [] : [`over: ${new Date(resolvedAt).toISOString()}`]),
    ...(runbook === undefined ? [] : [`what to do: ${runbook}`]),
  ];
}
