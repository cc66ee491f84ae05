import { consoleLog } from "@troupe/telemetry";
import { z } from "zod";
import { readConsoleConfig } from "./config.ts";
import { startConsole } from "./console.ts";

/** Runs a console until it is told to stop: what containers start. */
async function main(): Promise<void> {
  const config = readConsoleConfig(process.env);
  const log = consoleLog({ level: "info", node: "console" });
  const running = await startConsole(config, log);
  log("info", "the console is served", { url: running.url });
  // Once, and not into the log, which others may read.
  if (running.madeUpToken !== undefined) console.error(`log in with ${running.madeUpToken}`);
  const stop = (): void => {
    running.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

main().catch((error: unknown) => {
  const message =
    error instanceof z.ZodError
      ? error.issues.map(({ path, message: why }) => `${path.join(".")}: ${why}`).join("\n")
      : error instanceof Error
        ? error.message
        : String(error);
  console.error(message);
  process.exit(1);
});
