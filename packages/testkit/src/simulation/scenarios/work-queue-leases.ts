import type { SimulatedNode } from "../node.ts";
import type { Course, Scenario } from "../scenario.ts";
import type { World } from "../world.ts";
import { consume } from "./work-queue/consumer.ts";
import { WorkItemLedger } from "./work-queue/item-ledger.ts";

/** Items that one node holds at once. */
const concurrency = 2;
const encoder = new TextEncoder();

/** Items of a durable queue, whose consumers die, sleep beyond their lease and are not heard. */
export const workQueueLeases: Scenario = {
  name: "work-queue-leases",
  protocol: "actor",
  description: "nothing acknowledged is lost; each item is finished, and its outcome recorded once",
  nodes: ["a", "b", "c"],
  faults: {
    pause: { times: 5, forMs: [100, 30_000] },
    crash: { times: 5, forMs: [0, 15_000] },
    failOver: { times: 2, forMs: [5000, 5000] },
    lostAcks: { times: 4, forMs: [500, 8000], lost: 0.4 },
    workQueue: { times: 5, forMs: [2000, 10_000], redeliver: 0.3, loseAck: 0.3, lateAck: 0.3 },
    clocks: { skewMs: 5000, drift: 0.01 },
  },
  faultyMs: 60_000,
  calmMs: 120_000,
  actions: 40,
  begin: (world) => new WorkQueueCourse(world),
};

class WorkQueueCourse implements Course {
  readonly #world: World;
  readonly #ledger: WorkItemLedger;

  constructor(world: World) {
    this.#world = world;
    this.#ledger = new WorkItemLedger(world);
  }

  boot({ name, life }: SimulatedNode): void {
    const handle = (delivery: Parameters<typeof consume>[0]) =>
      consume(delivery, life, this.#ledger, name);
    void life.queue.consume(handle, { concurrency });
  }

  act(): void {
    this.#world.queue.push(encoder.encode(this.#ledger.push()));
  }

  end(): Promise<void> {
    return this.#ledger.end();
  }
}
