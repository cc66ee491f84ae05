import { once } from "node:events";
import { createServer } from "node:net";
import { ensureError } from "@troupe/actor";
import { type ConsoleConfig, readConsoleConfig } from "@troupe/console";
import { type NodeConfig, readNodeConfig } from "@troupe/node-service";
import { capacityOfThisMachine } from "@troupe/orchestration";
import { z } from "zod";
import { formatBytes } from "../output/quantity.ts";
import { type Check, fail, ok, warn } from "./check.ts";
import { checkPeople } from "./people.ts";

/** The part of a node's memory that DuckDB may have: the rest is for the node itself. */
const engineShare = 0.8;

type Environment = Readonly<Record<string, string | undefined>>;

/** What nodes and consoles would be told by this environment, and whether this machine can give it. */
export async function checkSettings(environment: Environment): Promise<readonly Check[]> {
  return [...(await checkNodeSettings(environment)), ...(await checkConsoleSettings(environment))];
}

async function checkNodeSettings(environment: Environment): Promise<readonly Check[]> {
  let config: NodeConfig;
  try {
    config = readNodeConfig(environment);
  } catch (thrown) {
    return judgeSettings(thrown, "settings", "node", "docs/operations.md");
  }
  const { memory = 0 } = capacityOfThisMachine().capacity;
  return [
    judgeMemory(config.memoryMb * 2 ** 20, memory),
    ...judgeSilence(config),
    ...(await checkPort("TROUPE_METRICS_PORT", config.metricsHost, config.metricsPort)),
  ];
}

async function checkConsoleSettings(environment: Environment): Promise<readonly Check[]> {
  let config: ConsoleConfig;
  try {
    config = readConsoleConfig(environment);
  } catch (thrown) {
    return judgeSettings(thrown, "console settings", "console", "docs/console.md");
  }
  const variable = "TROUPE_CONSOLE_PORT";
  // A console that nobody asked for needs no port.
  const port = environment[variable] ? config.port : undefined;
  return [...(await checkPort(variable, config.host, port)), ...(await checkPeople(config))];
}

/** @param thrown by what read the settings */
function judgeSettings(
  thrown: unknown,
  name: string,
  process: string,
  page: string,
): readonly Check[] {
  if (!(thrown instanceof z.ZodError)) throw thrown;
  return thrown.issues.map(({ path, message }) =>
    fail(
      name,
      `${path.join(".")}: ${message}`,
      `no ${process} starts in this environment`,
      `correct the variable: ${page} lists them all`,
    ),
  );
}

/**
 * @param wanted what DuckDB may use, bytes
 * @param available what this process may use, by its control group and its machine, bytes
 */
export function judgeMemory(wanted: number, available: number): Check {
  const name = "memory";
  const found = `DuckDB may use ${formatBytes(wanted)} of ${formatBytes(available)}`;
  if (wanted <= available * engineShare) return ok(name, found);
  const remedy = "lower TROUPE_MEMORY_MB, or give the container more";
  return wanted > available
    ? fail(name, found, "a node is killed by its limit before its queries spill to disk", remedy)
    : warn(name, found, "little is left for the node itself", remedy);
}

function judgeSilence({ leaseMs, suspectMs }: NodeConfig): readonly Check[] {
  if (suspectMs <= leaseMs) return [];
  return [
    warn(
      "lease",
      `TROUPE_SUSPECT_MS is ${suspectMs}, TROUPE_LEASE_MS ${leaseMs}`,
      "goals are taken over from nodes that still count as there, so their agents are asked in vain",
      "make TROUPE_SUSPECT_MS less than TROUPE_LEASE_MS",
    ),
  ];
}

/** Whether a port that is to be served can be had; nothing when none is, or any will do. */
async function checkPort(
  variable: string,
  host: string,
  port: number | undefined,
): Promise<readonly Check[]> {
  if (port === undefined || port === 0) return [];
  const name = `port ${port}`;
  const probe = createServer();
  try {
    probe.listen(port, host);
    await once(probe, "listening");
    await once(probe.close(), "close");
    return [ok(name, `free on ${host}, for ${variable}`)];
  } catch (thrown) {
    return [
      warn(
        name,
        `${host}: ${ensureError(thrown).message}`,
        `what ${variable} asks for cannot be served, unless it is this deployment that has it`,
        `stop what has the port, or set ${variable} to another`,
      ),
    ];
  }
}
