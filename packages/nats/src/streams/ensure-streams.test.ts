import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RetentionPolicy } from "@nats-io/jetstream";
import { type Log, silentLog } from "@troupe/actor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect } from "../connection/connect.ts";
import type { Connection } from "../connection/connection.ts";
import { isAtLeast } from "../connection/server-version.ts";
import { StreamConflictError, StreamStorageError, UnsafeReplicationError } from "../errors.ts";
import { serverReport } from "../report/server-report.ts";
import { ensureServer } from "../server/ensure-server.ts";
import { arrivals, canStartServer, startTestServer, type TestServer } from "../testing.ts";
import { ensureStreams } from "./ensure-streams.ts";

describe.skipIf(!(await canStartServer("streams")))("ensureStreams", () => {
  let server: TestServer;
  let connection: Connection;
  let lines: string[] = [];
  const log: Log = (level, message) => {
    lines.push(`${level} ${message}`);
  };
  const config = async (name: string) => (await connection.manager.streams.info(name)).config;
  beforeAll(async () => {
    server = await startTestServer();
    connection = await connect({ url: server.url, name: "streams", log });
  });
  afterAll(async () => {
    await connection.close();
    await server.stop();
  });

  test("makes the five streams, and changes nothing when called again, by many at once", async () => {
    await Promise.all(
      Array.from({ length: 4 }, () => ensureStreams(connection, { prefix: "once" })),
    );
    const before = await config("ONCE_JOURNAL");
    lines = [];
    await ensureStreams(connection, { prefix: "once" });
    expect(await config("ONCE_JOURNAL")).toEqual(before);
    expect(lines.some((line) => line.includes("updating"))).toBe(false);
    const names = [];
    for await (const name of connection.manager.streams.names(">")) names.push(name);
    expect(names.filter((name) => name.startsWith("ONCE_")).sort()).toEqual([
      "ONCE_DEAD",
      "ONCE_GOALS",
      "ONCE_JOURNAL",
      "ONCE_RESULTS",
      "ONCE_SPANS",
    ]);
  });

  test("warns once about durability on old servers only", async () => {
    lines = [];
    await ensureStreams(connection, { prefix: "warned" });
    const warnings = lines.filter((line) => line.startsWith("warn") && line.includes("power loss"));
    expect(warnings.length).toBe(isAtLeast(connection.version, "2.12.3") ? 0 : 1);
  });

  test("brings a changed stream back, and keeps age and size that were not asked for", async () => {
    await ensureStreams(connection, { prefix: "drift", maxAgeDays: 3 });
    const made = await config("DRIFT_RESULTS");
    const changed = { max_msgs_per_subject: 7, max_bytes: 5_000_000 };
    await connection.manager.streams.update("DRIFT_RESULTS", { ...made, ...changed });
    await ensureStreams(connection, { prefix: "drift" });
    expect(await config("DRIFT_RESULTS")).toMatchObject({
      max_msgs_per_subject: 1,
      max_bytes: 5_000_000,
      max_age: 3 * 24 * 3600 * 1e9,
    });
    await ensureStreams(connection, { prefix: "drift", maxAgeDays: 4 });
    expect((await config("DRIFT_RESULTS")).max_age).toBe(4 * 24 * 3600 * 1e9);
  });

  test("refuses a stream of that name that serves something else", async () => {
    await connection.manager.streams.add({ name: "TAKEN_JOURNAL", subjects: ["other.>"] });
    const failure = await ensureStreams(connection, { prefix: "taken" }).catch((e) => e);
    expect(failure).toBeInstanceOf(StreamConflictError);
    expect(failure.message).toContain("other.>");
    await connection.manager.streams.add({
      name: "QUEUED_GOALS",
      subjects: ["queued.goals"],
      retention: RetentionPolicy.Workqueue,
    });
    await expect(ensureStreams(connection, { prefix: "queued" })).rejects.toThrow(/retention/);
  });

  test("says what it could not change of a stream that the server does not let change", async () => {
    await ensureStreams(connection, { prefix: "sealed", maxAgeDays: 3 });
    const sealed = { ...(await config("SEALED_RESULTS")), sealed: true };
    await connection.manager.streams.update("SEALED_RESULTS", sealed);
    const failure = await ensureStreams(connection, { prefix: "sealed", maxAgeDays: 4 }).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(StreamConflictError);
    expect((failure as Error).message).toMatch(/SEALED_RESULTS.*max_age/);
  });

  test("refuses subjects that another stream has", async () => {
    await connection.manager.streams.add({ name: "EVERYTHING", subjects: ["overlap.>"] });
    await expect(ensureStreams(connection, { prefix: "overlap" })).rejects.toThrow(/overlap/);
    await connection.manager.streams.delete("EVERYTHING");
  });

  test("refuses three replicas on an unsafe server before it makes anything", async ({ skip }) => {
    skip(isAtLeast(connection.version, "2.10.0"), "this server is safe with three replicas");
    const unsafe = ensureStreams(connection, { prefix: "unsafe", replicas: 3 });
    await expect(unsafe).rejects.toThrow(UnsafeReplicationError);
    await expect(config("UNSAFE_JOURNAL")).rejects.toThrow(/not found/);
  });

  test("makes smaller streams where there is little room, says so, and refuses where there is none", async () => {
    for (const [megabytes, fits] of [
      [100, true],
      [10, false],
    ] as const) {
      const dataDirectory = await mkdtemp(join(tmpdir(), "troupe-room-"));
      const tight = await ensureServer({
        dataDirectory,
        maxStoreBytes: megabytes * 1024 * 1024,
        log: silentLog,
      });
      const own = await connect({ url: tight.url, name: "room", log });
      lines = [];
      try {
        const made = ensureStreams(own, { prefix: "room" });
        if (!fits) await expect(made).rejects.toThrow(StreamStorageError);
        else {
          await made;
          await ensureStreams(own, { prefix: "room" });
          const { streams } = await serverReport(own);
          const sum = streams.reduce((total, { limitBytes = 0 }) => total + limitBytes, 0);
          expect(streams.length).toBe(5);
          expect(sum).toBeLessThanOrEqual(megabytes * 1024 * 1024);
          expect(sum).toBeGreaterThan(megabytes * 1024 * 512);
          expect(lines.filter((line) => line.includes("no room for more")).length).toBe(5);
        }
      } finally {
        await own.close();
        await tight.stop();
        await rm(dataDirectory, { recursive: true, force: true });
      }
    }
  });

  test("a size that is asked for is taken as it is, and applied to an existing stream", async () => {
    await ensureStreams(connection, { prefix: "sized", maxBytes: { journal: 20_000_000 } });
    expect((await config("SIZED_JOURNAL")).max_bytes).toBe(20_000_000);
    await ensureStreams(connection, { prefix: "sized", maxBytes: { journal: 30_000_000 } });
    expect((await config("SIZED_JOURNAL")).max_bytes).toBe(30_000_000);
  });

  test("the goal stream stores a plain publish and leaves the answer to whoever takes goals", async () => {
    await ensureStreams(connection, { prefix: "ask" });
    const answered = arrivals<string>();
    connection.nats.subscribe("ask.goals", {
      callback: (_, message) => {
        message.respond("accepted by a node");
      },
    });
    const reply = await connection.nats.request("ask.goals", "a goal");
    answered.push(reply.string());
    expect(await answered.next()).toBe("accepted by a node");
    const stored = await connection.manager.streams.getMessage("ASK_GOALS", { seq: 1 });
    expect(stored?.string()).toBe("a goal");
  });
});
