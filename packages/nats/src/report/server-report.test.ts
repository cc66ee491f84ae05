import { silentLog } from "@troupe/actor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect } from "../connection/connect.ts";
import type { Connection } from "../connection/connection.ts";
import { natsJournal } from "../journal/nats-journal.ts";
import { ensureStreams } from "../streams/ensure-streams.ts";
import { canStartServer, startTestServer, type TestServer } from "../testing.ts";
import { reportWarnings } from "./report-warnings.ts";
import { serverReport } from "./server-report.ts";

describe.skipIf(!(await canStartServer("server report")))("the server report", () => {
  let server: TestServer;
  let connection: Connection;
  beforeAll(async () => {
    server = await startTestServer();
    connection = await connect({ url: server.url, name: "doctor", log: silentLog });
  });
  afterAll(async () => {
    await connection.close();
    await server.stop();
  });

  test("counts what is stored and shows version, room and replicas", async () => {
    await ensureStreams(connection, { prefix: "doc" });
    const journal = natsJournal(connection, { prefix: "doc" });
    for (let i = 0; i < 3; i += 1) await journal.append("journal.a.b", new Uint8Array(100));
    const report = await serverReport(connection);
    expect(report).toMatchObject({ version: server.version, authenticates: true });
    expect(report.jetstream.enabled && report.jetstream.storage.usedBytes).toBeGreaterThan(300);
    expect(report.streams.length).toBe(5);
    const stream = report.streams.find(({ name }) => name === "DOC_JOURNAL");
    expect(stream).toMatchObject({ messages: 3, replicas: 1, refusesWhenFull: true });
    expect(report.warnings.map(({ code }) => code)).not.toContain("stream-nearly-full");
  });

  test("warns of a stream that is nearly full, with the remedy", async () => {
    const { config } = await connection.manager.streams.info("DOC_DEAD");
    await connection.manager.streams.update("DOC_DEAD", { ...config, max_bytes: 12_000 });
    const journal = natsJournal(connection, { prefix: "doc" });
    for (let i = 0; i < 10; i += 1) await journal.append("dead.x", new Uint8Array(1000));
    const { warnings } = await serverReport(connection);
    const warning = warnings.find(({ code }) => code === "stream-nearly-full");
    expect(warning?.message).toContain("DOC_DEAD");
    expect(warning?.remedy).toContain("max_bytes");
  });
});

test("an open server without JetStream, and replicas unsafe or behind, are warned of", () => {
  const facts = {
    url: "nats://h",
    version: "2.9.10",
    serverName: "s",
    maxPayloadBytes: 1,
    authenticates: false,
    jetstream: { enabled: false as const },
    streams: [
      {
        name: "S",
        subjects: [],
        messages: 0,
        bytes: 0,
        replicas: 3,
        currentReplicas: 2,
        consumers: 0,
        refusesWhenFull: true,
      },
    ],
  };
  const warnings = reportWarnings(facts, { durability: "old", replicationSafe: false });
  expect(warnings.map(({ code }) => code).sort()).toEqual([
    "durability",
    "jetstream-disabled",
    "no-authentication",
    "replica-behind",
    "unsafe-replication",
  ]);
  for (const { remedy } of warnings) expect(remedy.length).toBeGreaterThan(10);
});
