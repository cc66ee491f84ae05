import type { Delivery } from "@troupe/actor";
import { expect, test } from "vitest";
import { InMemoryWorkQueue } from "../in-memory-work-queue.ts";
import { seededRandom } from "../seeded-random.ts";
import { VirtualClock } from "../virtual-clock.ts";
import { type WorkQueueTrouble, withWorkQueueFaults } from "./work-queue-faults.ts";

/** Consumes one item, acknowledging each delivery at once, and tells how often it came. */
async function deliveries(trouble: WorkQueueTrouble, forMs: number): Promise<number[]> {
  const clock = new VirtualClock();
  const queue = new InMemoryWorkQueue(clock, 15_000);
  const attempts: number[] = [];
  const consume = async (delivery: Delivery): Promise<void> => {
    attempts.push(delivery.attempt);
    await delivery.ack();
  };
  const options = { clock, random: seededRandom(1), trouble };
  await withWorkQueueFaults(queue.connect(), options).consume(consume, { concurrency: 5 });
  queue.push(new Uint8Array());
  await clock.advance(forMs);
  return attempts;
}

test("without trouble an item comes once", async () => {
  expect(await deliveries({}, 60_000)).toEqual([1]);
});

test("an item whose ack was lost comes again when its lease is over", async () => {
  expect(await deliveries({ loseAck: 1 }, 16_000)).toEqual([1, 2]);
});

test("an item whose ack is late has another holder by then", async () => {
  expect(await deliveries({ lateAck: 1, lateMs: 20_000 }, 16_000)).toEqual([1, 2]);
});

test("an item is delivered a second time while the first is at work", async () => {
  expect(await deliveries({ redeliver: 1 }, 1)).toEqual([1, 2]);
});
