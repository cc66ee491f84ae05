import { type Journal, silentLog } from "@troupe/actor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect } from "../connection/connect.ts";
import type { Connection } from "../connection/connection.ts";
import { operationLimitMs } from "../store/until-answered.ts";
import { ensureStreams } from "../streams/ensure-streams.ts";
import { streamName } from "../streams/layout.ts";
import { canStartServer, startTestServer, type TestServer } from "../testing.ts";
import { natsJournal } from "./nats-journal.ts";

const prefix = "reading";
const stream = streamName(prefix, "journal");
const count = 3000;

describe.skipIf(!(await canStartServer("reading")))("a read of many records", () => {
  let server: TestServer;
  let connection: Connection;
  let other: Connection;
  let journal: Journal;
  beforeAll(async () => {
    server = await startTestServer();
    connection = await connect({ url: server.url, name: "reading", log: silentLog });
    other = await connect({ url: server.url, name: "other", log: silentLog });
    await ensureStreams(connection, { prefix });
    journal = natsJournal(connection, { prefix });
  });
  afterAll(async () => {
    await other.close();
    await connection.close();
    await server.stop();
  });

  test("is complete when the consumers it reads through are taken away", async () => {
    const appends = Array.from({ length: count }, () =>
      journal.append("journal.e.many", new Uint8Array()),
    );
    const stored = (await Promise.all(appends)).map(({ sequence }) => sequence);
    let taken = 0;
    other.nats.subscribe(`$JS.EVENT.ADVISORY.CONSUMER.CREATED.${stream}.>`, {
      callback: (_, { subject }) => {
        if (taken === 2) return;
        taken += 1;
        void other.manager.consumers.delete(stream, subject.split(".").at(-1) ?? "");
      },
    });
    await other.nats.flush();
    const records = await journal.read("journal.e.many");
    expect(records.map(({ sequence }) => sequence)).toEqual(stored.sort((a, b) => a - b));
    expect(taken).toBeGreaterThan(0);
  });

  test("ends when another writer appends and purges past what was the newest", async () => {
    const subject = "journal.e.overtaken";
    const stored: number[] = [];
    const append = async (): Promise<void> => {
      stored.push((await journal.append(subject, new Uint8Array())).sequence);
    };
    while (stored.length < 20) await append();
    // By the time a consumer is made, the end of the read is set.
    const { manager } = connection;
    let overtaken = false;
    const consumers = Object.create(manager.consumers, {
      add: {
        value: async (...request: Parameters<typeof manager.consumers.add>) => {
          if (!overtaken) {
            overtaken = true;
            await append();
            await journal.purge(subject, { before: stored.at(-1) ?? 0 });
          }
          return manager.consumers.add(...request);
        },
      },
    });
    const reader: Connection = Object.create(connection, {
      manager: { value: Object.create(manager, { consumers: { value: consumers } }) },
    });
    const begun = performance.now();
    const read = await natsJournal(reader, { prefix }).read(subject);
    expect(overtaken).toBe(true);
    // One by one it has read the first ones; what came after its end is for the next read.
    expect(read.map(({ sequence }) => sequence)).toEqual(stored.slice(0, 8));
    expect(performance.now() - begun).toBeLessThan(operationLimitMs);
    expect(await journal.read(subject)).toHaveLength(1);
  });
});
