const token =
  /\s*(?:(?<sign>[{}[\],:])|(?<text>"(?:[^"\\\n\r]|\\["\\/bfnrt]|\\u[\da-fA-F]{4})*")|(?<other>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y;

/** What may come next; with `end`, the list or object may also close here. */
type Expected = "value" | "value-or-end" | "key" | "key-or-end" | "colon" | "comma-or-end" | "end";

/**
 * Where a text stops being JSON, as `line 3, column 7`. The parser's own message names a position
 * only for some faults.
 */
export function jsonFault(text: string): string {
  const open: ("{" | "[")[] = [];
  let expected: Expected = "value";
  let at = 0;
  for (;;) {
    token.lastIndex = at;
    const found = token.exec(text);
    const next: Expected | undefined =
      found === null ? undefined : following(expected, kindOf(found), open);
    if (next === undefined) break;
    expected = next;
    at = token.lastIndex;
  }
  const fault = at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
  const lines = text.slice(0, fault).split("\n");
  return `line ${lines.length}, column ${(lines.at(-1) ?? "").length + 1}`;
}

function kindOf({ groups = {} }: RegExpExecArray): string {
  return groups["sign"] ?? (groups["text"] === undefined ? "other" : "text");
}

function following(expected: Expected, found: string, open: ("{" | "[")[]): Expected | undefined {
  const within = open.at(-1);
  const closes = (found === "}" && within === "{") || (found === "]" && within === "[");
  if (closes) {
    if (!expected.endsWith("-or-end")) return undefined;
    open.pop();
    return open.length === 0 ? "end" : "comma-or-end";
  }
  if (expected.startsWith("value")) {
    if (found === "{" || found === "[") {
      open.push(found);
      return found === "{" ? "key-or-end" : "value-or-end";
    }
    if (found !== "text" && found !== "other") return undefined;
    return within === undefined ? "end" : "comma-or-end";
  }
  if (expected.startsWith("key")) return found === "text" ? "colon" : undefined;
  if (expected === "colon") return found === ":" ? "value" : undefined;
  if (expected !== "comma-or-end" || found !== ",") return undefined;
  return within === "{" ? "key" : "value";
}
