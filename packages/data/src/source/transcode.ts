import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { InterruptedError } from "../errors.ts";
import { decodeBytes, decodeUtf16, type Encoding, kindsOfBytes, unfinished } from "./encoding.ts";
import type { Source, Transcoded } from "./source.ts";

/** Numbers of lines that are kept. */
const linesKept = 20;

/**
 * Copies a file that is not in UTF-8 to one that is, once: DuckDB reads UTF-16 only without byte order mark, and Latin-1
 * only without the characters that Windows adds. Nothing is left out. What can't be decoded, which is half a character at
 * the end, half of a surrogate pair, and NUL, becomes U+FFFD, is counted, and is found by the inspection as
 * `broken-character`. The copy appears whole or not at all; it is up to three times as large as the file.
 *
 * @param folder where the copy is kept, named after what the file holds
 * @returns the source as it is to be read from now on; itself when it is in UTF-8
 * @throws InterruptedError when `signal` is aborted
 */
export async function transcodeSource(
  source: Source,
  folder: string,
  signal?: AbortSignal,
): Promise<Source> {
  const { encoding } = source;
  if (encoding === undefined || source.utf8 !== undefined) return source;
  await mkdir(folder, { recursive: true });
  const path = join(folder, `source-${source.sha256.slice(0, 16)}.utf8`);
  const own = await mkdtemp(`${path}-`);
  try {
    const made = join(own, "text");
    const counts = await transcode(source.path, encoding, made, signal);
    await rename(made, path);
    return { ...source, utf8: { path, ...counts } };
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

async function transcode(
  from: string,
  encoding: Encoding,
  to: string,
  signal: AbortSignal | undefined,
): Promise<Omit<Transcoded, "path">> {
  const decoder =
    encoding === "utf-16le" || encoding === "utf-16be"
      ? new Utf16Decoder(encoding)
      : new BytesDecoder(encoding !== "windows-1252");
  const file = await open(to, "w");
  try {
    for await (const chunk of createReadStream(from)) {
      if (signal?.aborted === true) throw new InterruptedError({ cause: signal.reason });
      await file.appendFile(decoder.decode(chunk as Buffer));
    }
    await file.appendFile(decoder.end());
    await file.sync();
  } finally {
    await file.close();
  }
  return decoder.counts();
}

/** A character that can't be: NUL, or half of a pair of surrogates. */
const broken = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

class Utf16Decoder {
  readonly #encoding: "utf-16le" | "utf-16be";
  #rest: Buffer = Buffer.alloc(0);
  #begun = false;
  #unreadable = 0;

  constructor(encoding: "utf-16le" | "utf-16be") {
    this.#encoding = encoding;
  }

  decode(chunk: Buffer): string {
    const bytes = Buffer.concat([this.#rest, chunk]);
    let whole = bytes.length - (bytes.length % 2);
    // The other half of a pair may come with the next piece.
    const upper = bytes[whole - (this.#encoding === "utf-16le" ? 1 : 2)] ?? 0;
    if (whole > 0 && upper >= 0xd8 && upper <= 0xdb) whole -= 2;
    this.#rest = bytes.subarray(whole);
    return this.#read(bytes.subarray(0, whole));
  }

  end(): string {
    const half = this.#rest.length % 2;
    const text = this.#read(this.#rest.subarray(0, this.#rest.length - half));
    this.#unreadable += half;
    return half === 0 ? text : `${text}\uFFFD`;
  }

  counts(): Omit<Transcoded, "path"> {
    return { unreadable: this.#unreadable, otherLines: 0, firstOtherLines: [] };
  }

  #read(bytes: Buffer): string {
    const text = decodeUtf16(bytes, this.#encoding);
    const begun = this.#begun;
    this.#begun ||= text !== "";
    return (begun ? text : text.replace(/^\uFEFF/, "")).replace(broken, () => {
      this.#unreadable += 1;
      return "\uFFFD";
    });
  }
}

/** Lines of one kind, counted. */
class LineCount {
  count = 0;
  readonly first: number[] = [];

  add(line: number): void {
    this.count += 1;
    if (this.first.length < linesKept) this.first.push(line);
  }
}

/** Windows-1252, and UTF-8 among it. */
class BytesDecoder {
  readonly #mixed: boolean;
  readonly #utf8 = new LineCount();
  readonly #other = new LineCount();
  #rest: Buffer = Buffer.alloc(0);
  #line = 1;
  /** What the line that is being read has. */
  #has = { utf8: false, other: false };
  #unreadable = 0;

  constructor(mixed: boolean) {
    this.#mixed = mixed;
  }

  decode(chunk: Buffer): string {
    const bytes = Buffer.concat([this.#rest, chunk]);
    const cut = bytes.length - unfinished(bytes);
    this.#rest = bytes.subarray(cut);
    return this.#read(bytes.subarray(0, cut));
  }

  end(): string {
    const text = this.#read(this.#rest);
    this.#endLine();
    return text;
  }

  counts(): Omit<Transcoded, "path"> {
    const few = this.#utf8.count < this.#other.count ? this.#utf8 : this.#other;
    const { count: otherLines, first: firstOtherLines } = this.#mixed ? few : new LineCount();
    return { unreadable: this.#unreadable, otherLines, firstOtherLines };
  }

  #read(bytes: Buffer): string {
    if (this.#mixed) this.#tell(bytes);
    return decodeBytes(bytes, this.#mixed).replaceAll("\0", () => {
      this.#unreadable += 1;
      return "\uFFFD";
    });
  }

  #tell(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(0x0a, at);
      const next = end < 0 ? bytes.length : end + 1;
      const { utf8, other } = kindsOfBytes(bytes.subarray(at, next));
      this.#has = { utf8: this.#has.utf8 || utf8, other: this.#has.other || other };
      if (end >= 0) this.#endLine();
      at = next;
    }
  }

  #endLine(): void {
    if (this.#has.utf8) this.#utf8.add(this.#line);
    if (this.#has.other) this.#other.add(this.#line);
    this.#has = { utf8: false, other: false };
    this.#line += 1;
  }
}
