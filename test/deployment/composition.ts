import { execFile, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type UserSecret, writeSecrets } from "@troupe/deploy";
import { freePorts } from "./free-ports.ts";
import { type Images, imagesHere, works } from "./images.ts";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);
const upLimitMs = 300_000;
const published = ["NATS", "CONSOLE", "JAEGER", "PROMETHEUS", "GRAFANA"] as const;
const nodes = ["n1", "n2", "n3"];
/** What may be left out, when its image is not here. */
const observers = ["jaeger", "prometheus", "grafana"] as const;
type Observer = (typeof observers)[number];

/** Why the compose file cannot be tried here, or undefined when it can. */
export function missingForContainers(): string | undefined {
  if (!works("docker", "info")) return "no Docker engine answers";
  if (!works("docker-compose", "version")) return "there is no docker-compose";
  const { NODE_IMAGE, NATS_IMAGE } = imagesHere();
  if (NODE_IMAGE === undefined || NATS_IMAGE === undefined) {
    return "images of node and nats are not here: pull them, or make them with .ci/images";
  }
  return undefined;
}

/** Which observers cannot be started here, since their images are missing. */
export function missingObservers(): readonly Observer[] {
  const images = imagesHere();
  return observers.filter((name) => imageOf(images, name) === undefined);
}

export interface CompositionOptions {
  /** Put where goals may read, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** Whether secrets are made with TLS, and the file for it is used; default false. */
  readonly tls?: boolean;
  /** Whether users have nkeys; default false. */
  readonly nkeys?: boolean;
  /** Besides NATS and the nodes; default none. */
  readonly also?: readonly ("console" | Observer)[];
}

/** The shipped compose file in containers, with users made for it. */
export class Composition {
  readonly users: readonly UserSecret[];
  readonly #directory: string;
  readonly #project: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #files: readonly string[];
  /** Identifiers of containers, by service. */
  readonly #containers = new Map<string, string>();

  private constructor(
    directory: string,
    users: readonly UserSecret[],
    environment: Readonly<Record<string, string>>,
    tls: boolean,
  ) {
    this.#directory = directory;
    this.users = users;
    this.#environment = environment;
    this.#project = `troupe-test-${environment["NATS_PORT"]}`;
    const files = ["docker-compose.yml", ...(tls ? ["docker-compose.tls.yml"] : [])];
    this.#files = files.flatMap((file) => ["--file", file]);
  }

  /** Builds the images of the project and starts the services. */
  static async start({
    files = {},
    tls = false,
    nkeys = false,
    also = [],
  }: CompositionOptions = {}): Promise<Composition> {
    const directory = mkdtempSync(join(tmpdir(), "troupe-compose-"));
    const images = imagesHere();
    for (const shipped of ["docker-compose.yml", "docker-compose.tls.yml", "deploy"]) {
      cpSync(join(root, shipped), join(directory, shipped), { recursive: true });
    }
    writeFileSync(join(directory, "nats.conf"), await configurationFor(images.NATS_IMAGE ?? ""));
    const sources = join(directory, "sources");
    mkdirSync(sources);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(sources, name), text);
    const secrets = join(directory, "secrets");
    const tenants = [{ name: "main" }];
    const users = await writeSecrets({ directory: secrets, tenants, tls, nkeys });
    const ports = await freePorts(published.length);
    const environment = {
      ...images,
      ...Object.fromEntries(published.map((name, at) => [`${name}_PORT`, String(ports[at])])),
      TROUPE_SOURCES: sources,
    };
    const composition = new Composition(directory, users, environment, tls);
    try {
      await build("node", images);
      if (also.includes("console")) await build("console", images);
      await composition.#compose("up", "--detach", "nats", ...nodes, ...also);
      for (const node of nodes) await composition.#untilSaid(node, "node takes goals");
      if (also.includes("console")) await composition.#untilSaid("console", "console is served");
      return composition;
    } catch (thrown) {
      await composition.stop();
      throw thrown;
    }
  }

  /** Where a user reaches the server from this machine. */
  urlOf(user: string): string {
    const url = this.users.find((one) => one.user === user)?.url ?? "";
    return url.replace("@nats:4222", `@127.0.0.1:${this.#environment["NATS_PORT"]}`);
  }

  /** Where a service is reached by HTTP from this machine. */
  httpOf(service: "console" | Observer): string {
    return `http://127.0.0.1:${this.#environment[`${service.toUpperCase()}_PORT`]}`;
  }

  /** One of the files of the secrets. */
  secret(name: string): string {
    return readFileSync(join(this.#directory, "secrets", name), "utf8");
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

  /** Starts a node again that was stopped. */
  async restart(node: string): Promise<void> {
    const since = new Date().toISOString();
    await this.#compose("start", node);
    await this.#untilSaid(node, "node takes goals", since);
  }

  async #untilSaid(service: string, text: string, since = "0"): Promise<void> {
    const id = (await this.#compose("ps", "--quiet", service)).trim();
    this.#containers.set(service, id);
    const log = spawn("docker", ["logs", "--follow", "--since", since, id], {
      stdio: ["ignore", "ignore", "pipe"],
    });
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
    const project = ["--project-name", this.#project, ...this.#files];
    const { stdout } = await run("docker-compose", [...project, ...args], {
      cwd: this.#directory,
      timeout: upLimitMs,
      env: { ...process.env, ...this.#environment },
    });
    return stdout;
  }
}

/** The image of a service of the project, with the builder that every engine has. */
async function build(service: "node" | "console", { NODE_IMAGE = "" }: Images): Promise<void> {
  const from = ["--network", "host", "--build-arg", `NODE_IMAGE=${NODE_IMAGE}`];
  const what = ["-f", `services/${service}/Dockerfile`, "-t", `troupe-${service}`];
  await run("docker", ["build", ...from, ...what, "."], {
    cwd: root,
    timeout: upLimitMs,
    env: { ...process.env, DOCKER_BUILDKIT: "0" },
  });
}

/** The shipped nats.conf, as the server of that image understands it. */
async function configurationFor(image: string): Promise<string> {
  const shipped = readFileSync(join(root, "nats.conf"), "utf8");
  const { stdout } = await run("docker", ["run", "--rm", image, "nats-server", "--version"]);
  // Servers before 2.10 do not know of syncing, and refuse what they do not know.
  return /v2\.\d\./.test(stdout) ? shipped.replace("sync_interval: always", "") : shipped;
}

function imageOf(images: Images, service: Observer): string | undefined {
  switch (service) {
    case "jaeger":
      return images.JAEGER_IMAGE;
    case "prometheus":
      return images.PROMETHEUS_IMAGE;
    case "grafana":
      return images.GRAFANA_IMAGE;
  }
}
