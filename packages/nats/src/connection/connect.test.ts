import { silentLog } from "@troupe/actor";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { NatsAuthenticationError, NatsUnreachableError } from "../errors.ts";
import { freePort } from "../server/launch.ts";
import { arrivals, canStartServer, startTestServer, type TestServer } from "../testing.ts";
import { connect } from "./connect.ts";

const log = silentLog;

test("an unreachable server is a clear error within the time given, without the password", async () => {
  const url = `nats://me:secret@127.0.0.1:${await freePort()}`;
  const started = performance.now();
  const failure = await connect({ url, name: "test", log, timeoutMs: 400 }).catch((e) => e);
  expect(performance.now() - started).toBeLessThan(1500);
  expect(failure).toBeInstanceOf(NatsUnreachableError);
  expect(failure).toMatchObject({ code: "nats-unreachable", retryable: true, waitedMs: 400 });
  expect(failure.message).toContain(url.slice(-9));
  expect(failure.message).toContain("NATS_URL");
  expect(failure.message).not.toContain("secret");
});

describe.skipIf(!(await canStartServer("connect")))("a connection", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  test("is refused with a clear error when the password is wrong, or missing", async () => {
    const { host } = new URL(server.url);
    for (const url of [`nats://troupe:wrong@${host}`, `nats://${host}`]) {
      const started = performance.now();
      const failure = await connect({ url, name: "test", log }).catch((e) => e);
      expect(failure).toBeInstanceOf(NatsAuthenticationError);
      expect(failure.message).not.toContain("wrong");
      expect(performance.now() - started).toBeLessThan(4000);
    }
  });

  test("knows the server's version and uses an inbox prefix of its own", async () => {
    const connection = await connect({ url: server.url, name: "node 1", log });
    expect(connection.version.text).toBe(server.version);
    expect(connection.url).not.toContain(new URL(server.url).password);
    const replies = arrivals<string>();
    connection.nats.subscribe("asked", {
      callback: (_, message) => replies.push(message.reply ?? ""),
    });
    await connection.nats.request("asked", "", { timeout: 50 }).catch(() => {});
    expect(await replies.next()).toMatch(/^_INBOX_troupe\.node_1\./);
    await connection.close();
    await connection.close();
  });

  test("comes back after the server was killed and tells those who listen", async () => {
    const lines: string[] = [];
    const connection = await connect({
      url: server.url,
      name: "test",
      log: (level, message) => lines.push(`${level} ${message}`),
    });
    const back = arrivals<void>();
    connection.onReconnect(() => back.push());
    expect(connection.connected).toBe(true);
    await server.kill();
    await vi.waitFor(() => expect(connection.connected).toBe(false));
    await server.restart();
    await back.next();
    expect(connection.connected).toBe(true);
    await connection.nats.flush();
    expect(lines.some((line) => line.startsWith("warn lost the connection"))).toBe(true);
    expect(lines.some((line) => line.startsWith("info reconnected"))).toBe(true);
    expect(lines.join()).not.toContain(new URL(server.url).password);
    await connection.close();
  });
});
