import { type ConsoleConfig, readConsoleConfig, startConsole } from "@troupe/console";
import { consoleLog } from "@troupe/telemetry";
import { z } from "zod";
import { type TargetOptions, targetOf } from "../connection.ts";
import { exitCodes, InterruptedError, UsageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { writeJson, writeLines } from "../output/write.ts";
import { unlessInterrupted } from "../waiting.ts";

export interface ConsoleOptions extends TargetOptions {
  /** Default: as `TROUPE_CONSOLE_PORT` and `TROUPE_CONSOLE_HOST` say. */
  readonly port?: number;
  readonly host?: string;
  readonly json: boolean;
}

/** `troupe console`: the HTTP API and the pages of a deployment, until it is interrupted. */
export async function console(io: Io, options: ConsoleOptions): Promise<number> {
  const { url: natsUrl, prefix } = targetOf(options, io);
  const config = configOf({
    ...io.environment,
    NATS_URL: natsUrl,
    TROUPE_PREFIX: prefix,
    ...(options.host === undefined ? {} : { TROUPE_CONSOLE_HOST: options.host }),
    ...(options.port === undefined ? {} : { TROUPE_CONSOLE_PORT: String(options.port) }),
  });
  const log = consoleLog({ level: "warn", node: "console" });
  const running = await unlessInterrupted(io, startConsole(config, log));
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

/** @throws UsageError naming the first setting that cannot be used */
function configOf(environment: Readonly<Record<string, string | undefined>>): ConsoleConfig {
  try {
    return readConsoleConfig(environment);
  } catch (thrown) {
    if (!(thrown instanceof z.ZodError)) throw thrown;
    const [issue] = thrown.issues;
    throw new UsageError(`${issue?.path.join(".") ?? "options"}: ${issue?.message ?? "wrong"}`);
  }
}
