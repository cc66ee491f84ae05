import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@troupe/nats";
import { endProcess } from "./end-process.ts";
import { freePorts } from "./free-ports.ts";

interface Member {
  readonly name: string;
  readonly port: number;
  readonly configuration: string;
}

const readyLimitMs = 30_000;

/** The program that the cluster's servers run. */
export function clusterProgram(): string {
  return process.env["TROUPE_NATS_SERVER"] || "nats-server";
}

/** Its version, or undefined when there is no such program. */
export function clusterVersion(): string | undefined {
  try {
    const said = execFileSync(clusterProgram(), ["--version"], { encoding: "utf8" });
    return /v(\d+\.\d+\.\d+)/.exec(said)?.[1];
  } catch {
    return undefined;
  }
}

/** Three real nats-servers that are one cluster. */
export class NatsCluster {
  /** All servers, separated by commas. */
  readonly url: string;
  readonly #directory: string;
  readonly #members: readonly Member[];
  readonly #processes = new Map<string, ChildProcess>();

  private constructor(directory: string, members: readonly Member[]) {
    this.#directory = directory;
    this.#members = members;
    this.url = members.map(({ port }) => `nats://127.0.0.1:${port}`).join(",");
  }

  static async start(): Promise<NatsCluster> {
    const directory = mkdtempSync(join(tmpdir(), "troupe-nats-cluster-"));
    const ports = await freePorts(6);
    const routes = ports.slice(3).map((port) => `nats://127.0.0.1:${port}`);
    const members = routes.map((_, at) => {
      const [name, port = 0, routePort = 0] = [`s${at + 1}`, ports[at], ports[at + 3]];
      const store = join(directory, name);
      mkdirSync(store);
      const configuration = join(directory, `${name}.conf`);
      writeFileSync(configuration, configured({ name, port, routePort, store, routes }));
      return { name, port, configuration };
    });
    const cluster = new NatsCluster(directory, members);
    await Promise.all(members.map(({ name }) => cluster.startServer(name)));
    return cluster;
  }

  /** Starts a server and waits until it can be connected to. */
  async startServer(name: string): Promise<void> {
    const member = this.#members.find((one) => one.name === name);
    if (member === undefined) throw new Error(`the cluster has no server ${name}`);
    const child = spawn(clusterProgram(), ["--config", member.configuration], { stdio: "ignore" });
    this.#processes.set(name, child);
    const connection = await connect({
      url: `nats://127.0.0.1:${member.port}`,
      name: "start",
      timeoutMs: readyLimitMs,
    });
    await connection.close();
  }

  async kill(name: string): Promise<void> {
    const child = this.#processes.get(name);
    this.#processes.delete(name);
    if (child !== undefined) await endProcess(child, "SIGKILL");
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#processes.keys()].map((name) => this.kill(name)));
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

function configured(server: {
  readonly name: string;
  readonly port: number;
  readonly routePort: number;
  readonly store: string;
  readonly routes: readonly string[];
}): string {
  const { name, port, routePort, store, routes } = server;
  return `server_name: ${name}
host: "127.0.0.1"
port: ${port}
jetstream {
  store_dir: ${JSON.stringify(store)}
  max_file_store: ${2 ** 40}
}
cluster {
  name: troupe
  host: "127.0.0.1"
  port: ${routePort}
  routes: [${routes.join(", ")}]
}
`;
}
