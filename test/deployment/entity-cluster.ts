import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import {
  type ActorSystem,
  createActorSystem,
  type Entities,
  entityRefs,
  type Journal,
  type SystemEvent,
} from "@troupe/actor";
import {
  type Connection,
  connect,
  ensureStreams,
  natsJournal,
  natsTransport,
  streamName,
} from "@troupe/nats";
import { arrivals } from "@troupe/nats/testing";
import { endProcess } from "./end-process.ts";
import type { HostReport } from "./entity-host.ts";
import { tally, type tallyProtocol } from "./tally.ts";
import { TallyLoad } from "./tally-load.ts";

const program = join(import.meta.dirname, "entity-host.ts");
const prefix = "tallies";
const keyCount = 50;
/** Fast enough that a test sees a node lost, slow enough for a busy machine. */
const membership = { heartbeatMs: 200, suspectMs: 1500 };
const limitMs = 30_000;

export interface EntityClusterOptions {
  readonly url: string;
  /** Names of the hosts, each with the url by which it reaches the server. */
  readonly hosts: Readonly<Record<string, string>>;
  readonly replicas?: 1 | 3;
}

/** Hosts of tallies as processes of their own; the test's process is a node too, and hosts none. */
export class EntityCluster {
  readonly connection: Connection;
  readonly journal: Journal;
  readonly #options: EntityClusterOptions;
  readonly #system: ActorSystem;
  readonly #tallies: Entities<(typeof tallyProtocol)["messages"]>;
  readonly #processes = new Map<string, ChildProcess>();
  readonly #fenced = new Map<string, (subject: string) => void>();

  private constructor(connection: Connection, options: EntityClusterOptions) {
    this.connection = connection;
    this.journal = natsJournal(connection, { prefix });
    this.#options = options;
    const ports = { transport: natsTransport(connection) };
    this.#system = createActorSystem({ node: "client", ports, membership });
    this.#tallies = entityRefs(this.#system, tally);
  }

  static async start(options: EntityClusterOptions): Promise<EntityCluster> {
    const { url, hosts, replicas = 1 } = options;
    const connection = await connect({ url, name: "client" });
    await ensureStreams(connection, { prefix, replicas });
    const cluster = new EntityCluster(connection, options);
    await Promise.all(Object.keys(hosts).map((name) => cluster.startHost(name)));
    return cluster;
  }

  /** Starts a host and waits until this node sees it. */
  async startHost(name: string): Promise<void> {
    const seen = this.sees("node-joined", name);
    const url = this.#options.hosts[name] ?? this.#options.url;
    const { heartbeatMs, suspectMs } = membership;
    const child = fork(program, [url, name, prefix, String(heartbeatMs), String(suspectMs)], {
      execArgv: ["--conditions=troupe:source", "--no-warnings"],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#processes.set(name, child);
    child.on("message", ({ fenced }: HostReport) => this.#fenced.get(name)?.(fenced));
    const ended = once(child, "exit").then(() => {
      throw new Error(`host ${name} ended before it was ready`);
    });
    await Promise.race([seen, ended]);
    ended.catch(() => {});
  }

  signal(name: string, signal: "SIGSTOP" | "SIGCONT"): void {
    this.#processes.get(name)?.kill(signal);
  }

  async kill(name: string): Promise<void> {
    const child = this.#processes.get(name);
    this.#processes.delete(name);
    if (child !== undefined) await endProcess(child, "SIGKILL");
  }

  /** Calls to tallies that no other load has called, from this node. */
  load(name: string, seed: number): TallyLoad {
    return new TallyLoad(this.#tallies, { name, seed, keys: keyCount });
  }

  /** Resolves when this node next sees that of the named one. */
  async sees(kind: "node-joined" | "node-lost", name: string): Promise<void> {
    const seen = arrivals<SystemEvent>(limitMs);
    const stop = this.#system.observe((event) => {
      if (event.kind === kind && event.node === name) seen.push(event);
    });
    await seen.next();
    stop();
  }

  /** Resolves when the journal next refuses a write of that host's. */
  async fenced(name: string): Promise<void> {
    const refused = arrivals<string>(limitMs);
    this.#fenced.set(name, (subject) => refused.push(subject));
    await refused.next();
    this.#fenced.delete(name);
  }

  /** The server that leads the journal's stream, when it has replicas. */
  async journalLeader(): Promise<string> {
    const { streams } = this.connection.manager;
    const { cluster } = await streams.info(streamName(prefix, "journal"));
    if (cluster?.leader === undefined) throw new Error("the journal's stream has no leader");
    return cluster.leader;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#processes.keys()].map((name) => this.kill(name)));
    await this.#system.stop();
    await this.connection.close();
  }
}
