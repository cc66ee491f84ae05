import { FencedError, type Journal, PayloadTooLargeError, silentLog } from "@troupe/actor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect } from "../connection/connect.ts";
import type { Connection } from "../connection/connection.ts";
import { InvalidRecordSubjectError, StreamFullError, StreamMissingError } from "../errors.ts";
import { ensureStreams } from "../streams/ensure-streams.ts";
import { arrivals, canStartServer, startTestServer, type TestServer } from "../testing.ts";
import { natsJournal } from "./nats-journal.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (payload: Uint8Array | undefined): string => new TextDecoder().decode(payload);
const prefix = "journals";

describe.skipIf(!(await canStartServer("journal")))("the journal on JetStream", () => {
  let server: TestServer;
  let connection: Connection;
  let journal: Journal;
  beforeAll(async () => {
    server = await startTestServer();
    connection = await connect({ url: server.url, name: "journal", log: silentLog });
    await ensureStreams(connection, { prefix });
    journal = natsJournal(connection, { prefix });
  });
  afterAll(async () => {
    await connection.close();
    await server.stop();
  });

  test("refuses the stale one of two writers", async () => {
    const first = await journal.append("journal.e.stale", bytes("1"), { expected: 0 });
    const second = await journal.append("journal.e.stale", bytes("2"), {
      expected: first.sequence,
    });
    const stale = journal.append("journal.e.stale", bytes("x"), { expected: first.sequence });
    await expect(stale).rejects.toThrow(FencedError);
    await expect(journal.append("journal.e.stale", bytes("x"), { expected: 0 })).rejects.toThrow(
      FencedError,
    );
    expect((await journal.last("journal.e.stale"))?.sequence).toBe(second.sequence);
  });

  test("lets exactly one of many racing writers win each round", async () => {
    const other = await connect({ url: server.url, name: "rival", log: silentLog });
    const rivals = [journal, natsJournal(other, { prefix })];
    let expected = 0;
    for (let round = 0; round < 30; round += 1) {
      const tries = await Promise.allSettled(
        Array.from({ length: 8 }, (_, i) =>
          (rivals[i % 2] ?? journal).append("journal.e.race", bytes(`${round}/${i}`), { expected }),
        ),
      );
      const won = tries.filter((one) => one.status === "fulfilled");
      const lost = tries.filter((one) => one.status === "rejected");
      expect(won.length).toBe(1);
      expect(lost.every(({ reason }) => reason instanceof FencedError)).toBe(true);
      expected = won[0]?.value.sequence ?? 0;
    }
    expect((await journal.read("journal.e.race")).length).toBe(30);
    await other.close();
  });

  test("a fence on one subject does not feel appends to others", async () => {
    const mine = await journal.append("journal.e.mine", bytes("1"), { expected: 0 });
    await journal.append("journal.e.other", bytes("1"));
    await journal.append("journal.e.mine", bytes("2"), { expected: mine.sequence });
    expect((await journal.read("journal.e.mine")).map((r) => text(r.payload))).toEqual(["1", "2"]);
  });

  test("stores a repeated id once, also with the same fence and after later records", async () => {
    const options = { expected: 0, id: "journals-dedup-1" };
    const first = await journal.append("journal.e.dedup", bytes("1"), options);
    expect(first.duplicate).toBe(false);
    await journal.append("journal.e.dedup", bytes("2"), { expected: first.sequence });
    expect(await journal.append("journal.e.dedup", bytes("1"), options)).toEqual({
      sequence: first.sequence,
      duplicate: true,
    });
    expect(await journal.append("journal.e.dedup", bytes("1"), { id: "journals-dedup-1" })).toEqual(
      { sequence: first.sequence, duplicate: true },
    );
    expect((await journal.read("journal.e.dedup")).length).toBe(2);
  });

  test("reads thousands of records completely, in order, byte by byte, while more come", async () => {
    const count = 3000;
    const payload = (i: number): Uint8Array => Uint8Array.from([i & 255, i >> 8, 0, 255, 10, 13]);
    for (let from = 0; from < count; from += 250) {
      await Promise.all(
        Array.from({ length: 250 }, (_, i) =>
          journal.append(`journal.many.${(from + i) % 3}`, payload(from + i)),
        ),
      );
    }
    const [records, ...appended] = await Promise.all([
      journal.read("journal.many.>"),
      ...Array.from({ length: 50 }, () => journal.append("journal.many.later", bytes("later"))),
    ]);
    expect(appended.length).toBe(50);
    const before = records.filter((record) => record.subject !== "journal.many.later");
    expect(before.length).toBe(count);
    const sequences = records.map((record) => record.sequence);
    expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
    const seen = new Set(before.map(({ payload: p }) => (p[0] ?? 0) + ((p[1] ?? 0) << 8)));
    expect(seen.size).toBe(count);
    const tail = await journal.read("journal.many.1", { after: sequences[1500] ?? 0, limit: 100 });
    expect(tail.length).toBe(100);
    expect(tail.map((record) => record.sequence)).toEqual(
      records
        .filter((r) => r.subject === "journal.many.1" && r.sequence > (sequences[1500] ?? 0))
        .slice(0, 100)
        .map((record) => record.sequence),
    );
  });

  test("gives nothing for what was never written, and the newest of what was", async () => {
    expect(await journal.read("journal.none.*")).toEqual([]);
    expect(await journal.last("journal.none.x")).toBeUndefined();
    const before = Date.now();
    await journal.append("dead.actor-1", bytes("a"));
    const { sequence } = await journal.append("dead.actor-1", bytes("b"));
    const last = await journal.last("dead.actor-1");
    expect(last).toMatchObject({ subject: "dead.actor-1", sequence, payload: bytes("b") });
    expect(last?.storedAt).toBeGreaterThanOrEqual(before - 1000);
    const [read] = await journal.read("dead.*", { after: sequence - 1 });
    expect(read).toEqual(last);
    expect(await journal.read("dead.*", { limit: 0 })).toEqual([]);
  });

  test("keeps the newest result of each goal only", async () => {
    for (const value of ["1", "2", "3"]) await journal.append("results.g1", bytes(value));
    expect((await journal.read("results.>")).map((r) => text(r.payload))).toEqual(["3"]);
  });

  test("publishes each journal record, byte for byte, as an event", async () => {
    const events = arrivals<{ subject: string; data: Uint8Array }>();
    connection.nats.subscribe(`${prefix}.events.>`, {
      callback: (_, { subject, data }) => events.push({ subject, data: new Uint8Array(data) }),
    });
    await connection.nats.flush();
    const payload = Uint8Array.from({ length: 256 }, (_, i) => i);
    const { sequence } = await journal.append("journal.goal.e1", payload);
    const event = await events.next();
    expect(event.subject).toBe(`${prefix}.events.goal.e1`);
    expect(event.data).toEqual(payload);
    const [record] = await journal.read("journal.goal.e1");
    expect(record?.sequence).toBe(sequence);
    expect(record?.payload).toEqual(event.data);
  });

  test("refuses payloads, subjects and streams it cannot keep, each by its own error", async () => {
    const limit = connection.nats.info?.max_payload ?? 0;
    await expect(journal.append("journal.e.big", new Uint8Array(limit + 1))).rejects.toThrow(
      PayloadTooLargeError,
    );
    await expect(journal.append("journal.e.big", new Uint8Array(limit))).rejects.toThrow(
      PayloadTooLargeError,
    );
    await expect(journal.append("goals", bytes("x"))).rejects.toThrow(InvalidRecordSubjectError);
    const absent = natsJournal(connection, { prefix: "absent" });
    await expect(absent.append("journal.e.1", bytes("x"))).rejects.toThrow(StreamMissingError);
    await expect(absent.last("journal.e.1")).rejects.toThrow(StreamMissingError);
    await expect(absent.read("journal.>")).rejects.toThrow(StreamMissingError);
  });

  test("refuses new records at the size bound and keeps the old ones", async () => {
    await ensureStreams(connection, { prefix: "small" });
    const { config } = await connection.manager.streams.info("SMALL_JOURNAL");
    await connection.manager.streams.update("SMALL_JOURNAL", { ...config, max_bytes: 10_000 });
    const small = natsJournal(connection, { prefix: "small" });
    const fill = async (): Promise<number> => {
      for (let stored = 0; ; stored += 1) {
        try {
          await small.append("journal.e.1", new Uint8Array(1000));
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(StreamFullError);
          return stored;
        }
      }
    };
    const stored = await fill();
    expect(stored).toBeGreaterThan(5);
    expect((await small.read("journal.>")).length).toBe(stored);
  });

  test("keeps acknowledged records when the server is killed, and waits for it to come back", async () => {
    const acknowledged: string[] = [];
    let expected = 0;
    const writeUntil = async (total: number): Promise<void> => {
      while (acknowledged.length < total) {
        const name = String(acknowledged.length);
        const { sequence } = await journal.append("journal.e.killed", bytes(name), { expected });
        expected = sequence;
        acknowledged.push(name);
      }
    };
    await writeUntil(50);
    const since = performance.now();
    const through = writeUntil(400);
    await server.kill();
    await server.restart();
    await through;
    // An append in flight is repeated on the new connection, not after its 5 s time-out.
    expect(performance.now() - since).toBeLessThan(4500);
    const records = await journal.read("journal.e.killed");
    expect(records.map((record) => text(record.payload))).toEqual(acknowledged);
  });
});
