import type { Log, LogLevel } from "@troupe/actor";

/** What a log writes, and where to. */
export interface ConsoleLogOptions {
  /** Named in every line. */
  readonly node: string;
  /** Least level that is written. */
  readonly level: LogLevel;
  /** One JSON object a line instead of words. Default: words on a terminal, JSON elsewhere. */
  readonly json?: boolean;
  /** Where lines go. Default: stderr. */
  readonly write?: (line: string) => void;
}

const ranks: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** The log port on stderr. Credentials in addresses are left out. */
export function consoleLog(options: ConsoleLogOptions): Log {
  const { node, level: least, json = !process.stderr.isTTY } = options;
  const write = options.write ?? ((line: string) => void process.stderr.write(`${line}\n`));
  return (level, message, fields = {}) => {
    if (ranks[level] < ranks[least]) return;
    const plain = Object.fromEntries(
      Object.entries(fields).map(([key, value]) => [
        key,
        value instanceof Error ? value.message : value,
      ]),
    );
    const line = json
      ? jsonOf({ level, node, message, ...plain })
      : `${level.padEnd(5)} ${node} ${message} ${inline(plain)}`.trimEnd();
    write(withoutPasswords(line));
  };
}

function inline(fields: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields)
    .map(([key, value]) => `${key}=${typeof value === "string" ? value : jsonOf(value)}`)
    .join(" ");
}

/** Never throws: what JSON has no form for must not stop the code that logs it. */
function jsonOf(value: unknown): string {
  const within: unknown[] = [];
  return (
    JSON.stringify(value, function (this: unknown, _key, part: unknown) {
      if (typeof part === "bigint") return String(part);
      if (part instanceof Error) return part.message;
      if (typeof part !== "object" || part === null) return part;
      within.length = within.indexOf(this) + 1;
      if (within.includes(part)) return "[circular]";
      within.push(part);
      return part;
    }) ?? "undefined"
  );
}

/** `nats://user:secret@host` without what comes before the `@`. */
function withoutPasswords(line: string): string {
  return line.replaceAll(/\b([a-z][a-z\d+.-]*:\/\/)[^\s/"]+@/gi, "$1***@");
}
