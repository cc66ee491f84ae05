import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { connect as dial } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLog } from "@troupe/actor";
import { consoleConfigSchema, startConsole } from "@troupe/console";
import { connect } from "@troupe/nats";
import { startTestServer } from "@troupe/nats/testing";
import { readNodeConfig, startNode } from "@troupe/node-service";
import { seededRandom } from "@troupe/testkit";
import { type Edge, type EdgeDoor, encoded, textOf, WrongAnswerError } from "./edge.ts";
import { HttpRequests } from "./http-requests.ts";
import { samples } from "./samples.ts";

/** Longest that an answer takes, milliseconds. */
const answerMs = 15_000;
/** Longest that one is waited for: whether it comes too late is seen elsewhere, without counting what a busy machine costs. */
const waitMs = 600_000;

/** A server, a node in this process, and its console: opened by the first edge that needs them, closed by the last. */
class World {
  static #open: Promise<World> | undefined;
  static #users = 0;

  readonly natsUrl: string;
  readonly consoleUrl: string;
  readonly #close: () => Promise<void>;

  private constructor(natsUrl: string, consoleUrl: string, close: () => Promise<void>) {
    this.natsUrl = natsUrl;
    this.consoleUrl = consoleUrl;
    this.#close = close;
  }

  static open(): Promise<World> {
    World.#users += 1;
    World.#open ??= World.#start();
    return World.#open;
  }

  async leave(): Promise<void> {
    World.#users -= 1;
    if (World.#users > 0) return;
    World.#open = undefined;
    await this.#close();
  }

  static async #start(): Promise<World> {
    const server = await startTestServer();
    const directory = mkdtempSync(join(tmpdir(), "troupe-fuzz-"));
    const config = readNodeConfig({
      NATS_URL: server.url,
      TROUPE_NODE: "fuzzed",
      TROUPE_DATA: directory,
      TROUPE_LOG: "error",
    });
    const node = await startNode(config);
    const settings = { natsUrl: server.url, port: 0 };
    const running = await startConsole(consoleConfigSchema.parse(settings), silentLog);
    return new World(server.url, running.url, async () => {
      await running.stop();
      await node.stop();
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    });
  }
}

/** What a running deployment hears from strangers: over NATS, and over the console's HTTP. */
export const deploymentEdges: readonly EdgeDoor[] = [
  { name: "requests to a node", open: requestsToNode },
  { name: "requests to the console", open: requestsToConsole },
  { name: "bytes to the console's port", open: bytesToConsole },
];

/** Everything that a node answers; and it must answer each. */
async function requestsToNode(): Promise<Edge> {
  const world = await World.open();
  const connection = await connect({ url: world.natsUrl, name: "stranger", log: silentLog });
  const subjects = [
    ...["troupe.goals", "troupe.goals", "troupe.query.goals", "troupe.query.goal.g1"],
    ...["troupe.query.history.g1", "troupe.query.x.y", "troupe.command.cancel.g1"],
    ...["troupe.cache-requests", "troupe.node.fuzzed.operate", "troupe.node.fuzzed.alerts"],
    ...["troupe.node.fuzzed.status", "troupe.node.fuzzed.incidents", "troupe.node.fuzzed.ready"],
    "$SRV.INFO.troupe-node",
  ];
  let turn = 0;
  const ask = async (subject: string, input: Uint8Array): Promise<void> => {
    const answer = await connection.nats.request(subject, input, { timeout: waitMs });
    if (answer.headers?.get("Nats-Service-Error-Code") === "500") {
      throw new WrongAnswerError(`${subject} failed: ${answer.headers.get("Nats-Service-Error")}`);
    }
    if (answer.data.length === 0) return;
    const { error } = JSON.parse(textOf(answer.data));
    // A goal that changes hands, or is published twice at once, is told to try again.
    if (error !== undefined && error.code >= 500 && error.retryable !== true) {
      throw new WrongAnswerError(`${subject} failed: ${error.description}`);
    }
  };
  return {
    name: "requests to a node",
    samples: encoded(
      ...samples.goals,
      ...samples.commands,
      ...samples.questions,
      ...samples.operations,
      ...samples.alertOrders,
    ),
    share: 0.1,
    patienceMs: 2 * answerMs,
    take: (input) => {
      turn += 1;
      return ask(subjects[turn % subjects.length] ?? "", input);
    },
    alive: () => ask("troupe.query.goals", new Uint8Array()),
    close: async () => {
      await connection.close();
      await world.leave();
    },
  };
}

/** Requests made from what the console says of itself, each from an address of its own on this machine. */
async function requestsToConsole(): Promise<Edge> {
  const world = await World.open();
  const url = new URL(world.consoleUrl);
  const described = await fetch(new URL("/api/openapi.json", url));
  const requests = new HttpRequests(await described.json());
  const send = async (input: Uint8Array, turn: number): Promise<void> => {
    const { method, path, headers, body } = requests.made(input, turn);
    const { status, text } = await exchanged(url, turn, { method, path, headers, body });
    if (status === 503) return;
    if (status >= 500)
      throw new WrongAnswerError(`${method} ${path} is answered ${status}: ${text}`);
    if (status >= 400 && !/^\{"error":\{"reason":"[a-z-]+",/.test(text)) {
      throw new WrongAnswerError(
        `${method} ${path} is refused without a reason: ${status} ${text}`,
      );
    }
  };
  let turn = 0;
  return {
    name: "requests to the console",
    samples: encoded(...requests.bodies(seededRandom(5))),
    share: 0.1,
    patienceMs: 2 * answerMs,
    take: (input) => {
      turn += 1;
      return send(input, turn);
    },
    alive: async () => {
      const { status } = await fetch(new URL("/api/overview", url));
      if (status !== 200) throw new Error(`the console answers ${status}`);
    },
    close: () => world.leave(),
  };
}

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

function exchanged(
  url: URL,
  turn: number,
  { method, path, headers, body }: Sent,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const options = {
      method,
      path,
      headers: { ...headers, "content-length": body?.length ?? 0 },
      host: url.hostname,
      port: url.port,
      // The console limits requests by address; all of 127.0.0.0/8 is this machine.
      localAddress: ownAddress(turn),
      timeout: waitMs,
    };
    const sent = request(options, (response) => {
      const status = response.statusCode ?? 0;
      if (response.headers["content-type"]?.includes("event-stream") === true) {
        sent.destroy();
        resolve({ status, text: "" });
        return;
      }
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve({ status, text: Buffer.concat(chunks).toString() }));
      response.on("error", reject);
    });
    sent.on("timeout", () => sent.destroy(new Error(`no answer within ${waitMs} ms`)));
    sent.on("error", reject);
    sent.end(body);
  });
}

function ownAddress(turn: number): string {
  if (process.platform !== "linux") return "127.0.0.1";
  return `127.${1 + (turn % 200)}.${Math.floor(turn / 200) % 250}.1`;
}

/** Whole requests as bytes, broken as the rest: each connection is answered or closed. */
async function bytesToConsole(): Promise<Edge> {
  const world = await World.open();
  const { hostname, port, host } = new URL(world.consoleUrl);
  let turn = 0;
  const head = (line: string, more = ""): string =>
    `${line} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${more}\r\n`;
  const json = "Content-Type: application/json\r\nX-Troupe-Console: 1\r\n";
  return {
    name: "bytes to the console's port",
    samples: encoded(
      head("GET /api/goals?limit=2&text=a"),
      head("GET /", "Cookie: troupe_session=abc; a=b\r\nAuthorization: Bearer x\r\n"),
      `${head("POST /api/goals", `${json}Content-Length: 15\r\n`)}{"kind":"flow"}`,
      `${head("POST /api/logout", `${json}Transfer-Encoding: chunked\r\n`)}2\r\n{}\r\n0\r\n\r\n`,
      head("OPTIONS /api/login", "Origin: http://evil.example\r\nSec-Fetch-Site: cross-site\r\n"),
    ),
    share: 0.1,
    patienceMs: 2 * answerMs,
    take: async (input) => {
      turn += 1;
      const socket = dial({ host: hostname, port: Number(port), localAddress: ownAddress(turn) });
      const closed = once(socket, "close");
      const chunks: Buffer[] = [];
      socket.on("data", (chunk: Buffer) => chunks.push(chunk));
      // A connection that is cut off is an answer too.
      socket.on("error", () => {});
      socket.setTimeout(waitMs, () => socket.destroy());
      socket.end(input);
      await closed;
      const [line = ""] = Buffer.concat(chunks).toString("latin1").split("\r\n");
      if (/^HTTP\/1\.1 50[0-2]/.test(line)) throw new WrongAnswerError(`it is answered '${line}'`);
    },
    close: () => world.leave(),
  };
}
