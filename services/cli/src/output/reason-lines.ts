import { formatCount } from "./quantity.ts";
import type { Screen } from "./screen.ts";
import { padStart, printable, wrap } from "./text.ts";

/** What became of some rows that were not fit as they were. */
export interface RowsChanged {
  readonly rows: number;
  /** `repaired`, `quarantined`. */
  readonly action: string;
  /** Where, as people write it. */
  readonly place?: string | undefined;
  readonly reason: string;
}

const actionCells = 12;

/** One entry for each reason for which rows were changed or set aside. */
export function reasonLines(
  reasons: readonly RowsChanged[],
  { paint, width }: Screen,
): readonly string[] {
  const digits = Math.max(0, ...reasons.map(({ rows }) => formatCount(rows).length));
  return reasons.flatMap(({ action, place, reason, rows }) => {
    const head = `${padStart(formatCount(rows), digits)} ${action.padEnd(actionCells)} `;
    const where = place === undefined ? "" : `${printable(place)}: `;
    const lines = wrap(`${where}${printable(reason)}`, width - head.length);
    return lines.map((line, index) =>
      index === 0
        ? paint(action === "repaired" ? "yellow" : "red", head) + line
        : " ".repeat(head.length) + line,
    );
  });
}
