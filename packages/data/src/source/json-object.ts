/** A field of an object of JSON as it is written. */
export interface JsonField {
  readonly name: string;
  /** The value's text. */
  readonly value: string;
}

/** An object of JSON as far as it could be read. */
export interface JsonObject {
  /** Behind the closing brace; undefined where the object could not be read to its end. */
  readonly end: number | undefined;
  /** The text ended within the object, so that more text may complete it. */
  readonly unfinished: boolean;
  /** Fields that could be read whole, in their order. */
  readonly fields: readonly JsonField[];
  /** Names that the object, or one within it, has more than once; RFC 8259 leaves open which value holds. */
  readonly repeated: readonly string[];
}

/** Deepest structure that is read. */
const depthLimit = 1000;

const space = /[ \t\r\n]*/y;
/** From the space on: control characters are written as escapes. */
const string = /"[ !#-[\]-\uFFFF]*(?:\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})[ !#-[\]-\uFFFF]*)*"/y;
/** A text that goes on behind the end. */
const cutString = /^"[ !#-[\]-\uFFFF]*(?:\\.[ !#-[\]-\uFFFF]*)*\\?(?:u[0-9A-Fa-f]{0,3})?$/;
/** Numbers and words of JSON, and what DuckDB takes besides. */
const plain =
  /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.])|(?:true|false|null|-?(?:NaN|nan|Infinity|inf|Inf))\b/y;

/**
 * Reads the object that begins at a place of a text, by the grammar of RFC 8259; like DuckDB it takes NaN, Infinity and a
 * comma after the last field. What cannot be read ends it: the fields before are kept.
 *
 * @param at place of the opening brace
 */
export function readObject(text: string, at: number): JsonObject {
  return new ObjectReader(text).read(at);
}

class ObjectReader {
  readonly #text: string;
  readonly #repeated: string[] = [];
  readonly #fields: JsonField[] = [];
  /** The furthest place that was looked at. */
  #furthest = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(at: number): JsonObject {
    const end = this.#object(at, 0);
    const unfinished = end === undefined && this.#furthest >= this.#text.length;
    return { end, unfinished, fields: this.#fields, repeated: this.#repeated };
  }

  #match(pattern: RegExp, at: number): number | undefined {
    pattern.lastIndex = at;
    if (pattern.test(this.#text)) return pattern.lastIndex;
    // A text or a number that the end cuts off could go on.
    const rest = this.#text.slice(at, at + cutLength);
    const cut = pattern === string ? cutString : /^[-+.\w]*$/;
    if (at + rest.length === this.#text.length && cut.test(rest))
      this.#furthest = this.#text.length;
    return undefined;
  }

  #skip(at: number): number {
    space.lastIndex = at;
    space.test(this.#text);
    this.#furthest = Math.max(this.#furthest, space.lastIndex);
    return space.lastIndex;
  }

  #value(at: number, depth: number): number | undefined {
    const first = this.#text[at];
    if (first === '"') return this.#match(string, at);
    if (first !== "{" && first !== "[") return this.#match(plain, at);
    if (depth > depthLimit) return undefined;
    return first === "{" ? this.#object(at, depth) : this.#array(at, depth);
  }

  #array(from: number, depth: number): number | undefined {
    let at = this.#skip(from + 1);
    while (this.#text[at] !== "]") {
      const end = this.#value(at, depth + 1);
      if (end === undefined) return undefined;
      at = this.#skip(end);
      if (this.#text[at] === ",") at = this.#skip(at + 1);
      else if (this.#text[at] !== "]") return undefined;
    }
    return at + 1;
  }

  #object(from: number, depth: number): number | undefined {
    const names = new Set<string>();
    let at = this.#skip(from + 1);
    while (this.#text[at] !== "}") {
      const named = this.#text[at] === '"' ? this.#match(string, at) : undefined;
      if (named === undefined) return undefined;
      const colon = this.#skip(named);
      if (this.#text[colon] !== ":") return undefined;
      const begin = this.#skip(colon + 1);
      const end = this.#value(begin, depth + 1);
      if (end === undefined) return undefined;
      const name: string = JSON.parse(this.#text.slice(at, named));
      at = this.#skip(end);
      const ended = this.#text[at] === "," || this.#text[at] === "}";
      // A number at the very end of a text may be cut off.
      if (!ended) return undefined;
      if (names.has(name)) this.#repeated.push(name);
      else if (depth === 0) this.#fields.push({ name, value: this.#text.slice(begin, end) });
      names.add(name);
      if (this.#text[at] === ",") at = this.#skip(at + 1);
    }
    return at + 1;
  }
}

/** How far back from the end of a text a value that it cuts off can begin. */
const cutLength = 1024 * 1024;
