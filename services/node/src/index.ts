import { fileURLToPath } from "node:url";

export { type NodeConfig, nodeConfigSchema, readNodeConfig } from "./config.ts";
export { drainMs, type RunningNode, startNode } from "./node.ts";

/** Path of the program that runs one node; start it with `--conditions=troupe:source`. */
export const nodeMain = fileURLToPath(new URL("./main.ts", import.meta.url));
