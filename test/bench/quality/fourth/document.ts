import type { Draw } from "../draw.ts";
import type { Cell, Table } from "../table.ts";

/** What a file is written as. Parquet is written from lines of JSON by whoever writes the file. */
export type Format = "json" | "ndjson" | "csv" | "tsv" | "parquet";

/** A record's fields in their order; a name can come twice, as a file can have it. */
export type Fields = readonly (readonly [name: string, value: unknown])[];

/** A file's records, with values of the types that the file has. */
export interface Document {
  readonly format: Format;
  readonly names: readonly string[];
  readonly records: readonly Fields[];
}

/** Text that stands in a file of JSON where a value belongs, and need not be JSON. */
export class Token {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** One record of a damaged file. */
export interface Line {
  readonly fields: Fields;
  readonly damaged: boolean;
  /** Instead of the fields: what stands in the file, in its own words. */
  readonly raw?: string;
}

/** Bytes of the file in their order: those of one record, or what is before, between and after records. */
export interface Piece {
  readonly bytes: Buffer;
  /** From 0; `undefined` of what belongs to no record. */
  readonly row: number | undefined;
}

/** How JSON is laid out: as programs write it, all in one line, a record a line, or indented. */
const layouts = ["compact", "lines", "indented"] as const;
export type Layout = (typeof layouts)[number];

/** A value as it stands in a table of texts; what has structure is its JSON. */
function cellOf(value: unknown): Cell {
  if (value === null || value === undefined || value === "") return null;
  if (value instanceof Token) return value.text;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The first value under each name, as texts. */
export function tableOf({ names, records }: Document, lines = records): Table {
  const rows = lines.map((fields) => {
    const known = new Map([...fields].reverse());
    return names.map((name) => cellOf(known.get(name)));
  });
  return { names, rows };
}

/** Whether records are written as objects, with a name to each value. */
export const isNamed = ({ format }: Pick<Document, "format">): boolean =>
  format === "json" || format === "ndjson";

/** Writes lines in the format of their document. */
export function piecesOf(
  { format, names }: Document,
  lines: readonly Line[],
  layout: Layout,
): readonly Piece[] {
  const record = (line: Line, at: number): Piece => ({
    bytes: Buffer.from(`${line.raw ?? write(line.fields)}\n`),
    row: at,
  });
  if (format === "csv" || format === "tsv") {
    const mark = format === "csv" ? "," : "\t";
    const row = (cells: readonly unknown[]): string =>
      cells.map((value) => delimited(cellOf(value), mark)).join(mark);
    const all = lines.map(({ fields, raw }, at): Piece => {
      const text = raw ?? row(fields.map(([, value]) => value));
      return { bytes: Buffer.from(`${text}\n`), row: at };
    });
    return [{ bytes: Buffer.from(`${row(names)}\n`), row: undefined }, ...all];
  }
  if (format !== "json") return lines.map(record);
  const gap = layout === "compact" ? ", " : ",\n";
  const open = layout === "compact" ? "[" : "[\n";
  const pieces = lines.map(({ fields, raw }, at): Piece => {
    const text = raw ?? write(fields, layout === "indented");
    return { bytes: Buffer.from(`${at === 0 ? "" : gap}${text}`), row: at };
  });
  const piece = (text: string): Piece => ({ bytes: Buffer.from(text), row: undefined });
  return [piece(open), ...pieces, piece(layout === "compact" ? "]" : "\n]\n")];
}

/** One record as an object of JSON. */
export function write(fields: Fields, indented = false): string {
  const parts = fields.map(([name, value]) => `${JSON.stringify(name)}: ${json(value)}`);
  return indented ? `  {\n    ${parts.join(",\n    ")}\n  }` : `{${parts.join(", ")}}`;
}

function json(value: unknown): string {
  return value instanceof Token ? value.text : (JSON.stringify(value) ?? "null");
}

function delimited(cell: Cell, mark: string): string {
  if (cell === null) return "";
  const quoted = cell.includes(mark) || /["\n\r]/.test(cell);
  return quoted ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** A file keeps one layout. */
export const layoutOf = (draw: Draw): Layout => draw.pick(layouts);
