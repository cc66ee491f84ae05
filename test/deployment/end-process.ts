import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** Ends a process and waits until it is gone: by SIGKILL as a power cut would, or by SIGTERM as asked to. */
export async function endProcess(
  child: ChildProcess,
  signal: "SIGKILL" | "SIGTERM",
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}
