import {
  FencedError,
  type Journal,
  openJournaled,
  readRecords,
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

const prefix = "archives";
const every = 20;
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i + 1);

describe.skipIf(!(await canStartServer("archives")))("archived entities on JetStream", () => {
  let server: TestServer;
  let connection: Connection;
  let journal: Journal;
  beforeAll(async () => {
    server = await startTestServer();
    connection = await connect({ url: server.url, name: "archives", log: silentLog });
    await ensureStreams(connection, { prefix });
    journal = natsJournal(connection, { prefix });
  });
  afterAll(async () => {
    await connection.close();
    await server.stop();
  });

  const formatOf = (key: string) => ({
    journal,
    kind: "list",
    key,
    version: 1,
    record: z.object({ n: z.number() }),
  });
  const open = (key: string) =>
    openJournaled<readonly number[], { readonly n: number }>({
      ...formatOf(key),
      clock: systemClock,
      initial: [],
      apply: (list, { n }) => [...list, n],
      snapshot: { every, schema: z.array(z.number()).readonly(), version: 1, retain: "archived" },
    });
  const history = async (key: string): Promise<readonly number[]> =>
    (await readRecords(formatOf(key))).map(({ record }) => record.n);
  const left = async (key: string): Promise<number> =>
    (await journal.read(`journal.list.${key}`)).length;
  /** Archiving goes on beside the appends: asked again until it has come to its end. The newest record that is in a segment stays. */
  const untilArchived = async (key: string): Promise<void> => {
    while ((await left(key)) > every);
  };

  test("the journal is purged, the history is whole, and the fence holds for every stale writer", async () => {
    const stale = await open("lean");
    const current = await open("lean");
    for (const n of upTo(105)) await current.append({ n });
    await untilArchived("lean");
    expect(await history("lean")).toEqual(upTo(105));
    const next = await open("lean");
    expect(next.state).toEqual(upTo(105));
    await expect(stale.append({ n: 0 })).rejects.toThrow(FencedError);
    await expect(
      journal.append("journal.list.lean", new Uint8Array(), { expected: 0 }),
    ).rejects.toThrow(FencedError);
    await next.append({ n: 106 });
    await expect(current.append({ n: 0 })).rejects.toThrow(FencedError);
    expect(await history("lean")).toEqual(upTo(106));
    expect(await journal.read("segment.list.lean")).toHaveLength(5);
  });

  test("a server that is killed while records are moved loses none, and shows none twice", async () => {
    const entity = await open("killed");
    for (const n of upTo(60)) {
      const stored = entity.append({ n });
      // The append that makes an archive due, and the one after it.
      if (n % every < 2) await server.kill().then(() => server.restart());
      await stored;
    }
    expect(await history("killed")).toEqual(upTo(60));
    const again = await open("killed");
    expect(again.state).toEqual(upTo(60));
    for (const n of upTo(every)) await again.append({ n: 60 + n });
    await untilArchived("killed");
    expect(await history("killed")).toEqual(upTo(60 + every));
    await expect(entity.append({ n: 0 })).rejects.toThrow(FencedError);
  });

  test("writers that race archive each record once", async () => {
    const write = async (from: number): Promise<void> => {
      let entity = await open("raced");
      for (let n = from; n < from + 40; ) {
        try {
          await entity.append({ n });
          n += 1;
        } catch (error) {
          if (!(error instanceof FencedError)) throw error;
          entity = await open("raced");
          // One whose answer was lost may be stored all the same, below another's.
          if (entity.state.includes(n)) n += 1;
        }
      }
    };
    await Promise.all([write(0), write(100), write(200)]);
    const final = await open("raced");
    const written = [0, 100, 200].flatMap((from) => upTo(40).map((n) => from + n - 1));
    expect([...final.state].sort((a, b) => a - b)).toEqual(written);
    expect(await history("raced")).toEqual(final.state);
    const records = await readRecords(formatOf("raced"));
    expect(new Set(records.map(({ sequence }) => sequence)).size).toBe(120);
  });

  test("what is forgotten is gone from the server but for one small record each", async () => {
    const entity = await open("old");
    for (const n of upTo(50)) await entity.append({ n });
    await untilArchived("old");
    await entity.append({ n: 51 }, { begins: true });
    await entity.forget();
    for (const subject of ["journal", "segment", "snapshot"]) {
      expect(await journal.read(`${subject}.list.old`), subject).toHaveLength(1);
    }
    expect(await history("old")).toEqual([51]);
    await expect((await open("old")).append({ n: 52 })).resolves.toContain(52);
  });

  test("segments are no events", async () => {
    const events = arrivals<string>();
    connection.nats.subscribe(`${prefix}.events.>`, {
      callback: (_, { subject }) => events.push(subject),
    });
    await connection.nats.flush();
    const entity = await open("quiet");
    for (const n of upTo(50)) await entity.append({ n });
    for (const _ of upTo(50)) await events.next();
    expect(new Set(events.all)).toEqual(new Set([`${prefix}.events.list.quiet`]));
  });
});
