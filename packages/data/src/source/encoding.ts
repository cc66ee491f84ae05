import { isAscii, isUtf8 } from "node:buffer";
import { z } from "zod";

/** What the text of a file is written in, when it is not UTF-8. `mixed` is UTF-8 and Windows-1252 in one file, `nul` UTF-8 with NULs, which no text has. */
export const encodingSchema = z.enum(["utf-16le", "utf-16be", "windows-1252", "mixed", "nul"]);
export type Encoding = z.output<typeof encodingSchema>;

/** Encodings by the name that people know. */
export const encodingNames: Readonly<Record<Encoding, string>> = {
  "utf-16le": "UTF-16, little-endian",
  "utf-16be": "UTF-16, big-endian",
  "windows-1252": "Windows-1252 (Latin-1)",
  mixed: "UTF-8 and Windows-1252 in one file",
  nul: "UTF-8 with NULs",
};

/** A character of several bytes in UTF-8, in text whose characters are bytes. */
const sequence =
  "[\\xC2-\\xDF][\\x80-\\xBF]|\\xE0[\\xA0-\\xBF][\\x80-\\xBF]|[\\xE1-\\xEC\\xEE\\xEF][\\x80-\\xBF]{2}|\\xED[\\x80-\\x9F][\\x80-\\xBF]|\\xF0[\\x90-\\xBF][\\x80-\\xBF]{2}|[\\xF1-\\xF3][\\x80-\\xBF]{3}|\\xF4[\\x80-\\x8F][\\x80-\\xBF]{2}";
const oneSequence = new RegExp(sequence);
const sequenceOrByte = new RegExp(`(${sequence})|[\\x80-\\xFF]`, "g");

/** Windows-1252 from 0x80 to 0x9F; what it leaves open stays the control character that it is in Latin-1. */
const windows1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

/** Share of the 16-bit units whose upper byte is zero from which on text is in UTF-16: its delimiters, digits and line ends have it. */
const zeroBytes = 0.1;

/**
 * Whether a file begins as text in UTF-16: with a byte order mark, or with zeros in every other byte and nothing but
 * text when it is read so.
 */
export function utf16Of(head: Buffer): "utf-16le" | "utf-16be" | undefined {
  const mark = head.subarray(0, 4).toString("hex");
  // UTF-32 begins like UTF-16.
  if (mark.startsWith("fffe")) return mark === "fffe0000" ? undefined : "utf-16le";
  if (mark.startsWith("feff")) return "utf-16be";
  const zeros = [0, 0];
  for (const [at, byte] of head.entries()) if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const enough = (head.length / 2) * zeroBytes;
  const guess = even < odd ? "utf-16le" : "utf-16be";
  if (Math.max(even, odd) < enough || Math.min(even, odd) * 4 > Math.max(even, odd))
    return undefined;
  const text = decodeUtf16(head.subarray(0, head.length - (head.length % 2)), guess);
  const strange = /[\p{Cc}\p{Cn}]/u.test(text.replace(/\s/g, ""));
  return strange || !text.includes("\n") ? undefined : guess;
}

/** Text of whole 16-bit units; surrogates without a partner stay as they are. */
export function decodeUtf16(bytes: Buffer, encoding: "utf-16le" | "utf-16be"): string {
  return (encoding === "utf-16le" ? bytes : Buffer.from(bytes).swap16()).toString("utf16le");
}

/** Text of Windows-1252 in which whatever is a character in UTF-8 is taken for that when `mixed`. */
export function decodeBytes(bytes: Buffer, mixed: boolean): string {
  return bytes.toString("latin1").replace(mixed ? sequenceOrByte : /[\x80-\x9F]/g, (found) => {
    if (found.length > 1) return Buffer.from(found, "latin1").toString("utf8");
    return windows1252[found.charCodeAt(0) - 0x80] ?? found;
  });
}

/** Whether a line has characters of several bytes in UTF-8, and whether it has bytes that are none. */
export function kindsOfBytes(line: Buffer): { readonly utf8: boolean; readonly other: boolean } {
  if (isUtf8(line)) return { utf8: !isAscii(line), other: false };
  return { utf8: oneSequence.test(line.toString("latin1")), other: true };
}

/** Tells UTF-8 from Windows-1252 by all bytes of a file, which are given in pieces. */
export class ByteReader {
  #rest: Buffer = Buffer.alloc(0);
  #utf8 = false;
  #other = false;
  #nul = false;

  read(bytes: Buffer): void {
    this.#nul ||= bytes.includes(0);
    if (this.#utf8 && this.#other) return;
    const whole = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const cut = whole.length - unfinished(whole);
    this.#rest = whole.subarray(cut);
    this.#note(whole.subarray(0, cut));
  }

  /** Undefined for UTF-8. */
  encoding(): "windows-1252" | "mixed" | "nul" | undefined {
    this.#note(this.#rest);
    if (!this.#other) return this.#nul ? "nul" : undefined;
    return this.#utf8 ? "mixed" : "windows-1252";
  }

  #note(bytes: Buffer): void {
    const { utf8, other } = kindsOfBytes(bytes);
    this.#utf8 ||= utf8;
    this.#other ||= other;
  }
}

/** Bytes at the end that begin a character of UTF-8 and do not finish it. */
export function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}
