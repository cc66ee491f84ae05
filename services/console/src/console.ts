import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { ensureError, type Log, systemClock, systemRandom } from "@troupe/actor";
import { connect, natsTransport } from "@troupe/nats";
import { ListenError } from "@troupe/telemetry";
import { Assets } from "./assets/assets.ts";
import { type ConsoleConfig, isLoopback } from "./config.ts";
import { consoleApp } from "./http/app.ts";
import { Sessions } from "./http/sessions.ts";
import { ProxiedPeople } from "./identity/proxied-people.ts";
import { ReadModel } from "./model/read-model.ts";

/** Longest a client may take to send its request, milliseconds. */
const requestMs = 30_000;
/** Connections at the same time. */
const connectionLimit = 1000;

export interface RunningConsole {
  /** `http://host:port`. */
  readonly url: string;
  /** What people log in with, when it was made up at this start; undefined when it was given, or when nobody has to. */
  readonly madeUpToken: string | undefined;
  stop(): Promise<void>;
}

/**
 * Starts a console: the HTTP API and the pages of one deployment.
 *
 * @throws KeySetError when the file of keys for tokens cannot be used; NatsUnreachableError when NATS can't be reached;
 *   ListenError when the port cannot be used
 */
export async function startConsole(config: ConsoleConfig, log: Log): Promise<RunningConsole> {
  const { natsUrl, prefix, host, port, statusMs } = config;
  const people = await ProxiedPeople.open(config, systemClock);
  const madeUpToken =
    config.token !== undefined || isLoopback(host) || people !== undefined
      ? undefined
      : randomBytes(24).toString("base64url");
  const connection = await connect({ url: natsUrl, name: "troupe console", log });
  const transport = natsTransport(connection);
  const model = new ReadModel({
    ports: { transport, clock: systemClock, random: systemRandom },
    prefix,
    inboxes: connection.inboxes,
    statusMs,
    log,
  });
  const close = async (): Promise<void> => {
    model.stop();
    await transport.close();
    await connection.close();
  };
  const sessions = new Sessions(config.token ?? madeUpToken, systemClock);
  const app = consoleApp({
    model,
    sessions,
    people,
    roles: config,
    publicUrl: config.publicUrl,
    assets: new Assets(),
    log,
    host,
  });
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: { requestTimeout: requestMs },
  });
  server.maxConnections = connectionLimit;
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (thrown) {
    await close();
    throw new ListenError(host, port, ensureError(thrown).message, { cause: thrown });
  }
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${taken}`,
    madeUpToken,
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      if ("closeAllConnections" in server) server.closeAllConnections();
      await closed;
      await close();
    },
  };
}
