import { systemClock } from "@troupe/actor";
import { z } from "zod";
import { readNodeConfig } from "./config.ts";
import { drainMs, startNode } from "./node.ts";

/** Runs one node until it is told to stop, or until the process that started it is gone. */
async function main(): Promise<void> {
  const config = readNodeConfig(process.env);
  let stopping = false;
  const end = (exitCode: number): void => {
    if (stopping) return;
    stopping = true;
    systemClock.schedule(drainMs, () => process.exit(1));
    node.stop().then(
      () => process.exit(exitCode),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  const stop = (): void => end(0);
  // Whoever runs this node starts it anew when it ends with a failure.
  const node = await startNode(config, { drain: () => end(1) });
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  process.on("disconnect", stop);
  // Whoever started this node may be gone before it was up.
  if (process.send !== undefined && !process.connected) stop();
  else process.send?.({ ready: true, node: node.name });
}

main().catch((error: unknown) => {
  const message =
    error instanceof z.ZodError
      ? error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("\n")
      : error instanceof Error
        ? error.message
        : String(error);
  console.error(message);
  process.exit(1);
});
