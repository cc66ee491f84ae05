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
/** Share of lines that may have it where they follow one another: from a line on the file has another layout. */
const relaidShare = 0.67;
/** Lines in each such part of a file, on average. */
const relaidLines = 5;
/** Fewest values of a line that is divided by another mark. */
const fewestValues = 3;

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
 * How to read a file line by line, of which a few lines have more or fewer values than the header, or all from a line on;
 * nothing when none has, or too many have here and there.
 */
export async function raggedLines(
  engine: Engine,
  source: Source,
  header: Omit<Lines, "ragged">,
  signal: AbortSignal | undefined,
): Promise<Lines | undefined> {
  const lines = { ...header, ragged: 0 };
  const odd = `(otherwise OR fields <> ${header.names.length})`;
  const [row] = await engine.rows(
    `SELECT count(*)::DOUBLE AS n, count(*) FILTER (fields <> ${header.names.length})::DOUBLE AS r, count(*) FILTER (otherwise)::DOUBLE AS o, count(*) FILTER (begins)::DOUBLE AS p FROM (SELECT *, ${odd} AND NOT coalesce(lag(${odd}) OVER (ORDER BY _row), false) AS begins FROM ${fieldCounts(source, lines)})`,
    signal,
  );
  const [total = 0, ragged = 0, otherwise = 0, parts = 0] = ["n", "r", "o", "p"].map((key) =>
    Number(row?.[key]),
  );
  const all = ragged + otherwise;
  const few = all <= total * raggedShare;
  const relaid = all <= total * relaidShare && all >= parts * relaidLines;
  return all > 0 && (few || relaid)
    ? { ...lines, ragged, ...(otherwise === 0 ? {} : { otherwise }) }
    : undefined;
}

/**
 * Each line's number, from 1 after the header, as `_row`, its number of values as `fields`, and whether it is divided
 * `otherwise` than the header.
 */
export function fieldCounts(source: Source, lines: Lines): string {
  return `(SELECT row_number() OVER () AS _row, len(f) AS fields, otherwise FROM ${divided(source, lines)})`;
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

/** The values of each line, `f`: as many as the header has, where the line is divided by another mark or ends with one. */
function divided(source: Source, { delimiter, names }: Lines): string {
  const read = `read_csv(${fileLiteral(textFile(source))}, columns = {'line': 'VARCHAR'}, auto_detect = false, header = false, skip = 1, delim = ${literal(noDelimiter)}, quote = '', escape = '', hive_partitioning = false)`;
  const by = (mark: string): string =>
    `regexp_extract_all(rtrim(line, chr(13)) || ${literal(mark)}, ${literal(fieldPattern(mark))}, 1)`;
  const count = names.length;
  const others = count < fewestValues ? [] : delimiters.filter((mark) => mark !== delimiter);
  const another = others.map(
    (mark) => `WHEN len(g) < ${count} AND len(${by(mark)}) = ${count} THEN ${by(mark)}`,
  );
  const best = `CASE WHEN len(g) = ${count + 1} AND g[-1] = '' THEN g[:${count}] ${another.join(" ")} ELSE g END`;
  return `(SELECT f, len(f) <> len(g) AS otherwise FROM (SELECT g, ${best} AS f FROM (SELECT line, ${by(delimiter)} AS g FROM ${read} WHERE line IS NOT NULL AND line <> '')))`;
}

function unquoted(value: string): string {
  return `CASE WHEN ${value} LIKE '"%"' THEN replace(substr(${value}, 2, length(${value}) - 2), '""', '"') ELSE ${value} END`;
}
