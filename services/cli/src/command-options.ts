import { type Command, InvalidArgumentError, Option } from "commander";
import { type FaultKind, faultKinds } from "./chaos/fault-kinds.ts";

/** Is told the exit code of the command that ran. */
export type Finish = (exitCode: number) => void;

/** Longest time that goals are followed unless told otherwise, seconds. */
const defaultTimeout = 3600;

/** The options by which every client command finds its deployment. */
export function withTarget(command: Command): Command {
  return command
    .option("--server <url>", "NATS server (default: NATS_URL, else that of 'troupe up' here)")
    .option(
      "--prefix <name>",
      "first token of every subject (default: TROUPE_PREFIX, else troupe)",
    );
}

/** How long goals are followed, in seconds. */
export function timeoutOption(what: string): Option {
  return new Option("--timeout <seconds>", what)
    .argParser(wholeNumber(1, 604_800))
    .default(defaultTimeout);
}

/** Reads an argument that is a whole number of a range. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

/** Reads kinds of faults, separated by commas. */
export function faultKindList(text: string): readonly FaultKind[] {
  const named = text.split(",").map((name) => name.trim());
  const unknown = named.find((name) => !faultKinds.some((kind) => kind === name));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`'${unknown}' is none of ${faultKinds.join(", ")}.`);
  }
  return faultKinds.filter((kind) => named.includes(kind));
}

/** Reads an argument that is a number above 0. */
export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) {
    throw new InvalidArgumentError("It must be a number above 0.");
  }
  return value;
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Reads a time such as `90s`, `30m`, `2h` or `7d`, as seconds. */
export function timeSpan(most: number): (text: string) => number {
  return (text) => {
    const [, amount, unit = ""] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
    const seconds = Number(amount) * (unitSeconds[unit] ?? 0);
    if (!(seconds >= 1 && seconds <= most)) {
      throw new InvalidArgumentError(
        `It must be a number and s, m, h or d, as 30m, of ${most / 86_400} days at most.`,
      );
    }
    return seconds;
  };
}

/** Reads `name=value`, once or several times. */
export function label(
  text: string,
  before: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("It must be a name, '=' and a value.");
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

/** Commands with what they are for, below the help of one. */
export function examples(...lines: readonly (readonly [command: string, why: string])[]): string {
  const shown = lines.map(([command, why]) =>
    why === "" ? `  $ ${command}` : `  $ ${command}\n      ${why}`,
  );
  return `\nExamples:\n${shown.join("\n")}\n`;
}
