import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "@troupe/actor";
import { type Engine, openEngine, removeDeadSpills } from "@troupe/data";
import type { NodeConfig } from "./config.ts";

/** Where the data of a node lies, and the engine that works on it. */
export interface NodeFiles {
  readonly engine: Engine;
  /** Directories that goals may read. */
  readonly readable: readonly string[];
  /** Directory for intermediate files, shared by all nodes. */
  readonly workspace: string;
  /** Directory of published datasets and reports, shared by all nodes. */
  readonly datasets: string;
}

/** Makes the folders of a node that are missing, removes what killed nodes left, and opens the engine. */
export async function openFiles(config: NodeConfig, log: Log): Promise<NodeFiles> {
  const { node, dataDirectory } = config;
  const workspace = join(dataDirectory, "work");
  const datasets = join(dataDirectory, "datasets");
  await mkdir(workspace, { recursive: true });
  await mkdir(datasets, { recursive: true });
  const readable = [...config.sources, datasets];
  const spill = config.spillDirectory ?? join(dataDirectory, "spill");
  const left = await removeDeadSpills(spill, node);
  if (left.length > 0) log("info", "removed what killed nodes had spilled", { folders: left });
  const engine = await openEngine({
    readable,
    workspace: dataDirectory,
    spill,
    owner: node,
    memoryLimitMb: config.memoryMb,
    spillLimitMb: config.spillMb,
    threads: config.threads,
  });
  return { engine, readable, workspace, datasets };
}
