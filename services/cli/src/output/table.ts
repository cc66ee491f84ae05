import type { Paint } from "./paint.ts";
import { padEnd, padStart, truncate, widthOf } from "./text.ts";

export interface Column {
  readonly title: string;
  /** Numbers stand to the right. Default left. */
  readonly align?: "left" | "right";
  /** May be cut when the table is wider than the screen. At most one column per table. */
  readonly flexible?: boolean;
}

const gap = 2;

/** Rows under a dim heading, each column as wide as its widest cell. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
  paint: Paint,
): readonly string[] {
  const natural = columns.map(({ title }, index) =>
    Math.max(widthOf(title), ...rows.map((row) => widthOf(row[index] ?? ""))),
  );
  const total = natural.reduce((sum, cells) => sum + cells, gap * (columns.length - 1));
  const widths = natural.map((cells, index) =>
    columns[index]?.flexible === true ? Math.max(8, cells - Math.max(0, total - width)) : cells,
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, index) => {
        const room = widths[index] ?? 0;
        const cell = truncate(cells[index] ?? "", room);
        return align === "right" ? padStart(cell, room) : padEnd(cell, room);
      })
      .join(" ".repeat(gap))
      .trimEnd();
  return [paint("dim", line(columns.map(({ title }) => title))), ...rows.map(line)];
}
