import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeSecrets } from "@troupe/deploy";
import {
  authorizationConfig,
  type Connection,
  connect,
  permissionsOf,
  type Role,
} from "@troupe/nats";
import { endProcess } from "./end-process.ts";
import { freePorts } from "./free-ports.ts";
import { clusterProgram, clusterVersion } from "./nats-cluster.ts";

const shipped = join(import.meta.dirname, "../../nats.conf");

/** How the users of the shipped configuration are made. */
export interface ShippedOptions {
  readonly tls?: boolean;
  readonly nkeys?: boolean;
}

/** A nats-server that knows users, each with the permissions of its role. */
export class SecuredServer {
  /** Where each user reaches the server, by its name. */
  readonly urls: ReadonlyMap<string, string>;
  readonly #directory: string;
  readonly #process: ChildProcess;
  readonly #connections = new Map<string, Connection>();
  readonly #refusals = new Map<string, Refusals>();
  #questions = 0;

  private constructor(directory: string, urls: ReadonlyMap<string, string>) {
    this.#directory = directory;
    this.urls = urls;
    this.#process = spawn(clusterProgram(), ["--config", "nats.conf"], {
      cwd: directory,
      stdio: "ignore",
    });
  }

  /** One account, with these users. */
  static async withRoles(roles: Readonly<Record<string, Role>>): Promise<SecuredServer> {
    const directory = mkdtempSync(join(tmpdir(), "troupe-secured-"));
    const [port = 0] = await freePorts(1);
    const users = Object.entries(roles).map(([user, role]) => ({
      user,
      password: `only-${user}-knows`,
      permissions: permissionsOf(role, { user }),
    }));
    const store = `jetstream { store_dir: ${JSON.stringify(directory)}, max_file_store: ${2 ** 40} }`;
    const text = `host: "127.0.0.1"\nport: ${port}\n${store}\n${authorizationConfig(users)}`;
    writeFileSync(join(directory, "nats.conf"), text);
    const urls = users.map(
      ({ user, password }) => [user, `nats://${user}:${password}@127.0.0.1:${port}`] as const,
    );
    return new SecuredServer(directory, new Map(urls));
  }

  /** The nats.conf that is shipped, on free ports, with secrets made for it. */
  static async shipped(
    tenants: unknown,
    { tls = false, nkeys = false }: ShippedOptions = {},
  ): Promise<SecuredServer> {
    const directory = mkdtempSync(join(tmpdir(), "troupe-configured-"));
    const [port = 0, monitor = 0] = await freePorts(2);
    const server = `127.0.0.1:${port}`;
    const secrets = join(directory, "secrets");
    const users = await writeSecrets({ directory: secrets, tenants, server, tls, nkeys });
    let text = readFileSync(shipped, "utf8");
    // Ports and the folder of the data are of this machine, and old servers do not know of syncing.
    text = substituted(text, "port: 4222", `port: ${port}\nhost: "127.0.0.1"`);
    text = substituted(text, `"127.0.0.1:8222"`, `"127.0.0.1:${monitor}"`);
    text = substituted(text, `"/data"`, JSON.stringify(join(directory, "data")));
    if (clusterVersion()?.startsWith("2.9.") === true) {
      text = substituted(text, "sync_interval: always", "");
    }
    writeFileSync(join(directory, "nats.conf"), text);
    return new SecuredServer(directory, new Map(users.map(({ user, url }) => [user, url])));
  }

  /** The folder of the secrets that the shipped configuration includes. */
  get secrets(): string {
    return join(this.#directory, "secrets");
  }

  urlOf(user: string): string {
    const url = this.urls.get(user);
    if (url === undefined) throw new Error(`there is no user ${user}`);
    return url;
  }

  /** Connects all users, in their order. */
  async connectAll(): Promise<void> {
    for (const user of this.urls.keys()) await this.#connect(user);
  }

  /** A user's connection. */
  of(user: string): Connection {
    const connection = this.#connections.get(user);
    if (connection === undefined) throw new Error(`${user} is not connected`);
    return connection;
  }

  /**
   * What the server has refused the user since it was last asked. The server and the client tell of refusals in order:
   * all are known when one is that was asked for last.
   */
  async refusedTo(user: string): Promise<readonly string[]> {
    const refusals = this.#refusals.get(user);
    if (refusals === undefined) throw new Error(`${user} is not connected`);
    this.#questions += 1;
    const subject = `nobody.publishes.this.${this.#questions}`;
    const told = refusals.until(`"${subject}"`);
    this.of(user).nats.publish(subject);
    return told;
  }

  async #connect(user: string): Promise<void> {
    const refusals = new Refusals();
    this.#refusals.set(user, refusals);
    const connection = await connect({
      url: this.urlOf(user),
      name: `test ${user}`,
      timeoutMs: 20_000,
      log: (level, message) => {
        // A refused subscription is logged by itself, too.
        if (level === "error" && message.includes("reports: ")) refusals.take(message);
      },
    });
    this.#connections.set(user, connection);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#connections.values()].map((connection) => connection.close()));
    await endProcess(this.#process, "SIGKILL");
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** What a user was refused, in order. */
class Refusals {
  #told: string[] = [];
  #awaited: { readonly text: string; readonly resolve: (told: readonly string[]) => void }[] = [];

  take(message: string): void {
    const awaited = this.#awaited.find(({ text }) => message.includes(text));
    if (awaited === undefined) {
      this.#told.push(message);
      return;
    }
    this.#awaited = this.#awaited.filter((one) => one !== awaited);
    awaited.resolve(this.#told);
    this.#told = [];
  }

  /** All that came before the one with this text in it. */
  until(text: string): Promise<readonly string[]> {
    return new Promise((resolve) => this.#awaited.push({ text, resolve }));
  }
}

function substituted(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`nats.conf has no ${from} any more`);
  return text.replace(from, to);
}
