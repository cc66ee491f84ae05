import type { Transport } from "@troupe/actor";
import { InMemoryNetwork, seededRandom, VirtualClock } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { followRecords, waitingBytes } from "./follow-records.ts";

interface One {
  readonly sequence: number;
}

let clock: VirtualClock;
let transport: Transport;
let server: Transport;
/** What is stored, and how often and from where it was read. */
let kept: One[];
let readings: number[];
/** Messages that were looked into. */
let heard: number;
beforeEach(() => {
  clock = new VirtualClock();
  const network = new InMemoryNetwork({ clock, random: seededRandom(1), delayMs: 0 });
  [transport, server] = [network.connect("client"), network.connect("server")];
  kept = [];
  readings = [];
  heard = 0;
});

/** Stores records and then tells of them, as a server does. */
async function store(count: number, bytes: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    kept.push({ sequence: kept.length + 1 });
    const headers = { sequence: String(kept.length) };
    server.publish("told", new Uint8Array(bytes), { headers });
  }
  await clock.advance(10);
}

/** Follows, while something happens in the middle of each reading. */
async function follow(during: (reading: number) => Promise<void>): Promise<number[]> {
  const seen: number[] = [];
  const following = followRecords<One>(
    transport,
    {
      subject: "told",
      read: ({ headers }) => {
        heard += 1;
        return [{ sequence: Number(headers?.["sequence"]) }];
      },
      stored: async (after, pass) => {
        readings.push(after);
        // Read before what comes meanwhile is stored.
        const found = kept.filter(({ sequence }) => sequence > after);
        await during(readings.length);
        pass(found);
      },
    },
    ({ sequence }) => seen.push(sequence),
  );
  await clock.advance(10);
  await following;
  return seen;
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

test("what comes while the store is read is told after it, and the store is read once", async () => {
  await store(3, 10);
  const seen = await follow(() => store(16, waitingBytes / 16));
  expect(seen).toEqual(upTo(19));
  expect(readings).toEqual([0]);
  await store(1, 10);
  expect(seen).toEqual(upTo(20));
});

test("when more comes than may wait, the store is read again from where it was left, and each is told once", async () => {
  await store(3, 10);
  const seen = await follow((reading) =>
    reading < 3 ? store(17, waitingBytes / 16) : store(1, 10),
  );
  expect(seen).toEqual(upTo(38));
  expect(readings).toEqual([0, 3, 20]);
  await store(2, 10);
  expect(seen).toEqual(upTo(40));
});

test("of what may not wait nothing is kept, however much comes", async () => {
  await store(1, 10);
  const seen = await follow((reading) => (reading === 1 ? store(100, 2 ** 20) : store(0, 0)));
  expect(seen).toEqual(upTo(101));
  expect(heard).toBeLessThanOrEqual(waitingBytes / 2 ** 20);
});
