import { consoleConfigSchema, startConsole } from "@troupe/console";
import { consoleLog } from "@troupe/telemetry";
import { type TargetOptions, targetOf } from "../connection.ts";
import { exitCodes, InterruptedError, UsageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { writeJson, writeLines } from "../output/write.ts";
import { unlessInterrupted } from "../waiting.ts";

export interface ConsoleOptions extends TargetOptions {
  readonly port?: number;
  readonly host?: string;
  readonly json: boolean;
}

/** `troupe console`: the HTTP API and the pages of a deployment, until it is interrupted. */
export async function console(io: Io, options: ConsoleOptions): Promise<number> {
  const { url: natsUrl, prefix } = targetOf(options, io);
  const token = io.environment["TROUPE_CONSOLE_TOKEN"] || undefined;
  const parsed = consoleConfigSchema.safeParse({
    natsUrl,
    prefix,
    host: options.host,
    port: options.port,
    token,
  });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UsageError(`${issue?.path.join(".") ?? "options"}: ${issue?.message ?? "wrong"}`);
  }
  const log = consoleLog({ level: "warn", node: "console" });
  const running = await unlessInterrupted(io, startConsole(parsed.data, log));
  const { url, madeUpToken } = running;
  if (options.json) {
    const made = madeUpToken === undefined ? {} : { token: madeUpToken };
    writeJson(io.out, { type: "console", url, prefix, ...made });
  } else {
    const login = madeUpToken === undefined ? [] : [`log in with ${madeUpToken}`];
    writeLines(io.out, [`console at ${url}; Ctrl-C stops it`, ...login]);
  }
  try {
    await unlessInterrupted(io, new Promise<never>(() => {}));
    return exitCodes.ok;
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    return exitCodes.interrupted;
  } finally {
    await running.stop();
  }
}
