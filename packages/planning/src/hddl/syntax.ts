import { HddlError } from "../errors.ts";

/** Where something stands in a text. Both count from 1. */
interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Word extends Position {
  readonly kind: "word";
  readonly text: string;
}

export interface List extends Position {
  readonly kind: "list";
  readonly items: readonly Syntax[];
  /** Where the closing parenthesis stands. */
  readonly end: Position;
}

export type Syntax = Word | List;

/** Nesting that no sensible text has. */
const deepest = 1_000;

/**
 * Reads one parenthesised expression; comments go from `;` to the end of the line.
 *
 * @throws HddlError
 */
export function readSyntax(text: string, source: string): List {
  const open: { readonly at: Position; readonly items: Syntax[] }[] = [];
  let result: List | undefined;
  let line = 1;
  let lineStart = 0;
  const tokens = /;[^\n]*|\n|[^\S\n]+|[()]|[^\s();]+/g;
  for (const match of text.matchAll(tokens)) {
    const [token] = match;
    const at = { line, column: match.index - lineStart + 1 };
    if (token === "\n") {
      line++;
      lineStart = match.index + 1;
      continue;
    }
    if (token.startsWith(";") || token.trim() === "") continue;
    const top = open.at(-1);
    if (result !== undefined) throw new HddlError(source, at, "the end of the text", `'${token}'`);
    if (token === "(") {
      if (open.length >= deepest)
        throw new HddlError(source, at, `at most ${deepest} levels`, "more");
      open.push({ at, items: [] });
    } else if (top === undefined) throw new HddlError(source, at, "'('", `'${token}'`);
    else if (token === ")") {
      open.pop();
      const list: List = { kind: "list", items: top.items, ...top.at, end: at };
      const above = open.at(-1);
      if (above === undefined) result = list;
      else above.items.push(list);
    } else top.items.push({ kind: "word", text: token, ...at });
  }
  const end = { line, column: text.length - lineStart + 1 };
  if (result !== undefined) return result;
  const unclosed = open.at(-1)?.at;
  const expected =
    unclosed === undefined ? "'('" : `')' for the '(' at ${unclosed.line}:${unclosed.column}`;
  throw new HddlError(source, end, expected, "the end of the text");
}

/** Goes through the items of a list, and says what was expected where something else stands. */
export class Items {
  readonly list: List;
  readonly source: string;
  #next = 0;

  constructor(list: List, source: string) {
    this.list = list;
    this.source = source;
  }

  get done(): boolean {
    return this.#next >= this.list.items.length;
  }

  peek(): Syntax | undefined {
    return this.list.items[this.#next];
  }

  /** @param expected for the message when nothing is left */
  take(expected: string): Syntax {
    const item = this.list.items[this.#next++];
    if (item === undefined) throw new HddlError(this.source, this.list.end, expected, "')'");
    return item;
  }

  word(expected: string): Word {
    const item = this.take(expected);
    if (item.kind === "list") this.fail(item, expected);
    return item;
  }

  takeList(expected: string): List {
    const item = this.take(expected);
    if (item.kind === "word") this.fail(item, expected);
    return item;
  }

  /** Takes the next item if it is that word, in any case. */
  skip(...texts: readonly string[]): boolean {
    const item = this.peek();
    const is = item?.kind === "word" && texts.includes(item.text.toLowerCase());
    if (is) this.#next++;
    return is;
  }

  expect(text: string): Word {
    const item = this.take(`'${text}'`);
    if (item.kind === "list" || item.text.toLowerCase() !== text) this.fail(item, `'${text}'`);
    return item;
  }

  rest(): readonly Syntax[] {
    const rest = this.list.items.slice(this.#next);
    this.#next = this.list.items.length;
    return rest;
  }

  end(): void {
    const item = this.peek();
    if (item !== undefined) this.fail(item, "')'");
  }

  fail(at: Syntax, expected: string): never {
    throw new HddlError(this.source, at, expected, found(at));
  }
}

export function found(at: Syntax): string {
  return at.kind === "word" ? `'${at.text}'` : "'('";
}
