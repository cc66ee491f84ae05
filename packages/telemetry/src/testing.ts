import { spawnSync } from "node:child_process";

/** Debian has it in the package `prometheus`; `PROMTOOL` names another. */
const promtool = process.env["PROMTOOL"] ?? "promtool";

/** Whether Prometheus' own checker is on this machine; tests that need it are skipped with a notice when not. */
export const hasPromtool = spawnSync(promtool, ["--version"]).status === 0;
if (!hasPromtool) {
  console.warn("promtool is not installed (Debian: prometheus): what it would check is skipped");
}

/** Runs promtool; what it says comes back, both streams. */
export function runPromtool(
  args: readonly string[],
  input = "",
): { readonly exitCode: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(promtool, args, { input, encoding: "utf8" });
  return { exitCode: status, said: `${stdout}${stderr}` };
}
