import type { Reason, Version } from "./outcome.ts";

/** Where a version that was made in parts lies: folders of parts, see `partFile`. */
interface PartsPlace {
  readonly output: string;
  readonly quarantine: string;
}

/**
 * The version that parts make together: the same as if the task had been done at once.
 *
 * @param parts one after the other
 * @param columns names in the order of the schema
 */
export function joinParts(
  { output, quarantine }: PartsPlace,
  parts: readonly Version[],
  columns: readonly string[],
): Version {
  const sum = (of: (part: Version) => number): number =>
    parts.reduce((total, part) => total + of(part), 0);
  return {
    output,
    ...(parts.some((part) => part.quarantine !== undefined) ? { quarantine } : {}),
    rows: sum(({ rows }) => rows),
    quarantined: sum(({ quarantined }) => quarantined),
    duplicates: sum(({ duplicates }) => duplicates),
    reasons: joinReasons(parts, columns),
  };
}

/** Set aside rows first, the most frequent reason before others; then what was repaired, column by column. */
function joinReasons(parts: readonly Version[], columns: readonly string[]): Reason[] {
  const all = new Map<string, Reason>();
  for (const reason of parts.flatMap(({ reasons }) => reasons)) {
    const key = JSON.stringify([reason.action, reason.reason, reason.column]);
    const rows = reason.rows + (all.get(key)?.rows ?? 0);
    all.set(key, { ...reason, rows });
  }
  const place = ({ column = "" }: Reason): number => columns.indexOf(column);
  const [aside, repaired] = (["quarantined", "repaired"] as const).map((action) =>
    [...all.values()].filter((reason) => reason.action === action),
  );
  return [
    ...(aside ?? []).sort(
      (a, b) => b.rows - a.rows || ((a.column ?? "") < (b.column ?? "") ? -1 : 1),
    ),
    ...(repaired ?? []).sort((a, b) => place(a) - place(b)),
  ];
}
