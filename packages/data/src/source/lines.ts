import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Engine } from "../engine/engine.ts";
import { fileLiteral, identifier, literal } from "../engine/sql.ts";
import { type Lines, type Source, textFile } from "./source.ts";

const delimiters = [",", ";", "\t", "|"];
/** A character that texts do not hold: each line is read as one value. */
const noDelimiter = "\u001F";
/** Longest header, bytes. */
const headerLimit = 64 * 1024;
/** Share of lines that may have another number of values than the header. */
const raggedShare = 0.1;

/** How a delimited file's first line divides; nothing when it has a single value. */
export async function headerOf(source: Source): Promise<Omit<Lines, "ragged"> | undefined> {
  const input = createReadStream(textFile(source), { end: headerLimit - 1 });
  try {
    for await (const line of createInterface({ input })) {
      const text = line.replace(/^\uFEFF/, "");
      const [best] = (source.format === "tsv" ? ["\t"] : delimiters)
        .map((delimiter) => ({ delimiter, names: fieldsOf(text, delimiter) }))
        .sort((a, b) => b.names.length - a.names.length);
      const usable =
        best !== undefined &&
        best.names.length > 1 &&
        best.names.every((name) => name !== "") &&
        new Set(best.names.map((name) => name.toLowerCase())).size === best.names.length;
      return usable ? best : undefined;
    }
    return undefined;
  } finally {
    input.destroy();
  }
}

function fieldsOf(line: string, delimiter: string): string[] {
  const pattern = new RegExp(fieldPattern(delimiter), "g");
  return [...`${line}${delimiter}`.matchAll(pattern)].map(([, field = ""]) =>
    field
      .replace(/^"(.*)"$/, "$1")
      .replaceAll('""', '"')
      .trim(),
  );
}

/** One value and the delimiter after it; also for RE2. */
function fieldPattern(delimiter: string): string {
  const mark = delimiter === "|" ? "[|]" : delimiter;
  return `("(?:[^"]|"")*"|[^${delimiter}]*)${mark}`;
}

/**
 * How to read a file line by line, of which a few lines have more or fewer values than the header;
 * nothing when none has, or too many.
 */
export async function raggedLines(
  engine: Engine,
  source: Source,
  header: Omit<Lines, "ragged">,
  signal: AbortSignal | undefined,
): Promise<Lines | undefined> {
  const lines = { ...header, ragged: 0 };
  const [row] = await engine.rows(
    `SELECT count(*)::DOUBLE AS n, count(*) FILTER (fields <> ${header.names.length})::DOUBLE AS r FROM ${fieldCounts(source, lines)}`,
    signal,
  );
  const [total, ragged] = [Number(row?.["n"]), Number(row?.["r"])];
  return ragged > 0 && ragged <= total * raggedShare ? { ...lines, ragged } : undefined;
}

/** Each line's number, from 1 after the header, as `_row`, and its number of values as `fields`. */
export function fieldCounts(source: Source, lines: Lines): string {
  return `(SELECT row_number() OVER () AS _row, len(f) AS fields FROM ${divided(source, lines)})`;
}

/**
 * The table that reads a file line by line: values that a line lacks are missing, and those that it has
 * too many stay in its last column, so that nothing is lost.
 */
export function scanLines(source: Source, lines: Lines): string {
  const last = lines.names.length;
  const columns = lines.names.map((name, index) => {
    const place = index + 1;
    const value =
      place < last
        ? `f[${place}]`
        : `CASE WHEN len(f) > ${last} THEN array_to_string(f[${last}:], ${literal(lines.delimiter)}) ELSE f[${last}] END`;
    return `${unquoted(`nullif(${value}, '')`)} AS ${identifier(name)}`;
  });
  return `(SELECT ${columns.join(", ")} FROM ${divided(source, lines)})`;
}

function divided(source: Source, { delimiter }: Lines): string {
  const read = `read_csv(${fileLiteral(textFile(source))}, columns = {'line': 'VARCHAR'}, auto_detect = false, header = false, skip = 1, delim = ${literal(noDelimiter)}, quote = '', escape = '', hive_partitioning = false)`;
  const text = `rtrim(line, chr(13)) || ${literal(delimiter)}`;
  return `(SELECT regexp_extract_all(${text}, ${literal(fieldPattern(delimiter))}, 1) AS f FROM ${read} WHERE line IS NOT NULL AND line <> '')`;
}

function unquoted(value: string): string {
  return `CASE WHEN ${value} LIKE '"%"' THEN replace(substr(${value}, 2, length(${value}) - 2), '""', '"') ELSE ${value} END`;
}
