/** A door through which bytes come in that somebody else wrote. */
export interface Edge {
  readonly name: string;
  /** What is really sent there. */
  readonly samples: readonly Uint8Array[];
  /** How often it is tried, beside the others. Default 1; slow edges have less. */
  readonly share?: number;
  /** Longest that one input may take, milliseconds. Default 2000: a few kilobytes are read in less than one. */
  readonly patienceMs?: number;
  /** Takes them in: returns, or throws an error that has a code and says what is wrong. */
  readonly take: (input: Uint8Array) => unknown;
  /** Shows that the edge still does its work. */
  readonly alive?: () => Promise<void>;
  readonly close?: () => Promise<void>;
}

/** An edge that is opened when it is tried. */
export interface EdgeDoor {
  readonly name: string;
  readonly open: () => Promise<Edge>;
}

/** Something that an edge did and should not have: thrown by those who look at its answers. */
export class WrongAnswerError extends Error {}

/** Texts as samples. */
export function encoded(...texts: readonly string[]): Uint8Array[] {
  return texts.map((text) => new TextEncoder().encode(text));
}

/** An input as text. */
export function textOf(input: Uint8Array): string {
  return new TextDecoder().decode(input);
}

/** JSON, or what a reader of JSON is given when it is none: nothing at all. */
export function jsonOf(input: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(input));
  } catch {
    return undefined;
  }
}
