import type { Table } from "./table.ts";

/** What the corruptor knows of a column before it damages it. */
export interface Column {
  readonly index: number;
  readonly name: string;
  readonly kind: "number" | "date" | "category" | "text";
  /** Values that are there. */
  readonly present: readonly string[];
  readonly distinct: number;
  /** For numbers. */
  readonly lowest: number;
  readonly highest: number;
}

const number = /^-?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;
/** Year first, month in words first, or numbers with slashes; a time may follow. */
const date =
  /^(\d{4}[-/]\d{2}[-/]\d{2}|[A-Z][a-z]{2} \d{1,2},? \d{4}|\d{1,2}\/\d{1,2}\/\d{2,4})([T ][\d:.]+Z?)?$/;

/** Looks at every column of a clean table. */
export function columnsOf({ names, rows }: Table): readonly Column[] {
  return names.map((name, index) => {
    const present = rows.flatMap((row) => row[index] ?? []);
    const share = (pattern: RegExp): number =>
      present.filter((value) => pattern.test(value)).length / Math.max(1, present.length);
    const distinct = new Set(present).size;
    const numbers = present.map(Number).filter(Number.isFinite);
    const padded = present.some((value) => /^0\d/.test(value));
    const category = distinct >= 2 && distinct <= 100 && present.length >= distinct * 8;
    const kind =
      share(date) > 0.98
        ? "date"
        : share(number) > 0.98 && !padded
          ? "number"
          : category
            ? "category"
            : "text";
    return {
      index,
      name,
      kind,
      present,
      distinct,
      lowest: numbers.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY),
      highest: numbers.reduce((high, value) => Math.max(high, value), Number.NEGATIVE_INFINITY),
    };
  });
}
