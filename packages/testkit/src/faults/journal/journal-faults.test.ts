import { FencedError } from "@troupe/actor";
import { expect, test } from "vitest";
import { InMemoryJournal } from "../../in-memory-journal.ts";
import { seededRandom } from "../../seeded-random.ts";
import { settled, VirtualClock } from "../../virtual-clock.ts";
import { JournalUnavailableError } from "../errors.ts";
import { FailOver } from "./fail-over.ts";
import { withLatency } from "./latency.ts";
import { LazySync } from "./lazy-sync.ts";
import { withLostAcks } from "./lost-acks.ts";
import { withStaleReads } from "./stale-reads.ts";
import { withTwoWinners } from "./two-winners.ts";

const bytes = new Uint8Array();

function world() {
  const clock = new VirtualClock();
  return { clock, random: seededRandom(3), store: new InMemoryJournal(clock) };
}

test("with a probability of 0 the journal is as it was", async () => {
  const { clock, random, store } = world();
  const journal = withLostAcks(
    withStaleReads(withTwoWinners(store, { clock, random, accepted: 0 }), {
      clock,
      random,
      stale: 0,
      lagMs: 1000,
    }),
    { random, lost: 0 },
  );
  expect(await journal.append("a", bytes, { expected: 0 })).toMatchObject({ sequence: 1 });
  await expect(journal.append("a", bytes, { expected: 0 })).rejects.toThrow(FencedError);
  expect(await journal.last("a")).toMatchObject({ sequence: 1 });
});

test("an append whose ack is lost is stored", async () => {
  const { random, store } = world();
  const journal = withLostAcks(store, { random, lost: 1 });
  await expect(journal.append("a", bytes)).rejects.toThrow(JournalUnavailableError);
  expect(store.lastSequence).toBe(1);
});

test("a stale read does not know the latest", async () => {
  const { clock, random, store } = world();
  const journal = withStaleReads(store, { clock, random, stale: 1, lagMs: 1000 });
  await journal.append("a", bytes);
  expect(await journal.last("a")).toBeUndefined();
  await clock.advance(1000);
  expect(await journal.read("a")).toHaveLength(1);
});

test("during a fail-over nothing is stored, and requests fail when patience ends", async () => {
  const { clock, store } = world();
  const failOver = new FailOver(clock);
  const journal = failOver.over(store);
  failOver.begin();
  const refused = expect(journal.append("a", bytes)).rejects.toThrow(JournalUnavailableError);
  await clock.advance(2000);
  await refused;
  expect(store.lastSequence).toBe(0);
  await clock.advance(3000);
  expect(await journal.append("a", bytes)).toMatchObject({ sequence: 1 });
});

test("a power loss takes what was appended since the last sync", async () => {
  const { clock, store } = world();
  const disk = new LazySync(store, clock, 1000);
  await store.append("a", bytes);
  await clock.advance(1000);
  await store.append("a", bytes);
  expect(disk.losePower()).toMatchObject([{ subject: "a", sequence: 2 }]);
  expect(await store.last("a")).toMatchObject({ sequence: 1 });
  disk.close();
});

test("two writers in a race both win, and a late one is fenced", async () => {
  const { clock, random, store } = world();
  const journal = withTwoWinners(store, { clock, random, accepted: 1, withinMs: 20 });
  expect(await journal.append("a", bytes, { expected: 0 })).toMatchObject({ sequence: 1 });
  expect(await journal.append("a", bytes, { expected: 0 })).toMatchObject({ sequence: 2 });
  await clock.advance(21);
  await expect(journal.append("a", bytes, { expected: 1 })).rejects.toThrow(FencedError);
});

test("requests and answers take their time", async () => {
  const { clock, random, store } = world();
  const journal = withLatency(store, { clock, random, mostMs: 100 });
  let answered = false;
  void journal.append("a", bytes).then(() => {
    answered = true;
  });
  await settled();
  expect(store.lastSequence).toBe(0);
  await clock.advance(200);
  expect(answered).toBe(true);
});
