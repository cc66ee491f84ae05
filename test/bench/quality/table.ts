import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A table as it is written in a file: texts, and `null` for nothing. */
export interface Table {
  readonly names: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}
export type Cell = string | null;

/** Rows read of each file, so that every file takes part at a similar cost. */
const rowLimit = 1000;

/**
 * Reads a CSV, TSV or JSON file of flat records; columns with structure are left out.
 *
 * @param from rows left out before the first
 */
export function readTable(folder: string, file: string, from = 0): Table {
  const text = readFileSync(join(folder, file), "utf8");
  if (file.endsWith(".json")) return tableOf(JSON.parse(text), from);
  const [names = [], ...rows] = parse(text, file.endsWith(".tsv") ? "\t" : ",");
  const cells = rows
    .slice(from, from + rowLimit)
    .map((row) => row.map((cell) => (cell === "" ? null : cell)));
  return { names, rows: cells };
}

/** Records as a table, a column for each of their fields. */
export function tableOf(records: readonly Record<string, unknown>[], from = 0): Table {
  const kept = records.slice(from, from + rowLimit);
  const all = [...new Set(kept.flatMap((record) => Object.keys(record)))];
  const names = all.filter((name) =>
    kept.every((record) => typeof record[name] !== "object" || record[name] === null),
  );
  const cell = (value: unknown): Cell =>
    value === null || value === undefined || value === "" ? null : String(value);
  return { names, rows: kept.map((record) => names.map((name) => cell(record[name]))) };
}

function parse(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  const body = text.replace(/^\uFEFF/, "");
  for (let at = 0; at < body.length; at += 1) {
    const character = body[at] as string;
    if (quoted) {
      if (character === '"' && body[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else if (character === '"') quoted = false;
      else cell += character;
    } else if (character === '"' && cell === "") quoted = true;
    else if (character === delimiter) {
      row.push(cell);
      cell = "";
    } else if (character === "\n") {
      row.push(cell);
      rows.push(row);
      row = [];
      cell = "";
    } else if (character !== "\r") cell += character;
  }
  if (cell !== "" || row.length > 0) rows.push([...row, cell]);
  return rows.filter((one) => one.length > 1 || one[0] !== "");
}

/** One line of a CSV file, without its end. */
export function lineOf(cells: readonly Cell[]): string {
  return cells
    .map((cell) => {
      if (cell === null) return "";
      return /[",\n\r]|^$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
    })
    .join(",");
}
