import type { Cell } from "../table.ts";

/** How a table is written to a file. */
export interface Form {
  readonly name: string;
  readonly extension: "csv" | "tsv";
  readonly delimiter: "," | "\t" | ";" | "|";
  readonly mark: boolean;
  readonly end: "\n" | "\r\n";
}

/** Forms of delimited files, all of them UTF-8: others are refused before anything is inspected. */
export const forms: readonly Form[] = [
  { name: "comma", extension: "csv", delimiter: ",", mark: false, end: "\n" },
  { name: "tab", extension: "tsv", delimiter: "\t", mark: false, end: "\n" },
  { name: "semicolon", extension: "csv", delimiter: ";", mark: false, end: "\n" },
  { name: "bar", extension: "csv", delimiter: "|", mark: false, end: "\n" },
  { name: "byte order mark", extension: "csv", delimiter: ",", mark: true, end: "\n" },
  { name: "carriage returns", extension: "csv", delimiter: ",", mark: false, end: "\r\n" },
];

/** One record, without its end. */
export function recordOf({ delimiter }: Form, cells: readonly Cell[]): string {
  return cells
    .map((cell) => {
      if (cell === null) return "";
      const quoted = cell === "" || cell.includes(delimiter) || /["\n\r]/.test(cell);
      return quoted ? `"${cell.replaceAll('"', '""')}"` : cell;
    })
    .join(delimiter);
}

/** The whole file. */
export function fileOf(form: Form, records: readonly string[]): string {
  return (form.mark ? "\uFEFF" : "") + records.map((record) => record + form.end).join("");
}
