import { literal } from "../engine/sql.ts";
import type { Source, SourceFile } from "./source.ts";

/** Where the rows of each file begin and end, by their numbers, both included; files without rows are left out. */
interface FileRange {
  /** Place of the file among all, from 0. */
  readonly index: number;
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

function rangesOf({ files = [] }: Pick<Source, "files">): readonly FileRange[] {
  let before = 0;
  return files.flatMap(({ path, rows }, index) => {
    const from = before + 1;
    before += rows;
    return rows === 0 ? [] : [{ index, path, from, to: before }];
  });
}

/** Of which file a row of a source of several is, and its number there; undefined of a source that is one file. */
function fileOfRow(
  source: Pick<Source, "files">,
  row: number,
): { readonly path: string; readonly row: number } | undefined {
  const range = rangesOf(source).find(({ from, to }) => row >= from && row <= to);
  return range === undefined ? undefined : { path: range.path, row: row - range.from + 1 };
}

/** A row for people: its number, and its file where there are several. */
export function rowInWords(source: Pick<Source, "files">, row: number): string {
  const place = fileOfRow(source, row);
  if (place === undefined) return String(row);
  return `${nameAmong(place.path, source.files ?? [])} ${place.row}`;
}

/** A file for people: its name, with as many of its folders as tell it from the others. */
export function nameAmong(path: string, files: readonly Pick<SourceFile, "path">[]): string {
  const parts = path.split("/");
  for (let from = parts.length - 1; from > 0; from -= 1) {
    const name = parts.slice(from).join("/");
    const isOfAnother = files.some((file) => file.path !== path && file.path.endsWith(`/${name}`));
    if (!isOfAnother) return name;
  }
  return path;
}

/** An expression for the place of a row's file among all, from 0, by its number `_row`. */
export function fileIndex(source: Pick<Source, "files">): string {
  return choose(rangesOf(source), ({ index }) => String(index));
}

/** Expressions for a row's file and its number there, by its number `_row`. */
export function filePlace(source: Pick<Source, "files">): {
  readonly path: string;
  readonly row: string;
} {
  const ranges = rangesOf(source);
  return {
    path: choose(ranges, ({ path }) => literal(path)),
    row: choose(ranges, ({ from }) => `_row - ${from - 1}`),
  };
}

/** A value for each range, found by halves: a table has many rows, and a source many files. */
function choose(ranges: readonly FileRange[], of: (range: FileRange) => string): string {
  const [first] = ranges;
  if (first === undefined) return "NULL";
  if (ranges.length === 1) return of(first);
  const half = ranges.length >> 1;
  const [low, high] = [ranges.slice(0, half), ranges.slice(half)];
  return `CASE WHEN _row < ${high[0]?.from ?? 0} THEN ${choose(low, of)} ELSE ${choose(high, of)} END`;
}
