import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { ensureError } from "@troupe/actor";
import type { WrittenRules } from "@troupe/data";
import { type TargetOptions, withDeployment } from "../connection.ts";
import { exitCodes, InterruptedError, UsageError } from "../errors.ts";
import { exitCodeOfGoal } from "../goal-end.ts";
import type { Io } from "../io.ts";
import { writeJson, writeLines } from "../output/write.ts";
import { watchGoal } from "../watch-goal.ts";

export interface GoalSubmitOptions extends TargetOptions {
  readonly json: boolean;
  readonly watch: boolean;
  readonly timeout: number;
  readonly kind?: string;
  /** Files, or patterns for the names of some. */
  readonly source?: readonly string[];
  readonly output?: string;
  /** File of quality rules, YAML or JSON, on this machine: the goal holds what is in it. */
  readonly rules?: string;
  readonly id?: string;
  /** Has it traced however many goals begin. Default: as its nodes decide. */
  readonly trace?: boolean;
}

/** `troupe goal submit`: publishes a goal, and with `--watch` follows it to its end. */
export async function goalSubmit(
  io: Io,
  file: string | undefined,
  options: GoalSubmitOptions,
): Promise<number> {
  const { json, watch, timeout } = options;
  const goal = await goalFrom(io, file, options);
  let stored: string | undefined;
  const done = withDeployment(io, options, async (deployment) => {
    const receipt = await deployment.client.submit(goal);
    stored = receipt.goal;
    if (json) {
      writeJson(io.out, watch ? { type: "receipt", ...receipt } : receipt);
    } else {
      const known = receipt.duplicate ? " (already known: it is not run again)" : "";
      writeLines(io.out, [
        `goal ${receipt.goal} is stored as number ${receipt.seq} of ${receipt.stream}${known}`,
        ...(watch ? [""] : [`follow it: troupe goal watch ${receipt.goal}`]),
      ]);
    }
    if (!watch) return exitCodes.ok;
    const limitMs = timeout * 1000;
    return exitCodeOfGoal(await watchGoal(io, { deployment, goal: receipt.goal, json, limitMs }));
  });
  return done.catch((error) => {
    throw error instanceof InterruptedError ? new InterruptedError(stored) : error;
  });
}

/**
 * The goal document: a file's, standard input's, or made from the options.
 *
 * @throws UsageError when there is none, or when it is not a JSON object
 */
async function goalFrom(
  io: Io,
  file: string | undefined,
  options: GoalSubmitOptions,
): Promise<Record<string, unknown>> {
  const { kind, source, output, id, rules, trace } = options;
  const fields = {
    ...(kind === undefined ? {} : { kind }),
    ...(source === undefined ? {} : { source: sourceFrom(io, source) }),
    ...(output === undefined ? {} : { output }),
    ...(rules === undefined ? {} : { rules: await rulesFrom(io, rules) }),
    ...(id === undefined ? {} : { id }),
    ...(trace === true ? { trace: "always" } : {}),
  };
  if (file === undefined) {
    if (kind === undefined || source === undefined) {
      throw new UsageError(
        "nothing to submit: name a file with the goal, '-' for standard input, or give --kind and --source",
      );
    }
    return fields;
  }
  const text = await textOf(io, file);
  return { ...parseGoal(text, file === "-" ? "standard input" : `'${file}'`), ...fields };
}

/**
 * One path as it is, several as a list.
 *
 * @throws UsageError when one is empty: it would be taken for this directory
 */
function sourceFrom(io: Io, given: readonly string[]): string | readonly string[] {
  if (given.includes("")) throw new UsageError("--source is empty: name a file, or a pattern");
  const paths = given.map((path) => resolve(io.directory, path));
  const [only] = paths;
  return paths.length === 1 && only !== undefined ? only : paths;
}

async function textOf(io: Io, file: string): Promise<string> {
  return file === "-" ? io.readInput() : readText(io, file, "goal file", "JSON");
}

async function readText(io: Io, file: string, what: string, kind: string): Promise<string> {
  try {
    return await readFile(resolve(io.directory, file), "utf8");
  } catch (error) {
    throw new UsageError(
      `the ${what} '${file}' can't be read (${ensureError(error).message}): name an existing ${kind} file`,
    );
  }
}

/** @throws UsageError naming line and column of what is wrong in the file */
async function rulesFrom(io: Io, file: string): Promise<WrittenRules> {
  const text = await readText(io, file, "file of rules", "YAML or JSON");
  // Only for this: it brings a database engine with it.
  const { parseWrittenRules } = await import("@troupe/data");
  try {
    return parseWrittenRules(text, file);
  } catch (error) {
    throw new UsageError(ensureError(error).message);
  }
}

function parseGoal(text: string, where: string): Record<string, unknown> {
  let goal: unknown;
  try {
    goal = JSON.parse(text);
  } catch (error) {
    throw new UsageError(
      `the goal in ${where} is not JSON (${ensureError(error).message}); expected {"kind": "clean", "source": "<file>"}`,
    );
  }
  if (typeof goal !== "object" || goal === null || Array.isArray(goal)) {
    throw new UsageError(
      `the goal in ${where} is not a JSON object; expected {"kind": "clean", "source": "<file>"}`,
    );
  }
  return { ...goal };
}
