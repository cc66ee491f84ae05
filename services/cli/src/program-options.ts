import { type Command, InvalidArgumentError, Option } from "commander";

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

/** How long a command waits for the end of a goal. */
export function timeoutOption(what: string): Option {
  return new Option("--timeout <seconds>", what)
    .argParser(wholeNumber(1, 604_800))
    .default(defaultTimeout);
}

/** Reads a whole number within bounds. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

/** Reads a number above 0. */
export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) {
    throw new InvalidArgumentError("It must be a number above 0.");
  }
  return value;
}

/** Examples below the help of a command, each with what it is for. */
export function examples(...lines: readonly (readonly [command: string, why: string])[]): string {
  const shown = lines.map(([command, why]) =>
    why === "" ? `  $ ${command}` : `  $ ${command}\n      ${why}`,
  );
  return `\nExamples:\n${shown.join("\n")}\n`;
}
