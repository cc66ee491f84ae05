import { readFile, stat } from "node:fs/promises";
import { type Document, isMap, isNode, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { RuleFileError } from "../errors.ts";
import { type WrittenRules, writtenRulesSchema } from "./written-rules.ts";

/** Longest file of rules, characters. */
const fileLimit = 256 * 1024;
const tooLong = `it is longer than ${fileLimit} characters`;
/** References (`*name`) that a file may resolve: more would make a small file a large document. */
const aliasLimit = 100;

/**
 * Reads a file of rules, YAML or JSON.
 *
 * @param path a file that may be read: ask `locateFile` or the like first
 * @throws RuleFileError naming the file, line and column of each mistake, and what must stand there
 */
export async function readWrittenRules(path: string): Promise<WrittenRules> {
  const unreadable = (cause: unknown): never => {
    throw new RuleFileError(path, "the file cannot be read", { cause });
  };
  const { size } = await stat(path).catch(unreadable);
  // Each character has a byte at least, and four at most.
  if (size > 4 * fileLimit) throw new RuleFileError(path, tooLong);
  const text = await readFile(path, "utf8").catch(unreadable);
  return parseWrittenRules(text, path);
}

/**
 * Reads rules from YAML 1.2, of which JSON is a part. Nothing is executed or fetched, whatever tags the text has.
 *
 * @param where what to call the text in errors
 * @throws RuleFileError as `readWrittenRules` does
 */
export function parseWrittenRules(text: string, where: string): WrittenRules {
  if (text.length > fileLimit) {
    throw new RuleFileError(where, tooLong);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: "1.2" });
  const mistake = (offset: number, message: string) => {
    const { line, col: column } = lines.linePos(offset);
    return { line, column, message };
  };
  if (document.errors.length > 0) {
    const mistakes = document.errors.map(({ message, pos }) => mistake(pos[0], message));
    throw new RuleFileError(where, "it is neither YAML nor JSON", { mistakes });
  }
  const parsed = writtenRulesSchema.safeParse(contentOf(document, where));
  if (parsed.success) return parsed.data;
  const mistakes = parsed.error.issues.map((issue) => {
    const name = issue.path.join(".") || "the whole";
    return mistake(offsetOf(document, issue), `${name}: ${issue.message}`);
  });
  throw new RuleFileError(where, "it does not hold what it should", { mistakes });
}

function contentOf(document: Document, where: string): unknown {
  try {
    return document.toJS({ maxAliasCount: aliasLimit });
  } catch (cause) {
    throw new RuleFileError(where, (cause as Error).message, { cause });
  }
}

/** Where a mistake is: at the key that nobody knows, at the value that is wrong, else at what lacks it. */
function offsetOf(document: Document, issue: z.core.$ZodIssue): number {
  for (let path = [...issue.path]; ; path = path.slice(0, -1)) {
    const node = path.length === 0 ? document.contents : document.getIn(path, true);
    if (!isNode(node)) {
      if (path.length === 0) return 0;
      continue;
    }
    if (issue.code === "unrecognized_keys" && isMap(node)) {
      const key = node.items
        .map((pair) => pair.key)
        .find((one) => issue.keys.includes(String(one)));
      if (isNode(key)) return key.range?.[0] ?? 0;
    }
    return node.range?.[0] ?? 0;
  }
}
