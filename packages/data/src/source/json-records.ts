import { type JsonField, readObject } from "./json-object.ts";

/** What is wrong with a record. */
export type RecordFault = "syntax" | "cut-off" | "repeated-name" | "no-record";

/** One record of a file of JSON, whole or broken. */
export interface FoundRecord {
  /** Line in which it begins, from 1. */
  readonly line: number;
  /** As it is written. */
  readonly text: string;
  /** Undefined of a sound one. */
  readonly fault: RecordFault | undefined;
  /** Of a broken one: the fields that could be read, each name once. */
  readonly fields: readonly JsonField[];
}

/** How the file goes on between its records. */
export interface Frame {
  /** Arrays that begin. */
  readonly opened: number;
  /** Arrays that end. */
  readonly closed: number;
}

/** Characters of a record from which on it is taken for broken: DuckDB's own limit of an object. */
const recordLimit = 16 * 2 ** 20;

/**
 * Finds the records in the text of an array of objects, or of lines of them, of which some are broken, one after the
 * other and in bounded memory. A broken record ends where the next one begins: that is known by the name of the first
 * record's first field. What stands between records and is no comma or bracket is a record of its own, that holds nothing.
 */
export class RecordFinder {
  #text = "";
  #line = 1;
  #marker: RegExp | undefined;
  #opened = 0;
  #closed = 0;
  #ended = false;

  /** Takes the next piece of the text, and gives the records that are known to be over. */
  *add(piece: string): Generator<FoundRecord> {
    this.#text += piece;
    yield* this.#take();
  }

  /** There is no more text. */
  *end(): Generator<FoundRecord> {
    this.#ended = true;
    yield* this.#take();
  }

  frame(): Frame {
    return { opened: this.#opened, closed: this.#closed };
  }

  *#take(): Generator<FoundRecord> {
    for (;;) {
      this.#skipFrame();
      if (this.#text === "") return;
      const found = this.#text.startsWith("{") ? this.#record() : this.#stray();
      if (found === undefined) return;
      yield found;
    }
  }

  /** Brackets and commas; a byte order mark counts as a space, as it is one in text. */
  #skipFrame(): void {
    const [frame = ""] = /^[\s\uFEFF,[\]]*/.exec(this.#text) ?? [];
    this.#opened += frame.split("[").length - 1;
    this.#closed += frame.split("]").length - 1;
    this.#drop(frame.length);
  }

  #drop(length: number): string {
    const dropped = this.#text.slice(0, length);
    this.#line += dropped.split("\n").length - 1;
    this.#text = this.#text.slice(length);
    return dropped;
  }

  #record(): FoundRecord | undefined {
    const { end, unfinished, fields, repeated } = readObject(this.#text, 0);
    const line = this.#line;
    if (end !== undefined) {
      const [first] = fields;
      if (first !== undefined) this.#marker ??= beginning(first.name);
      const fault = repeated.length > 0 ? "repeated-name" : undefined;
      return { line, text: this.#drop(end), fault, fields };
    }
    const more = !this.#ended && this.#text.length < recordLimit;
    if (unfinished && more) return undefined;
    const next = this.#next(1);
    if (next === undefined && more) return undefined;
    const cut = next === undefined && unfinished;
    const text = this.#drop(next ?? this.#text.length);
    return { line, text: trimmed(text), fault: cut ? "cut-off" : "syntax", fields };
  }

  #stray(): FoundRecord | undefined {
    const next = this.#next(0);
    if (next === undefined && !this.#ended && this.#text.length < recordLimit) return undefined;
    const line = this.#line;
    const text = this.#drop(next ?? this.#text.length);
    return { line, text: trimmed(text), fault: "no-record", fields: [] };
  }

  /** Where the next record begins. */
  #next(from: number): number | undefined {
    const marker = this.#marker ?? /[,[\]}\n]\s*(?=\{)/g;
    marker.lastIndex = from;
    const found = marker.exec(this.#text);
    if (found === null) return undefined;
    return found.index + found[0].length;
  }
}

/** Records are told from objects within them by what stands before. */
function beginning(name: string): RegExp {
  const written = JSON.stringify(name).replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`[,[\\]}\\n]\\s*(?=\\{\\s*${written}\\s*:)`, "g");
}

const trimmed = (text: string): string => text.replace(/[\s,[]+$/, "");
