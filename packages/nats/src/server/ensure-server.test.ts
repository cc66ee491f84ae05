import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLog } from "@troupe/actor";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connect } from "../connection/connect.ts";
import {
  JetStreamDisabledError,
  NatsAuthenticationError,
  NatsUnreachableError,
  ServerStartError,
} from "../errors.ts";
import { serverReport } from "../report/server-report.ts";
import { ensureStreams } from "../streams/ensure-streams.ts";
import { canStartServer } from "../testing.ts";
import { type EnsureServerOptions, ensureServer, type RunningServer } from "./ensure-server.ts";
import { freePort } from "./launch.ts";
import { isRunning } from "./start-lock.ts";

describe.skipIf(!(await canStartServer("ensureServer")))("ensureServer", () => {
  let dataDirectory: string;
  let servers: RunningServer[];
  const ensure = async (options: Partial<EnsureServerOptions> = {}): Promise<RunningServer> => {
    const server = await ensureServer({ dataDirectory, log: silentLog, ...options });
    servers.push(server);
    return server;
  };
  beforeEach(async () => {
    servers = [];
    dataDirectory = await mkdtemp(join(tmpdir(), "troupe-ensure-"));
  });
  afterEach(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await rm(dataDirectory, { recursive: true, force: true });
  });

  test("starts a server on loopback with JetStream, under a password of its own", async () => {
    const server = await ensure();
    expect(server.startedHere).toBe(true);
    const { hostname, password, host } = new URL(server.url);
    expect(hostname).toBe("127.0.0.1");
    expect(password.length).toBeGreaterThanOrEqual(32);
    const connection = await connect({ url: server.url, name: "t", log: silentLog });
    expect(connection.nats.info?.jetstream).toBe(true);
    expect(connection.version.text).toBe(server.version);
    await connection.close();
    await expect(connect({ url: `nats://${host}`, name: "t", log: silentLog })).rejects.toThrow(
      NatsAuthenticationError,
    );
    for (const secret of ["nats-credentials.json", "nats-server.conf"]) {
      expect((await stat(join(dataDirectory, secret))).mode & 0o077).toBe(0);
    }
    expect(await readFile(join(dataDirectory, "nats-server.log"), "utf8")).toContain("ready");
  });

  test("meets the server that runs on the data folder, also when many call at once", async () => {
    const [first, ...others] = await Promise.all([ensure(), ensure(), ensure()]);
    const started = servers.filter((server) => server.startedHere);
    expect(started.length).toBe(1);
    expect(new Set([first, ...others].map((server) => server?.pid)).size).toBe(1);
    const met = await ensure();
    expect(met).toMatchObject({ origin: "running", startedHere: false, url: first?.url });
    await met.stop();
    expect(isRunning(met.pid ?? 0)).toBe(true);
  });

  test("stop ends the process, and the next start keeps the data and the credentials", async () => {
    const first = await ensure();
    const connection = await connect({ url: first.url, name: "t", log: silentLog });
    await connection.manager.streams.add({ name: "KEPT", subjects: ["kept"] });
    await connection.jetstream.publish("kept", "1");
    await connection.close();
    await first.stop();
    expect(isRunning(first.pid ?? 0)).toBe(false);
    await first.stop();
    const second = await ensure();
    expect(second.startedHere).toBe(true);
    expect(new URL(second.url).password).toBe(new URL(first.url).password);
    const again = await connect({ url: second.url, name: "t", log: silentLog });
    expect((await again.manager.streams.info("KEPT")).state.messages).toBe(1);
    await again.close();
  });

  test("survives a state file that is stale, foreign or broken, and a lock left behind", async () => {
    const state = join(dataDirectory, "nats-server.json");
    const crashed = await ensure();
    const left = await readFile(state, "utf8");
    await crashed.stop();
    await writeFile(state, left);
    await writeFile(join(dataDirectory, "nats-server.lock"), String(crashed.pid));
    expect((await ensure()).startedHere).toBe(true);
    await servers.at(-1)?.stop();

    const stranger = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
    await once(stranger, "listening");
    const address = stranger.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    await writeFile(state, JSON.stringify({ pid: process.pid, port, binary: "x" }));
    expect((await ensure()).startedHere).toBe(true);
    await servers.at(-1)?.stop();
    stranger.close();

    await writeFile(state, "{ broken");
    expect((await ensure()).startedHere).toBe(true);
  });

  test("a taken port is a clear error that quotes the server's log", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const address = holder.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    const failure = await ensure({ port }).catch((e) => e);
    expect(failure).toBeInstanceOf(ServerStartError);
    expect(failure.message).toContain("address already in use");
    holder.close();
  });

  test("a given url is checked only: reachable, credentials, JetStream", async () => {
    const own = await ensure();
    const given = await ensure({ url: own.url, dataDirectory: "/nonexistent/never-written" });
    expect(given).toMatchObject({ origin: "given", startedHere: false, url: own.url });
    const { host } = new URL(own.url);
    await expect(ensure({ url: `nats://a:b@${host}` })).rejects.toThrow(NatsAuthenticationError);
    await own.stop();
    await expect(ensure({ url: own.url })).rejects.toThrow(NatsUnreachableError);
  });

  test("a given server without JetStream is refused with the remedy", async () => {
    const own = await ensure();
    const port = await freePort();
    const plain = spawn(own.binary ?? "", ["-a", "127.0.0.1", "-p", String(port)]);
    try {
      await expect(ensure({ url: `nats://127.0.0.1:${port}` })).rejects.toThrow(
        JetStreamDisabledError,
      );
      const connection = await connect({
        url: `nats://127.0.0.1:${port}`,
        name: "t",
        log: silentLog,
      });
      const streams = ensureStreams(connection, { prefix: "plain" });
      await expect(streams).rejects.toThrow(JetStreamDisabledError);
      const { jetstream, warnings } = await serverReport(connection);
      expect(jetstream.enabled).toBe(false);
      expect(warnings.map(({ code }) => code)).toContain("no-authentication");
      await connection.close();
    } finally {
      plain.kill("SIGKILL");
    }
  });
});
