import { StudyColumnError } from "../errors.ts";
import type { ChartSpec } from "./chart-spec.ts";
import type { Cell, ColumnKind, Table } from "./table.ts";

/** One thing that a chart shows and findings speak of. */
export interface Point {
  /** A number, milliseconds since the epoch, or a text, by the axis. */
  readonly x: number | string;
  readonly y: number;
  /** What it belongs to, for charts with colours. */
  readonly group?: string;
}

/** An axis as people call it. */
export interface Axis {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly unit?: string;
}

/** The points of a table that a chart is about, in the table's order. */
export interface Series {
  readonly x: Axis;
  readonly y: Axis;
  readonly points: readonly Point[];
  /** Rows without a value on one of the axes. */
  readonly left: number;
}

/** How many times each value is, when nothing says so. */
const countedRows = "rows";

/**
 * Takes the columns of a chart out of a table. Bars have categories: whatever is along their bottom
 * is a text. Histograms count.
 *
 * @throws StudyColumnError for a column that is not there, or that can't be measured
 */
export function seriesOf(table: Table, spec: ChartSpec): Series {
  const x = columnOf(table, spec.x);
  const y = spec.y === undefined ? undefined : columnOf(table, spec.y);
  const color =
    "color" in spec && spec.color !== undefined ? columnOf(table, spec.color) : undefined;
  if (y !== undefined && y.kind !== "number") throw notMeasured(y, table);
  if (spec.type === "histogram" && x.kind !== "number") throw notMeasured(x, table);
  if (spec.type === "scatter" && x.kind === "text") throw notMeasured(x, table);
  const kind = spec.type === "bar" ? "text" : x.kind;
  const points = table.rows.flatMap((row): Point[] => {
    const at = place(row[x.index] ?? null, kind);
    const height = y === undefined ? 1 : (row[y.index] ?? null);
    if (at === undefined || typeof height !== "number") return [];
    if (color === undefined) return [{ x: at, y: height }];
    return [{ x: at, y: height, group: labelOf(row[color.index] ?? null) }];
  });
  return {
    x: { name: x.name, kind, ...(spec.xUnit === undefined ? {} : { unit: spec.xUnit }) },
    y: {
      name: y?.name ?? countedRows,
      kind: "number",
      ...(spec.yUnit === undefined ? {} : { unit: spec.yUnit }),
    },
    points,
    left: table.rows.length - points.length,
  };
}

/** The chart that a table suggests when none is asked for: its first number, along what comes first. */
export function impliedChart({ columns }: Table): ChartSpec | undefined {
  const x = columns[0];
  const y = columns.find((column) => column !== x && column.kind === "number");
  if (x === undefined || y === undefined) return undefined;
  return { type: x.kind === "text" ? "bar" : "line", x: x.name, y: y.name };
}

/** What a cell is called in words and along axes. */
export function labelOf(cell: Cell): string {
  if (cell === null) return "(none)";
  return String(cell).replace(/T00:00:00Z$/, "");
}

interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly index: number;
}

function columnOf(table: Table, name: string): Column {
  const index = table.columns.findIndex((column) => column.name === name);
  const column = table.columns[index];
  if (column === undefined) {
    const names = table.columns.map((one) => one.name);
    throw new StudyColumnError(name, "is not in the query's result", names);
  }
  return { name, kind: column.kind, index };
}

function notMeasured({ name, kind }: Column, table: Table): StudyColumnError {
  const numbers = table.columns.filter((column) => column.kind === "number");
  return new StudyColumnError(
    name,
    `holds ${kind === "time" ? "times" : "texts"}, not numbers`,
    numbers.map((column) => column.name),
  );
}

function place(cell: Cell, kind: ColumnKind): number | string | undefined {
  if (kind === "text") return labelOf(cell);
  if (typeof cell === "number") return cell;
  const time = cell === null ? Number.NaN : Date.parse(cell);
  return Number.isNaN(time) ? undefined : time;
}
