import {
  type Clock,
  FencedError,
  type Journal,
  openJournaled,
  runOutbox,
  silentLog,
  systemClock,
} from "@troupe/actor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { connect } from "../connection/connect.ts";
import type { Connection } from "../connection/connection.ts";
import { ensureStreams } from "../streams/ensure-streams.ts";
import { arrivals, canStartServer, startTestServer, type TestServer } from "../testing.ts";
import { natsJournal } from "./nats-journal.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (payload: Uint8Array): string => new TextDecoder().decode(payload);
const prefix = "snapshots";
const clock: Clock = systemClock;

describe.skipIf(!(await canStartServer("snapshots")))("purge and snapshots on JetStream", () => {
  let server: TestServer;
  let connection: Connection;
  let journal: Journal;
  beforeAll(async () => {
    server = await startTestServer();
    connection = await connect({ url: server.url, name: "snapshots", log: silentLog });
    await ensureStreams(connection, { prefix });
    journal = natsJournal(connection, { prefix });
  });
  afterAll(async () => {
    await connection.close();
    await server.stop();
  });

  const fill = async (subject: string, count: number): Promise<number[]> => {
    const sequences: number[] = [];
    for (let i = 0; i < count; i += 1) {
      sequences.push((await journal.append(subject, bytes(String(i)))).sequence);
      await journal.append("journal.e.between", bytes("x"));
    }
    return sequences;
  };
  const open = (key: string) =>
    openJournaled<number, { readonly n: number }, string>({
      journal,
      clock,
      kind: "sum",
      key,
      version: 1,
      record: z.object({ n: z.number() }),
      effect: { schema: z.string(), version: 1 },
      initial: 0,
      apply: (sum, { n }) => sum + n,
      snapshot: { every: 10, schema: z.number(), version: 1, retain: "uncovered" },
    });

  test("a purge removes the records of one subject below a sequence, and no others", async () => {
    const sequences = await fill("journal.e.purged", 6);
    const others = (await journal.read("journal.e.between")).length;
    expect(await journal.purge("journal.e.purged", { before: sequences[4] ?? 0 })).toBe(4);
    const left = await journal.read("journal.e.purged");
    expect(left.map((record) => text(record.payload))).toEqual(["4", "5"]);
    expect(await journal.purge("journal.e.purged", { before: sequences[4] ?? 0 })).toBe(0);
    expect((await journal.read("journal.e.between")).length).toBe(others);
  });

  test("a purge never takes the newest record, nor any when nothing is below its bound", async () => {
    const sequences = await fill("journal.e.newest", 3);
    const last = sequences[2] ?? 0;
    for (const before of [0, 1, sequences[0] ?? 0]) {
      expect(await journal.purge("journal.e.newest", { before })).toBe(0);
    }
    expect(await journal.purge("journal.e.newest", { before: last + 1000 })).toBe(2);
    await expect(journal.append("journal.e.newest", bytes("x"), { expected: 0 })).rejects.toThrow(
      FencedError,
    );
    await journal.append("journal.e.newest", bytes("3"), { expected: last });
    expect(await journal.purge("journal.e.never", { before: 5 })).toBe(0);
  });

  test("records tell the id they were appended with, however they are read", async () => {
    for (let i = 0; i < 20; i += 1) {
      await journal.append("journal.e.ids", bytes(String(i)), { id: `snapshots-${i}` });
    }
    const ids = (await journal.read("journal.e.ids")).map(({ id }) => id);
    expect(ids).toEqual(Array.from({ length: 20 }, (_, i) => `snapshots-${i}`));
    expect((await journal.last("journal.e.ids"))?.id).toBe("snapshots-19");
  });

  test("an entity opens from its snapshot and the records after it, and the fence holds", async () => {
    const stale = await open("lean");
    const entity = await open("lean");
    for (let n = 1; n <= 25; n += 1) await entity.append({ n });
    expect((await journal.read("journal.sum.lean")).length).toBe(6);
    expect((await journal.read("snapshot.sum.lean")).length).toBe(1);
    const again = await open("lean");
    expect(again.state).toBe(325);
    expect(again.records.map(({ record }) => record.n)).toEqual([21, 22, 23, 24, 25]);
    await expect(stale.append({ n: 1 })).rejects.toThrow(FencedError);
    await again.append({ n: 26 });
    await expect(entity.append({ n: 1 })).rejects.toThrow(FencedError);
  });

  test("after a kill right behind a purge the state is the same, and the fence holds", async () => {
    const entity = await open("killed");
    for (let n = 1; n <= 10; n += 1) await entity.append({ n });
    await server.kill();
    await server.restart();
    const again = await open("killed");
    expect(again.state).toBe(55);
    await again.append({ n: 11 });
    await expect(entity.append({ n: 1 })).rejects.toThrow(FencedError);
  });

  test("effects survive a killed server, and each is performed and recorded once", async () => {
    const entity = await open("paid");
    const effects = Array.from({ length: 40 }, (_, i) => `pay ${i}`);
    for (const [n, effect] of effects.entries()) await entity.append({ n }, { effects: [effect] });
    const paid = new Map<string, string>();
    const run = runOutbox(
      entity,
      async (effect, { id }) => {
        if (!paid.has(id)) paid.set(id, effect);
        if (paid.size === 10) await server.kill().then(() => server.restart());
      },
      { clock, until: "empty" },
    );
    await run;
    expect([...paid.values()]).toEqual(effects);
    expect((await open("paid")).outbox).toMatchObject({ pending: [], failed: [] });
  });

  test("snapshots are no events", async () => {
    const events = arrivals<string>();
    connection.nats.subscribe(`${prefix}.events.>`, {
      callback: (_, { subject }) => events.push(subject),
    });
    await connection.nats.flush();
    const entity = await open("quiet");
    for (let n = 0; n < 11; n += 1) await entity.append({ n });
    for (let n = 0; n < 11; n += 1) await events.next();
    expect(new Set(events.all)).toEqual(new Set([`${prefix}.events.sum.quiet`]));
  });

  test("a journal stream from before there were snapshots gets their subject, and keeps its records", async () => {
    await ensureStreams(connection, { prefix: "older" });
    const { config } = await connection.manager.streams.info("OLDER_JOURNAL");
    await connection.manager.streams.update("OLDER_JOURNAL", {
      ...config,
      subjects: ["older.journal.>"],
    });
    const older = natsJournal(connection, { prefix: "older" });
    await older.append("journal.e.1", bytes("1"));
    await ensureStreams(connection, { prefix: "older" });
    await older.append("snapshot.e.1", bytes("s"));
    expect((await older.read("journal.>")).length).toBe(1);
    expect((await older.read("snapshot.>")).length).toBe(1);
  });
});
