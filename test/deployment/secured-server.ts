import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  authorizationConfig,
  type Connection,
  connect,
  permissionsOf,
  type Role,
} from "@troupe/nats";
import { clusterProgram } from "./nats-cluster.ts";

/** A nats-server that knows users, each with the permissions of its role. */
export class SecuredServer {
  readonly #directory: string;
  readonly #port: number;
  readonly #process: ChildProcess;
  readonly #connections: Connection[] = [];
  /** What the server refused each user, as its client was told. */
  readonly refusals = new Map<string, string[]>();

  private constructor(directory: string, port: number, process: ChildProcess) {
    this.#directory = directory;
    this.#port = port;
    this.#process = process;
  }

  static async start(roles: Readonly<Record<string, Role>>): Promise<SecuredServer> {
    const directory = mkdtempSync(join(tmpdir(), "troupe-secured-"));
    const port = await freePort();
    const users = Object.entries(roles).map(([user, role]) => ({
      user,
      password: passwordOf(user),
      permissions: permissionsOf(role, { user }),
    }));
    const file = join(directory, "nats.conf");
    const store = `jetstream { store_dir: ${JSON.stringify(directory)}, max_file_store: ${2 ** 40} }`;
    writeFileSync(
      file,
      `host: "127.0.0.1"\nport: ${port}\n${store}\n${authorizationConfig(users)}`,
    );
    const child = spawn(clusterProgram(), ["--config", file], { stdio: "ignore" });
    return new SecuredServer(directory, port, child);
  }

  urlOf(user: string): string {
    return `nats://${user}:${passwordOf(user)}@127.0.0.1:${this.#port}`;
  }

  async connect(user: string): Promise<Connection> {
    const refusals: string[] = [];
    this.refusals.set(user, refusals);
    const connection = await connect({
      url: this.urlOf(user),
      name: `test ${user}`,
      timeoutMs: 20_000,
      log: (level, message) => {
        // A refused subscription is logged by itself, too.
        if (level === "error" && message.includes("reports: ")) refusals.push(message);
      },
    });
    this.#connections.push(connection);
    return connection;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.close()));
    if (this.#process.exitCode === null) {
      const gone = once(this.#process, "exit");
      this.#process.kill("SIGKILL");
      await gone;
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

function passwordOf(user: string): string {
  return `only-${user}-knows`;
}

/** A loopback port that nobody listens on at this moment. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  await once(probe.close(), "close");
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}
