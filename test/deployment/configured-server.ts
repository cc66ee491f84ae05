import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type UserSecret, writeSecrets } from "@troupe/deploy";
import { type Connection, connect } from "@troupe/nats";
import { clusterProgram, clusterVersion } from "./nats-cluster.ts";

const shipped = join(import.meta.dirname, "../../nats.conf");

/** A nats-server with the nats.conf that is shipped, on a free port, and with users made for it. */
export class ConfiguredServer {
  readonly users: readonly UserSecret[];
  /** The folder of the secrets. */
  readonly secrets: string;
  readonly #directory: string;
  readonly #process: ChildProcess;
  readonly #connections: Connection[] = [];
  /** What the server refused each user, as its client was told. */
  readonly refusals = new Map<string, string[]>();

  private constructor(directory: string, users: readonly UserSecret[], child: ChildProcess) {
    this.#directory = directory;
    this.secrets = join(directory, "secrets");
    this.users = users;
    this.#process = child;
  }

  static async start(tenants: unknown, tls = false): Promise<ConfiguredServer> {
    const directory = mkdtempSync(join(tmpdir(), "troupe-configured-"));
    const [port, monitor] = [await freePort(), await freePort()];
    const server = `127.0.0.1:${port}`;
    const secrets = join(directory, "secrets");
    const users = await writeSecrets({ directory: secrets, tenants, server, tls });
    let text = readFileSync(shipped, "utf8");
    // Ports and the folder of the data are of this machine, and old servers do not know of syncing.
    text = substituted(text, "port: 4222", `port: ${port}\nhost: "127.0.0.1"`);
    text = substituted(text, `"127.0.0.1:8222"`, `"127.0.0.1:${monitor}"`);
    text = substituted(text, `"/data"`, JSON.stringify(join(directory, "data")));
    if (clusterVersion()?.startsWith("2.9.") === true) {
      text = substituted(text, "sync_interval: always", "");
    }
    writeFileSync(join(directory, "nats.conf"), text);
    const child = spawn(clusterProgram(), ["--config", "nats.conf"], {
      cwd: directory,
      stdio: "ignore",
    });
    return new ConfiguredServer(directory, users, child);
  }

  urlOf(user: string): string {
    const found = this.users.find((one) => one.user === user);
    if (found === undefined) throw new Error(`there is no user ${user}`);
    return found.url;
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

function substituted(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`nats.conf has no ${from} any more`);
  return text.replace(from, to);
}

/** A loopback port that nobody listens on at this moment. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  await once(probe.close(), "close");
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}
