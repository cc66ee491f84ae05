import { type Delivery, FencedError } from "@troupe/actor";
import { between, happens } from "../../../faults/chance.ts";
import type { Life } from "../../node.ts";
import type { WorkItemLedger } from "./item-ledger.ts";

/** Longer than the lease, so that some items get a second holder. */
const longestWorkMs = 25_000;
const heartbeatMs = 5000;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Works on one item as intakes do: works, records the outcome once for all, acknowledges. */
export async function consume(
  delivery: Delivery,
  life: Life,
  ledger: WorkItemLedger,
  node: string,
): Promise<void> {
  const { random, clock, journal } = life;
  const item = decoder.decode(delivery.payload);
  ledger.begins(node, item, delivery.attempt);
  let working = true;
  const beats = happens(random, 0.6);
  const beat = (): void => {
    if (!working) return;
    delivery.working();
    clock.schedule(heartbeatMs, beat);
  };
  if (beats) beat();
  try {
    const isQuick = happens(random, 0.7);
    const workMs = between(random, 0, isQuick ? 1000 : longestWorkMs);
    await new Promise<void>((resolve) => {
      clock.schedule(workMs, resolve);
    });
    if (happens(random, 0.15)) throw new Error("the work fails");
    if (happens(random, 0.1)) return delivery.retry(between(random, 0, 3000));
    const outcome = encoder.encode(`${node}.${life.number}`);
    try {
      await journal.append(`results.${item}`, outcome, { expected: 0 });
    } catch (error) {
      // Somebody else has recorded it, or this consumer has and was not told.
      if (!(error instanceof FencedError)) throw error;
    }
    await ledger.acknowledges(item);
    await delivery.ack();
  } finally {
    working = false;
  }
}
