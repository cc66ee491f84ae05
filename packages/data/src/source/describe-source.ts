import { createHash } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { access, open, realpath, stat } from "node:fs/promises";
import { extname, join, resolve, sep } from "node:path";
import {
  SourceEmptyError,
  SourceForbiddenError,
  SourceFormatError,
  SourceNotFoundError,
  SourceUnreadableError,
} from "../errors.ts";
import { ByteReader, decodeUtf16, utf16Of } from "./encoding.ts";
import type { Source, SourceFormat } from "./source.ts";

/** How much of a file is looked at to tell its format, bytes. */
const headBytes = 64 * 1024;

/**
 * Finds out what a file is before anything reads it.
 *
 * Text is in UTF-16 when it begins with its byte order mark, or has zeros in every other byte; else all bytes are looked
 * at: it is in UTF-8 when all are that, and in Windows-1252, which includes Latin-1, when no character of several bytes
 * is, and `mixed` when some are and some are not.
 *
 * @param readable directories that goals may read; links are followed before the comparison
 * @throws SourceNotFoundError, SourceForbiddenError, SourceUnreadableError, SourceEmptyError or
 *   SourceFormatError, each naming the file and the remedy
 */
export async function describeSource(path: string, readable: readonly string[]): Promise<Source> {
  const { real, size } = await locateFile(path, readable);
  if (size === 0) throw new SourceEmptyError(path);
  const head = await readHead(real);
  const utf16 = utf16Of(head);
  const format = formatOf(path, head, utf16);
  if (format === "parquet" && !(await endsAsParquet(real, size)))
    throw new SourceFormatError(
      path,
      "it is a truncated Parquet file, which says in its last bytes where its values are, and they are gone: get the file again",
    );
  const { sha256, bytes } = await readThrough(real);
  const encoding = format === "parquet" ? undefined : (utf16 ?? bytes.encoding());
  return {
    path: real,
    format,
    bytes: size,
    sha256,
    ...(encoding === undefined ? {} : { encoding }),
  };
}

/**
 * Finds a file that may be read, whatever it holds.
 *
 * @param readable directories that goals may read; links are followed before the comparison
 * @throws SourceNotFoundError, SourceForbiddenError or SourceUnreadableError
 */
export async function locateFile(
  path: string,
  readable: readonly string[],
): Promise<{ readonly real: string; readonly size: number }> {
  const real = await locate(path, readable);
  const status = await stat(real);
  if (status.isDirectory())
    throw new SourceUnreadableError(
      path,
      `it is a directory: name a file in it, or some by a pattern such as '${join(path, "*.csv")}'`,
    );
  if (!status.isFile()) throw new SourceUnreadableError(path, "it is not a regular file");
  await access(real, constants.R_OK).catch(() => {
    throw new SourceUnreadableError(path, "permission denied");
  });
  return { real, size: status.size };
}

/** Where links lead to, if that may be read. */
async function locate(path: string, readable: readonly string[]): Promise<string> {
  const real = await realpath(path).catch(() => undefined);
  const roots = await Promise.all(readable.map((root) => realpath(root).catch(() => root)));
  // What lies outside is refused whether it exists or not, so that nobody learns which.
  if (real === undefined) {
    if (![...readable, ...roots].some((root) => isInside(resolve(path), resolve(root))))
      throw new SourceForbiddenError(path, readable);
    throw new SourceNotFoundError(path);
  }
  if (!roots.some((root) => isInside(real, root))) throw new SourceForbiddenError(path, readable);
  return real;
}

/**
 * Finds a folder that may be read.
 *
 * @param readable directories that goals may read; links are followed before the comparison
 * @throws SourceNotFoundError, SourceForbiddenError or SourceUnreadableError
 */
export async function locateFolder(path: string, readable: readonly string[]): Promise<string> {
  const real = await locate(path, readable);
  if (!(await stat(real)).isDirectory())
    throw new SourceUnreadableError(path, "it is not a folder");
  await access(real, constants.R_OK).catch(() => {
    throw new SourceUnreadableError(path, "permission denied");
  });
  return real;
}

function isInside(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

async function readHead(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Whether a file that begins as Parquet ends as such: with its footer, the footer's length and the mark. */
async function endsAsParquet(path: string, size: number): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(8), 0, 8, Math.max(0, size - 8));
    return buffer.subarray(4).toString("latin1") === "PAR1" && buffer.readUInt32LE() + 12 <= size;
  } finally {
    await file.close();
  }
}

/** The content decides; the name only tells tabs from commas. */
function formatOf(path: string, head: Buffer, utf16: ReturnType<typeof utf16Of>): SourceFormat {
  if (head.subarray(0, 4).toString("latin1") === "PAR1") return "parquet";
  if (utf16 === undefined && !isText(head))
    throw new SourceFormatError(path, "it holds binary data");
  const whole = head.subarray(0, head.length - (head.length % 2));
  const text = (utf16 === undefined ? head.toString("utf8") : decodeUtf16(whole, utf16))
    .replace(/^\uFEFF|\0/g, "")
    .trimStart();
  if (text === "") throw new SourceEmptyError(path);
  if (text.startsWith("[")) {
    const first = text.slice(1).trimStart();
    if (first.startsWith("]")) throw new SourceEmptyError(path);
    if (first.startsWith("{")) return "json";
    throw new SourceFormatError(path, "it is a JSON array of something other than objects");
  }
  if (text.startsWith("{")) {
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    const complete =
      lines.length > 1 ? lines.slice(0, head.length === headBytes ? -1 : undefined) : lines;
    // Broken lines among others are found when they are read.
    const objects = complete.filter(isObject).length;
    const within = recordsWithin(text);
    // One line in a file of JSON is taken for a record, unless it is what records came wrapped in.
    const isRecord = objects === 1 && (within === "" || extname(path).toLowerCase() !== ".json");
    if (complete.length > 1 ? objects * 2 >= complete.length : isRecord) return "ndjson";
    throw new SourceFormatError(path, `it is a single JSON object${within}`);
  }
  const extension = extname(path).toLowerCase();
  if (extension === ".tsv") return "tsv";
  if ([".csv", ".txt", ""].includes(extension)) return "csv";
  throw new SourceFormatError(path, `a file ending in '${extension}'`);
}

/** The field of an object that seems to hold the records, and how to get at them. */
function recordsWithin(text: string): string {
  const field = /"([^"\\]{1,100})"\s*:\s*\[\s*\{/.exec(text)?.[1];
  return field === undefined
    ? ""
    : `, with an array of objects in its field '${field}': make that a file, as 'jq' does by '.["${field}"]'`;
}

/** Share of NULs from which on a file is no text with a hole, which is how disks lose blocks. */
const holeShare = 0.25;

/** Whether there are no NULs, or some in what is else text. */
function isText(head: Buffer): boolean {
  if (!head.includes(0)) return true;
  const text = head.toString("utf8");
  const nuls = text.split("\0").length - 1;
  return nuls <= text.length * holeShare && !/\p{Cc}/u.test(text.replace(/[\s\0]/g, ""));
}

function isObject(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

async function readThrough(path: string) {
  const hash = createHash("sha256");
  const bytes = new ByteReader();
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk as Buffer);
    bytes.read(chunk as Buffer);
  }
  return { sha256: hash.digest("hex"), bytes };
}
