import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import {
  type Journal,
  type Subscription,
  silentLog,
  systemClock,
  systemRandom,
  type Transport,
} from "@troupe/actor";
import { GoalClient, type GoalEvent, NoNodesError } from "@troupe/goals";
import { type Connection, connect, ensureStreams, natsJournal, natsTransport } from "@troupe/nats";
import { startTestServer, type TestServer } from "@troupe/nats/testing";
import { nodeMain } from "@troupe/node-service";
import { endProcess } from "./end-process.ts";

export interface DeploymentOptions {
  readonly nodes: number;
  /** Directories that goals may read, besides the deployment's own inbox folder. */
  readonly sources?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Processors that nodes are bound to, one each, in the order in which they start; by turns where there are more nodes. Default: any. */
  readonly cores?: readonly number[];
}

/** A real deployment for tests: a nats-server and actor nodes as processes of their own. */
export class Deployment {
  readonly server: TestServer;
  readonly directory: string;
  /** A folder that goals may read, for files a test writes. */
  readonly inbox: string;
  readonly client: GoalClient;
  readonly transport: Transport;
  readonly journal: Journal;
  readonly nodes = new Map<string, ChildProcess>();
  readonly #options: DeploymentOptions;
  readonly #connection: Connection;

  private constructor(
    server: TestServer,
    directory: string,
    connection: Connection,
    options: DeploymentOptions,
  ) {
    const transport = natsTransport(connection);
    this.server = server;
    this.#connection = connection;
    this.directory = directory;
    this.inbox = directory;
    this.transport = transport;
    this.journal = natsJournal(connection, { prefix: "troupe" });
    this.#options = options;
    this.client = new GoalClient({
      ports: { transport, clock: systemClock, random: systemRandom },
    });
  }

  static async start(options: DeploymentOptions): Promise<Deployment> {
    const server = await startTestServer();
    const directory = mkdtempSync(join(tmpdir(), "troupe-test-"));
    const connection = await connect({ url: server.url, name: "test", log: silentLog });
    await ensureStreams(connection, { prefix: "troupe" });
    const deployment = new Deployment(server, directory, connection, options);
    const names = Array.from({ length: options.nodes }, (_, index) => `n${index + 1}`);
    await Promise.all(names.map((name) => deployment.startNode(name)));
    return deployment;
  }

  /** Starts one node and waits until it takes goals. */
  async startNode(
    name: string,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<ChildProcess> {
    const child = fork(nodeMain, [], {
      ...this.#program(),
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      env: {
        ...process.env,
        NATS_URL: this.server.url,
        TROUPE_NODE: name,
        TROUPE_DATA: join(this.directory, "data"),
        TROUPE_SOURCES: [this.inbox, ...(this.#options.sources ?? [])].join(delimiter),
        TROUPE_LOG: process.env["TROUPE_LOG"] ?? "error",
        TROUPE_LEASE_MS: "3000",
        TROUPE_SUSPECT_MS: "2000",
        ...this.#options.environment,
        ...environment,
      },
    });
    this.nodes.set(name, child);
    const ended = once(child, "exit").then(() => {
      throw new Error(`node ${name} ended before it was ready`);
    });
    await Promise.race([once(child, "message"), ended]);
    ended.catch(() => {});
    return child;
  }

  /** What the next node is run by. */
  #program(): { readonly execPath?: string; readonly execArgv: string[] } {
    const execArgv = ["--conditions=troupe:source"];
    const { cores = [] } = this.#options;
    const core = cores[this.nodes.size % cores.length];
    if (core === undefined) return { execArgv };
    return { execPath: "taskset", execArgv: ["-c", String(core), process.execPath, ...execArgv] };
  }

  /** Kills the server as a power cut would, starts it again, and waits until this client is back. */
  async restartServer(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stopListening = this.#connection.onReconnect(resolve);
    await this.server.kill();
    await this.server.restart();
    await promise;
    stopListening();
  }

  /** Kills a node as a power cut would, and waits until it is gone. */
  async kill(name: string): Promise<void> {
    const child = this.nodes.get(name);
    this.nodes.delete(name);
    if (child !== undefined) await endProcess(child, "SIGKILL");
  }

  /** Follows a goal until it ends, or until an event satisfies `until`. */
  async follow(
    goal: string,
    until: (event: GoalEvent) => boolean = ({ record }) => endings.has(record.type),
  ): Promise<readonly GoalEvent[]> {
    const events: GoalEvent[] = [];
    let found: () => void = () => {};
    const done = new Promise<void>((resolve) => {
      found = resolve;
    });
    const subscription = await this.#watch(goal, (event) => {
      events.push(event);
      if (until(event)) found();
    });
    await done;
    subscription.unsubscribe();
    return events;
  }

  /** Watches as soon as a node answers: after the death of a server they come back one by one. */
  async #watch(goal: string, observe: (event: GoalEvent) => void): Promise<Subscription> {
    for (;;) {
      try {
        return await this.client.watch(goal, observe);
      } catch (error) {
        if (!(error instanceof NoNodesError)) throw error;
        const { promise, resolve } = Promise.withResolvers<void>();
        const heartbeats = this.transport.subscribe("troupe.main.cluster.*", () => resolve());
        await promise;
        heartbeats.unsubscribe();
      }
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.nodes.values()].map((child) => endProcess(child, "SIGTERM")));
    await this.#connection.close();
    await this.server.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

const endings = new Set(["finished", "failed", "cancelled"]);
