import { expect, test } from "vitest";
import { InMemoryJournal } from "../in-memory-journal.ts";
import { InMemoryNetwork } from "../in-memory-network.ts";
import { InMemoryWorkQueue } from "../in-memory-work-queue.ts";
import { seededRandom } from "../seeded-random.ts";
import { settled, VirtualClock } from "../virtual-clock.ts";
import {
  processClock,
  processJournal,
  processTransport,
  processWorkQueue,
} from "./process-ports.ts";
import { SimulatedProcess } from "./simulated-process.ts";

function world() {
  const clock = new VirtualClock();
  const process = new SimulatedProcess(clock);
  return { clock, process, own: processClock(clock, process), order: [] as string[] };
}

test("timers of a sleeping process run when it wakes, in their order", async () => {
  const { clock, process, own, order } = world();
  own.schedule(100, () => order.push("first"));
  own.schedule(200, () => order.push("second"));
  const cancel = own.schedule(150, () => order.push("cancelled"));
  process.pause();
  await clock.advance(20_000);
  cancel();
  expect(order).toEqual([]);
  process.resume();
  expect(order).toEqual(["first", "second"]);
  expect(process.pausedMs).toBe(20_000);
});

test("deliveries wait for a sleeping process, and a dead one is not there", async () => {
  const { clock, process, order } = world();
  const network = new InMemoryNetwork({ clock, random: seededRandom(1) });
  const sender = network.connect("other");
  processTransport(network.connect("sleeper"), process).subscribe("news", () => order.push("news"));
  sender.subscribe("inbox", ({ noResponders }) => order.push(`nobody ${noResponders}`));
  process.pause();
  sender.publish("news", new Uint8Array());
  await settled();
  expect(order).toEqual([]);
  process.resume();
  expect(order).toEqual(["news"]);
  process.kill();
  sender.publish("news", new Uint8Array(), { reply: "inbox" });
  await settled();
  expect(order).toEqual(["news", "nobody true"]);
});

test("what a process had asked the journal for is stored, though it dies before it hears so", async () => {
  const { clock, process, order } = world();
  const store = new InMemoryJournal(clock);
  const journal = processJournal(store, process);
  void journal.append("results.g", new Uint8Array()).then(() => order.push("heard"));
  process.kill();
  void journal.append("results.h", new Uint8Array()).then(() => order.push("heard"));
  await settled();
  expect(order).toEqual([]);
  expect(store.lastSequence).toBe(1);
});

test("the lease of an item runs out while its holder sleeps", async () => {
  const { clock, process, own, order } = world();
  const queue = new InMemoryWorkQueue(clock, 15_000);
  const consumer = processWorkQueue(queue.connect(), process);
  await consumer.consume(
    async ({ attempt }) => {
      order.push(`attempt ${attempt}`);
      await new Promise<void>((resolve) => {
        own.schedule(60_000, resolve);
      });
    },
    { concurrency: 1 },
  );
  queue.push(new Uint8Array());
  await settled();
  process.pause();
  await clock.advance(16_000);
  expect(order).toEqual(["attempt 1"]);
  process.resume();
  expect(order).toEqual(["attempt 1", "attempt 2"]);
});
