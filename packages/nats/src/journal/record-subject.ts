import { InvalidRecordSubjectError } from "../errors.ts";
import { type StreamKind, streamName } from "../streams/layout.ts";

/** The stream that holds the subjects with a first token. */
const streams: ReadonlyMap<string, StreamKind> = new Map([
  ["journal", "journal"],
  ["snapshot", "journal"],
  ["segment", "journal"],
  ["dead", "dead"],
  ["results", "results"],
  ["spans", "spans"],
]);

/** Where the records of a subject or filter are kept. */
export interface Located {
  readonly stream: string;
  /** With the deployment's prefix. */
  readonly subject: string;
}

/** The place of one subject. Throws `InvalidRecordSubjectError`. */
export function locateSubject(prefix: string, subject: string): Located {
  const located = locateFilter(prefix, subject);
  if (subject.split(".").some((token) => token === "*" || token === ">")) {
    throw new InvalidRecordSubjectError(subject, "a record has one subject, without wildcards");
  }
  return located;
}

/** The place of a filter, whose first token says which stream. Throws `InvalidRecordSubjectError`. */
export function locateFilter(prefix: string, filter: string): Located {
  const tokens = filter.split(".");
  const [first = ""] = tokens;
  const kind = streams.get(first);
  if (kind === undefined) {
    throw new InvalidRecordSubjectError(filter, `'${first}' names no stream of records`);
  }
  if (tokens.length < 2) throw new InvalidRecordSubjectError(filter, "it has one token only");
  for (const [index, token] of tokens.entries()) {
    if (token === "") throw new InvalidRecordSubjectError(filter, "it has an empty token");
    if (!isPrintable(token)) {
      throw new InvalidRecordSubjectError(filter, "it has a space or control character");
    }
    if (token === ">" && index !== tokens.length - 1) {
      throw new InvalidRecordSubjectError(filter, "'>' stands at the end only");
    }
  }
  return { stream: streamName(prefix, kind), subject: `${prefix}.${filter}` };
}

function isPrintable(token: string): boolean {
  for (const character of token) {
    const code = character.codePointAt(0) ?? 0;
    if (code <= 32 || code === 127) return false;
  }
  return true;
}
