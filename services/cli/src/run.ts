import { ensureError, TroupeError } from "@troupe/actor";
import { CommanderError } from "commander";
import { errorDocument, exitCodeOf, exitCodes } from "./errors.ts";
import type { Io } from "./io.ts";
import { writeJson } from "./output/write.ts";
import { buildProgram } from "./program.ts";

/**
 * Runs the command line and says what went wrong, if anything did, in one line.
 *
 * @param args without the program's own name
 * @returns the exit code
 */
export async function run(io: Io, args: readonly string[]): Promise<number> {
  let exitCode: number = exitCodes.ok;
  const program = buildProgram(io, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return endOfParsing(io, thrown, args);
    const error = ensureError(thrown);
    if (args.includes("--json")) writeJson(io.out, errorDocument(error));
    io.err.write(`troupe: ${describe(error)}\n`);
    if (io.environment["TROUPE_DEBUG"] !== undefined) io.err.write(`${error.stack ?? ""}\n`);
    return exitCodeOf(error);
  }
}

/** Help and version end parsing too, and well. Commander has written what there is to say. */
function endOfParsing(
  io: Io,
  { exitCode, message }: CommanderError,
  args: readonly string[],
): number {
  if (exitCode === 0) return exitCodes.ok;
  if (args.includes("--json")) {
    writeJson(io.out, {
      error: { code: "usage", message: message.replace(/^error: /, ""), retryable: false },
    });
  }
  return exitCodes.usage;
}

function describe(error: Error): string {
  if (error instanceof TroupeError) return error.message;
  const first = error.message.split("\n")[0] ?? "";
  return `unexpected ${error.name}: ${first}; set TROUPE_DEBUG=1 for details`;
}
