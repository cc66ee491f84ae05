import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ensureError, type Log } from "@troupe/actor";
import { ListenError } from "../errors.ts";

/** Longest a client may take to send its request, milliseconds. */
const requestWithinMs = 5000;
/** Clients served at once. */
const connectionLimit = 100;

/** An answer about health: whether all is well, and the rest for people. */
export interface Probe {
  readonly ok: boolean;
  readonly body: unknown;
}

export interface TelemetryServerOptions {
  /** Address to listen on. Default `127.0.0.1`: whoever is to reach it from elsewhere must say so. */
  readonly host?: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Metrics in Prometheus' text format. */
  readonly page: () => Promise<string>;
  /** Whether the process is alive: when not, it should be started anew. */
  readonly alive: () => Probe;
  /** Whether it can take work now. */
  readonly ready: () => Probe;
  readonly log: Log;
}

/** A server of metrics and health, until it is closed. */
export interface TelemetryServer {
  /** `http://host:port`. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves `/metrics`, `/healthz` and `/readyz`; the last two answer 200 or 503, with JSON.
 *
 * @throws ListenError when the port cannot be used
 */
export async function startTelemetryServer(
  options: TelemetryServerOptions,
): Promise<TelemetryServer> {
  const { host = "127.0.0.1", port, log } = options;
  const server = createServer((request, response) => {
    answer(request, response, options).catch((error: unknown) => {
      log("warn", "a request for metrics failed", { path: request.url, error });
      if (!response.headersSent) response.writeHead(500);
      response.end("internal error\n");
    });
  });
  server.requestTimeout = requestWithinMs;
  server.headersTimeout = requestWithinMs;
  server.maxConnections = connectionLimit;
  await listening(server, host, port);
  server.on("error", (error) => log("error", "the server of metrics failed", { error }));
  const { address, port: taken, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === "IPv6" ? `[${address}]` : address}:${taken}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (thrown) =>
      reject(new ListenError(host, port, ensureError(thrown).message, { cause: thrown })),
    );
    server.listen(port, host, () => {
      server.removeAllListeners("error");
      resolve();
    });
  });
}

async function answer(
  { method, url = "/" }: IncomingMessage,
  response: ServerResponse,
  { page, alive, ready }: TelemetryServerOptions,
): Promise<void> {
  response.setHeader("cache-control", "no-store");
  if (method !== "GET" && method !== "HEAD") {
    response.writeHead(405, { allow: "GET, HEAD" }).end();
    return;
  }
  const [path] = url.split("?", 1);
  switch (path) {
    case "/metrics": {
      const body = await page();
      response.writeHead(200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" });
      response.end(body);
      return;
    }
    case "/healthz":
      return probed(response, alive());
    case "/readyz":
      return probed(response, ready());
    default:
      response.writeHead(404, { "content-type": "text/plain" });
      response.end("there are /metrics, /healthz and /readyz\n");
  }
}

function probed(response: ServerResponse, { ok, body }: Probe): void {
  response.writeHead(ok ? 200 : 503, { "content-type": "application/json" });
  response.end(`${JSON.stringify(body)}\n`);
}
