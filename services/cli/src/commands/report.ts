import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { nodeStatuses } from "@troupe/console/nodes";
import {
  performanceReport,
  type ReportFormat,
  renderReport,
  statusReport,
} from "@troupe/telemetry";
import { nodeDoor, type TargetOptions, withDeployment } from "../connection.ts";
import { exitCodes } from "../errors.ts";
import type { Io } from "../io.ts";

export interface ReportOptions extends TargetOptions {
  readonly performance: boolean;
  readonly format: ReportFormat;
  /** File to write; without it, standard output. */
  readonly output?: string;
}

/** `troupe report`: how a deployment is, or how it does. */
export async function report(io: Io, options: ReportOptions): Promise<number> {
  const { nodes, missing } = await withDeployment(io, options, (deployment) =>
    nodeStatuses(nodeDoor(io, deployment)),
  );
  const at = io.clock.now();
  const made = options.performance
    ? performanceReport(nodes, at)
    : statusReport(nodes, missing, at);
  const text = renderReport(made, options.format);
  if (options.output === undefined) io.out.write(text);
  else await writeFile(resolve(io.directory, options.output), text);
  return nodes.length === 0 ? exitCodes.unreachable : exitCodes.ok;
}
