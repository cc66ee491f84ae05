import { InMemoryJournal, seededRandom, VirtualClock } from "@troupe/testkit";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Journal } from "../ports/journal.ts";
import { account, balanceSchema } from "./account.test-data.ts";
import { openJournaled } from "./journaled.ts";
import { runOutbox } from "./run-outbox.ts";

/** A process that dies at the n-th of its boundaries: nothing of it is heard after. */
class MortalProcess {
  readonly died: Promise<"died">;
  #left: number;
  #die: () => void = () => {};
  constructor(boundaries: number) {
    this.#left = boundaries;
    this.died = new Promise((resolve) => {
      this.#die = () => resolve("died");
    });
  }

  async boundary(): Promise<void> {
    this.#left -= 1;
    if (this.#left > 0) return;
    this.#die();
    await new Promise(() => {});
  }

  /** Dies before the request, so that it was never made, or before its answer. */
  async around<T>(request: () => Promise<T>): Promise<T> {
    await this.boundary();
    const answer = await request();
    await this.boundary();
    return answer;
  }

  journal(store: Journal): Journal {
    return {
      append: (...request) => this.around(() => store.append(...request)),
      read: (...request) => this.around(() => store.read(...request)),
      last: (...request) => this.around(() => store.last(...request)),
      purge: (...request) => this.around(() => store.purge(...request)),
    };
  }
}

/** What is paid out to, as someone outside who knows the ids of what was paid. */
class Receiver {
  readonly paid = new Map<string, number>();
  calls = 0;

  pay(id: string, cents: number): void {
    this.calls += 1;
    if (!this.paid.has(id)) this.paid.set(id, cents);
  }
}

const effect = { schema: z.object({ cents: z.number() }), version: 1 };
const snapshot = { every: 2, schema: balanceSchema, version: 1, retain: "uncovered" } as const;

/** Payments of each order, in the order they must arrive. */
function ordersOf(seed: number): readonly (readonly number[])[] {
  const random = seededRandom(seed);
  let cents = 0;
  return Array.from({ length: 4 }, () =>
    Array.from({ length: Math.floor(random.next() * 3) }, () => {
      cents += 1;
      return cents;
    }),
  );
}

interface World {
  readonly store: InMemoryJournal;
  readonly clock: VirtualClock;
  readonly receiver: Receiver;
  readonly seed: number;
}

/** One life: goes on where the journal says the last one ended, and pays out what is pending. */
async function live({ store, clock, receiver, seed }: World, process: MortalProcess) {
  const options = account<{ cents: number }>(process.journal(store), clock);
  const entity = await openJournaled({ ...options, effect, snapshot });
  const random = seededRandom(seed + 1);
  const perform = async ({ cents }: { cents: number }, { id }: { id: string }): Promise<void> => {
    await process.boundary();
    if (random.next() < 0.2) throw new Error("no answer, and not paid");
    receiver.pay(id, cents);
    await process.boundary();
    if (random.next() < 0.2) throw new Error("no answer, though paid");
  };
  const orders = ordersOf(seed);
  while (entity.state.count < orders.length) {
    const payments = orders[entity.state.count] ?? [];
    const effects = payments.map((cents) => ({ cents }));
    await entity.append({ cents: entity.state.count }, { effects });
    await runOutbox(entity, perform, { clock, random, until: "empty", tries: 50 });
  }
  await runOutbox(entity, perform, { clock, random, until: "empty", tries: 50 });
  return entity;
}

async function finish<T>(clock: VirtualClock, work: Promise<T>): Promise<T> {
  let isDone = false;
  const mark = (): void => {
    isDone = true;
  };
  work.then(mark, mark);
  while (!isDone) await clock.advance(10_000);
  return work;
}

describe.each([1, 2, 3, 4])("payments with crashes (seed %d)", (seed) => {
  test("each arrives once and in order, whichever boundary the process dies at", async () => {
    const expected = ordersOf(seed).flat();
    let crashes = 0;
    let repeats = 0;
    for (let boundary = 1; ; boundary += 1) {
      const clock = new VirtualClock();
      const world = { clock, store: new InMemoryJournal(clock), receiver: new Receiver(), seed };
      const first = new MortalProcess(boundary);
      const outcome = await finish(clock, Promise.race([live(world, first), first.died]));
      const survivor = new MortalProcess(Number.POSITIVE_INFINITY);
      const entity = await finish(clock, live(world, survivor));
      expect([...world.receiver.paid.values()]).toEqual(expected);
      expect(entity.state.count).toBe(ordersOf(seed).length);
      expect(entity.outbox).toMatchObject({ pending: [], failed: [] });
      repeats += world.receiver.calls - world.receiver.paid.size;
      if (outcome !== "died") break;
      crashes += 1;
    }
    expect(crashes).toBeGreaterThan(20);
    expect(repeats).toBeGreaterThan(0);
  });

  test("each arrives once and in order through a life of crashes", async () => {
    const random = seededRandom(seed + 100);
    const clock = new VirtualClock();
    const world = { clock, store: new InMemoryJournal(clock), receiver: new Receiver(), seed };
    for (let lives = 0; lives < 200; lives += 1) {
      const process = new MortalProcess(3 + Math.floor(random.next() * 12));
      const outcome = await finish(clock, Promise.race([live(world, process), process.died]));
      if (outcome !== "died") break;
    }
    const survivor = new MortalProcess(Number.POSITIVE_INFINITY);
    await finish(clock, live(world, survivor));
    expect([...world.receiver.paid.values()]).toEqual(ordersOf(seed).flat());
  });
});
