import { execFile, execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type UserSecret, writeSecrets } from "@troupe/deploy";
import { freePorts } from "./free-ports.ts";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);
const upLimitMs = 300_000;
const baseImage = "node:24-slim";
const natsImage = process.env["TROUPE_NATS_IMAGE"] || "nats:2.14.0-alpine";

/** Why the compose file cannot be tried here, or undefined when it can. */
export function missingForContainers(): string | undefined {
  const works = (...command: readonly string[]): boolean => {
    try {
      execFileSync(command[0] ?? "", command.slice(1), { stdio: "ignore", timeout: 20_000 });
      return true;
    } catch {
      return false;
    }
  };
  if (!works("docker", "info")) return "no Docker engine answers";
  if (!works("docker-compose", "version")) return "there is no docker-compose";
  const absent = [baseImage, natsImage].filter(
    (image) => !works("docker", "image", "inspect", image),
  );
  if (absent.length > 0) return `images ${absent.join(" and ")} are not here: pull them first`;
  return undefined;
}

/** The shipped compose file in containers: NATS and three nodes, with users made for it. */
export class Composition {
  readonly sources: string;
  readonly users: readonly UserSecret[];
  readonly #directory: string;
  readonly #project: string;
  readonly #port: number;
  /** Identifiers of containers, by service. */
  readonly #containers = new Map<string, string>();

  private constructor(directory: string, port: number, users: readonly UserSecret[]) {
    this.#directory = directory;
    this.#port = port;
    this.users = users;
    this.sources = join(directory, "sources");
    this.#project = `troupe-test-${port}`;
  }

  /** Builds the image of a node and starts everything; `files` are put where goals may read. */
  static async start(files: Readonly<Record<string, string>>): Promise<Composition> {
    const directory = mkdtempSync(join(tmpdir(), "troupe-compose-"));
    const [port = 0] = await freePorts(1);
    for (const shipped of ["docker-compose.yml", "deploy"]) {
      cpSync(join(root, shipped), join(directory, shipped), { recursive: true });
    }
    const configuration = readFileSync(join(root, "nats.conf"), "utf8");
    const { stdout } = await run("docker", ["run", "--rm", natsImage, "nats-server", "--version"]);
    // Servers before 2.10 do not know of syncing, and refuse what they do not know.
    const known = /v2\.\d\./.test(stdout)
      ? configuration.replace("sync_interval: always", "")
      : configuration;
    writeFileSync(join(directory, "nats.conf"), known);
    const tenants = [{ name: "main" }];
    const users = await writeSecrets({ directory: join(directory, "secrets"), tenants });
    const composition = new Composition(directory, port, users);
    mkdirSync(composition.sources);
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(composition.sources, name), text);
    }
    try {
      const tag = [
        "build",
        "--network",
        "host",
        "-f",
        "services/node/Dockerfile",
        "-t",
        "troupe-node",
        ".",
      ];
      await run("docker", tag, { cwd: root, timeout: upLimitMs, env: legacyBuilder });
      await composition.#compose("up", "--detach", "nats", "n1", "n2", "n3");
      for (const node of ["n1", "n2", "n3"]) await composition.#untilSaid(node, "node takes goals");
      return composition;
    } catch (thrown) {
      await composition.stop();
      throw thrown;
    }
  }

  /** Where a user reaches the server from this machine. */
  urlOf(user: string): string {
    const url = this.users.find((one) => one.user === user)?.url ?? "";
    return url.replace("@nats:4222", `@127.0.0.1:${this.#port}`);
  }

  /** Ends a container at once, as a machine that loses power does. */
  async kill(service: string): Promise<void> {
    await run("docker", ["kill", "--signal", "SIGKILL", this.#containers.get(service) ?? ""]);
  }

  /** Asks a container to stop, and returns its exit code: 137 when it had to be killed. */
  async stopped(service: string): Promise<number> {
    await this.#compose("stop", service);
    const said = await this.#inspect(service, "{{.State.ExitCode}}");
    return Number(said);
  }

  async #untilSaid(service: string, text: string): Promise<void> {
    const id = (await this.#compose("ps", "--quiet", service)).trim();
    this.#containers.set(service, id);
    const log = spawn("docker", ["logs", "--follow", id], { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    for await (const part of log.stderr) {
      said += part;
      if (said.includes(text)) break;
    }
    log.kill();
    if (!said.includes(text)) throw new Error(`${service} ended before it was ready: ${said}`);
  }

  /** What Docker knows of a container, by a template. */
  async #inspect(service: string, template: string): Promise<string> {
    const id = this.#containers.get(service) ?? "";
    return (await run("docker", ["inspect", "--format", template, id])).stdout.trim();
  }

  /** Runs the image's own health check in a container; throws when it fails. */
  async checkHealth(service: string): Promise<string> {
    const check: unknown = JSON.parse(
      await this.#inspect(service, "{{json .Config.Healthcheck.Test}}"),
    );
    if (!Array.isArray(check) || check[0] !== "CMD")
      throw new Error("the image has no health check");
    return this.inside(service, ...check.slice(1).map(String));
  }

  /** Runs a command in a container. */
  async inside(service: string, ...command: readonly string[]): Promise<string> {
    return this.#compose("exec", "-T", service, ...command);
  }

  logs(service: string): Promise<string> {
    return this.#compose("logs", "--no-color", service);
  }

  async stop(): Promise<void> {
    await this.#compose("down", "--volumes", "--timeout", "5");
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #compose(...args: readonly string[]): Promise<string> {
    const { stdout } = await run("docker-compose", ["--project-name", this.#project, ...args], {
      cwd: this.#directory,
      timeout: upLimitMs,
      env: {
        ...process.env,
        NATS_IMAGE: natsImage,
        NATS_PORT: String(this.#port),
        TROUPE_SOURCES: this.sources,
      },
    });
    return stdout;
  }
}

/** The builder that every engine has. */
const legacyBuilder = { ...process.env, DOCKER_BUILDKIT: "0" };
