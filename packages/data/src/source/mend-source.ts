import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { fileLiteral } from "../engine/sql.ts";
import { InterruptedError, SourceFormatError } from "../errors.ts";
import { type FoundRecord, type Frame, type RecordFault, RecordFinder } from "./json-records.ts";

/** Broken records that are told of with the source; all are in the list beside the copy. */
const shownRecords = 20;
/** Characters of a broken record that are shown. */
const shownCharacters = 200;
/** Characters of a broken record that are kept in the list. */
const keptCharacters = 64 * 1024;
/** Bytes that are read at once: a record that goes on is looked at anew with each piece. */
const pieceBytes = 2 ** 20;
/** Share of records from which on a file is taken for something else than records of JSON. */
const brokenShare = 0.5;

/** The copy of a file of JSON in which some records are broken, so that the others can be read. */
export const mendedSchema = z.object({
  /** Of the copy, an object a line. */
  path: z.string(),
  /** Of the list of broken records, an object a line: `row`, `line`, `why` and `text`. */
  list: z.string(),
  records: z.number(),
  broken: z.number(),
  /** Halves of pairs of surrogates, each U+FFFD in the copy. */
  unreadable: z.number(),
  /** The file ends within a record, or before its array does. */
  cut: z.boolean(),
  /** It ends within a record, which is among the broken ones. */
  cutRecord: z.boolean(),
  /** Arrays that follow the first. */
  furtherArrays: z.number(),
  first: z.array(
    z.object({
      /** From 1. */
      row: z.number(),
      /** Line of the file in which it begins, from 1. */
      line: z.number(),
      why: z.string(),
      text: z.string(),
    }),
  ),
});
export type Mended = z.output<typeof mendedSchema>;

const why: Readonly<Record<RecordFault, string>> = {
  syntax: "it is no JSON",
  "cut-off": "the file ends within it",
  "repeated-name": "it has a field twice",
  "no-record": "it is text between records",
};

/**
 * Reads a source by way of `read`; a file of JSON that cannot be read so, or does not end as one, is read through a copy in
 * which broken records are mended, see {@link mendSource}.
 *
 * @param folder where the copy is kept, named after what the file holds
 * @throws what `read` throws of other files, and of the copy; else as `mendSource`
 */
export async function readMended<S extends Mendable, R>(
  source: S,
  folder: string,
  read: (source: S) => Promise<R>,
  signal?: AbortSignal,
): Promise<R> {
  const { format, mended } = source;
  if ((format !== "json" && format !== "ndjson") || mended !== undefined) return read(source);
  const mend = async (refused: SourceFormatError): Promise<R> => {
    const stem = join(folder, `source-${source.sha256.slice(0, 16)}`);
    return read({ ...source, mended: await mendSource(source, stem, refused, signal) });
  };
  // DuckDB takes an array without an end for a whole one.
  if (format === "json" && !(await endsAsArray(source.utf8?.path ?? source.path)))
    return mend(new SourceFormatError(source.path, "its array has no end"));
  return read(source).catch((error: unknown) => {
    if (error instanceof SourceFormatError) return mend(error);
    throw error;
  });
}

/** What is to be known of a source to mend it. */
interface Mendable {
  readonly path: string;
  readonly format: string;
  readonly sha256: string;
  readonly utf8?: { readonly path: string } | undefined;
  readonly mended?: Mended | undefined;
}

/** Spaces that may follow an array. */
const tailBytes = 64 * 1024;

/**
 * Whether a file is no JSON, or JSON that needs no mending: what is found out about it then does not hang on a copy.
 *
 * @throws InterruptedError when `signal` is aborted
 */
export async function needsNoMending(source: Mendable, signal?: AbortSignal): Promise<boolean> {
  if (source.format !== "json" && source.format !== "ndjson") return true;
  const counts = new RecordCount();
  const finder = new RecordFinder();
  const count = (found: Iterable<FoundRecord>): void => {
    for (const record of found) {
      counts.copyOf(record);
      counts.told(record);
    }
  };
  for await (const piece of piecesOf(source, signal)) count(finder.add(piece));
  count(finder.end());
  return isSound(counts.all(finder.frame()));
}

async function* piecesOf(
  source: Mendable,
  signal: AbortSignal | undefined,
): AsyncGenerator<string> {
  const text = createReadStream(source.utf8?.path ?? source.path, {
    encoding: "utf8",
    highWaterMark: pieceBytes,
  });
  for await (const piece of text) {
    if (signal?.aborted === true) throw new InterruptedError({ cause: signal.reason });
    yield piece as string;
  }
}

const isSound = ({ broken, unreadable, cut, furtherArrays }: Counts): boolean =>
  broken === 0 && unreadable === 0 && !cut && furtherArrays === 0;

async function endsAsArray(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - tailBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(tailBytes), 0, tailBytes, from);
    return buffer.subarray(0, bytesRead).toString("latin1").trimEnd().endsWith("]");
  } finally {
    await file.close();
  }
}

/**
 * Copies a file of JSON that cannot be read because of some of its records. Sound records are copied as they are; of a
 * broken one the fields before the damage are, and of a name that comes twice the first value, so that each record stays
 * a row. The list beside the copy has what is wrong with which, with the text. Nothing is left out, and the copy appears
 * whole or not at all.
 *
 * @param stem of the paths of the copy and of the list
 * @param refused what a reader said of the file as it is
 * @throws SourceFormatError when no record is broken, so that something else is wrong, or half of them are; InterruptedError
 *   when `signal` is aborted
 */
async function mendSource(
  source: Mendable,
  stem: string,
  refused: SourceFormatError,
  signal?: AbortSignal,
): Promise<Mended> {
  const paths = { path: `${stem}.mended.ndjson`, list: `${stem}.broken.ndjson` };
  await mkdir(join(stem, ".."), { recursive: true });
  const own = await mkdtemp(`${stem}-`);
  try {
    const made = { path: join(own, "records"), list: join(own, "list") };
    const counts = await mend(source, made, signal);
    const { records, broken, cut, first } = counts;
    if (isSound(counts) || records === 0) throw refused;
    if (broken >= records * brokenShare) {
      const [one] = first;
      const place = one === undefined ? "" : `, the first in line ${one.line}: ${one.why}`;
      const said = `${broken} of ${records} records cannot be read${place}${cut ? "; the file is truncated" : ""}`;
      throw new SourceFormatError(source.path, `${refused.found}; ${said}`);
    }
    await rename(made.list, paths.list);
    await rename(made.path, paths.path);
    return { ...counts, ...paths };
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

/** A query for the numbers of the broken rows, as `_row`. */
export function brokenRows({ list }: Pick<Mended, "list">, before = 0): string {
  return `SELECT row + ${before} AS _row FROM read_json(${fileLiteral(list)}, format = 'newline_delimited', columns = {'row': 'BIGINT'}, hive_partitioning = false)`;
}

type Counts = Omit<Mended, "path" | "list">;

async function mend(
  source: Mendable,
  to: { readonly path: string; readonly list: string },
  signal: AbortSignal | undefined,
): Promise<Counts> {
  const [records, list] = [await open(to.path, "w"), await open(to.list, "w")];
  const counts = new RecordCount();
  const finder = new RecordFinder();
  const write = async (found: Iterable<FoundRecord>): Promise<void> => {
    const lines: string[] = [];
    const told: string[] = [];
    for (const record of found) {
      lines.push(counts.copyOf(record));
      const broken = counts.told(record);
      if (broken !== undefined) told.push(broken);
    }
    if (lines.length > 0) await records.appendFile(lines.join(""));
    if (told.length > 0) await list.appendFile(told.join(""));
  };
  try {
    for await (const piece of piecesOf(source, signal)) await write(finder.add(piece));
    await write(finder.end());
    await records.sync();
    await list.sync();
  } finally {
    await records.close();
    await list.close();
  }
  return counts.all(finder.frame());
}

/** Half of a pair of surrogates, written as an escape. */
const halfPair =
  /\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F][0-9a-fA-F]{2})|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}/g;

class RecordCount {
  readonly #first: Mended["first"] = [];
  #records = 0;
  #broken = 0;
  #unreadable = 0;
  #cut = false;

  /** One line of the copy. */
  copyOf({ text, fault, fields }: FoundRecord): string {
    this.#records += 1;
    const whole = fault === undefined ? text : `{${fields.map(asWritten).join(",")}}`;
    const mended = whole.replace(halfPair, () => {
      this.#unreadable += 1;
      return "\\ufffd";
    });
    // Within its texts JSON has no line ends.
    return `${mended.replace(/[\r\n]+/g, " ")}\n`;
  }

  /** One line of the list; undefined of a sound record. */
  told({ line, text, fault }: FoundRecord): string | undefined {
    if (fault === undefined) return undefined;
    this.#broken += 1;
    this.#cut ||= fault === "cut-off";
    const one = { row: this.#records, line, why: why[fault] };
    if (this.#first.length < shownRecords)
      this.#first.push({ ...one, text: text.slice(0, shownCharacters) });
    return `${JSON.stringify({ ...one, text: text.slice(0, keptCharacters) })}\n`;
  }

  all({ opened, closed }: Frame): Counts {
    return {
      records: this.#records,
      broken: this.#broken,
      unreadable: this.#unreadable,
      cut: this.#cut || opened > closed,
      cutRecord: this.#cut,
      furtherArrays: Math.max(0, opened - 1),
      first: this.#first,
    };
  }
}

/** A field whose value has each name once, too. */
function asWritten({ name, value }: { readonly name: string; readonly value: string }): string {
  return `${JSON.stringify(name)}:${/^[[{]/.test(value) ? onceNamed(value) : value}`;
}

function onceNamed(value: string): string {
  try {
    return JSON.stringify(JSON.parse(value));
  } catch {
    return value;
  }
}
