import { InMemoryJournal, JournalUnavailableError, VirtualClock } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { FencedError, PayloadTooLargeError } from "../errors.ts";
import type { Journal } from "../ports/journal.ts";
import { account, accountSubject as subject } from "./account.test-data.ts";
import { openJournaled } from "./journaled.ts";

/** What happens to one append: its answer is lost after it was stored, or it is lost before. */
type Trouble = "answer lost" | "not stored" | (() => Promise<void>);

let clock: VirtualClock;
let store: InMemoryJournal;
let troubles: Trouble[];
let lookUps: ("fails" | "answers")[];
let appends: number;
let journal: Journal;
beforeEach(() => {
  clock = new VirtualClock();
  store = new InMemoryJournal(clock);
  troubles = [];
  lookUps = [];
  appends = 0;
  journal = {
    async append(name, ...rest) {
      appends += 1;
      const trouble = troubles.shift();
      if (trouble === undefined) return store.append(name, ...rest);
      if (trouble === "answer lost") await store.append(name, ...rest);
      if (typeof trouble === "function") await trouble();
      throw new JournalUnavailableError(name, "trouble");
    },
    read: (...request) => store.read(...request),
    async last(name) {
      if (lookUps.shift() === "fails") throw new JournalUnavailableError(name, "trouble");
      return store.last(name);
    },
    purge: (...request) => store.purge(...request),
  };
});

const stored = async () => (await openJournaled(account(store, clock))).records;

test("an append whose answer was lost is found, and not sent again", async () => {
  const entity = await openJournaled(account(journal, clock));
  await entity.append({ cents: 1 });
  troubles = ["answer lost"];
  appends = 0;
  await entity.append({ cents: 2 });
  expect(appends).toBe(1);
  await entity.append({ cents: 3 });
  expect(await stored()).toEqual(entity.records);
});

test("an append that was not stored is tried again", async () => {
  const entity = await openJournaled(account(journal, clock));
  troubles = ["not stored", "not stored", "answer lost"];
  await entity.append({ cents: 1 });
  expect(appends).toBe(3);
  expect(await stored()).toHaveLength(1);
});

test("a look-up that fails too leads to another try, which stores nothing twice", async () => {
  const entity = await openJournaled(account(journal, clock));
  troubles = ["answer lost", "answer lost"];
  lookUps = ["fails", "fails"];
  await entity.append({ cents: 1 });
  expect(appends).toBe(3);
  expect(await stored()).toEqual(entity.records);
  await entity.append({ cents: 2 });
});

test("an append is given up after five tries with the store's error, and may be made anew", async () => {
  const entity = await openJournaled(account(journal, clock));
  troubles = Array.from({ length: 5 }, () => "not stored");
  await expect(entity.append({ cents: 1 })).rejects.toThrow(JournalUnavailableError);
  expect(appends).toBe(5);
  expect(entity.fenced).toBeUndefined();
  await entity.append({ cents: 2 });
  expect((await stored()).map(({ record }) => record.cents)).toEqual([2]);
});

test("an error that trying again can't help is passed on at once", async () => {
  const entity = await openJournaled(account(journal, clock));
  troubles = [() => Promise.reject(new PayloadTooLargeError(subject, 2, 1))];
  await expect(entity.append({ cents: 1 })).rejects.toThrow(PayloadTooLargeError);
  expect(appends).toBe(1);
});

test("when another writer came first while the outcome was unknown, the writer is fenced", async () => {
  const entity = await openJournaled(account(journal, clock));
  const rival = await openJournaled(account(store, clock));
  troubles = [async () => void (await rival.append({ cents: 9 }))];
  await expect(entity.append({ cents: 1 })).rejects.toThrow(FencedError);
  expect((await stored()).map(({ record }) => record.cents)).toEqual([9]);
});

test("another writer's very same bytes are not taken for the writer's own", async () => {
  const entity = await openJournaled(account(journal, clock));
  const rival = await openJournaled(account(store, clock));
  troubles = [async () => void (await rival.append({ cents: 1 }))];
  await expect(entity.append({ cents: 1 })).rejects.toThrow(FencedError);
  expect(await stored()).toHaveLength(1);
});
