import { InMemoryJournal, VirtualClock } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { FencedError } from "../errors.ts";
import { account, accountSubject as subject } from "./account.test-data.ts";
import { UnreadableRecordError, UnstorableRecordError } from "./errors.ts";
import { openJournaled } from "./journaled.ts";

let clock: VirtualClock;
let journal: InMemoryJournal;
beforeEach(() => {
  clock = new VirtualClock();
  journal = new InMemoryJournal(clock);
});

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const store = (value: unknown) => journal.append(subject, bytes(JSON.stringify(value)));

test("the state is the fold of the records, each with the time it was written", async () => {
  const times: number[] = [];
  const options = account(journal, clock);
  const timed = {
    ...options,
    apply: (...[state, record, at]: Parameters<typeof options.apply>) => {
      times.push(at);
      return options.apply(state, record, at);
    },
  };
  const entity = await openJournaled(timed);
  expect(entity.state).toBe(timed.initial);
  await entity.append({ cents: 500 });
  await clock.advance(1000);
  const state = await entity.append({ cents: -200, note: "rent" });
  expect(state).toMatchObject({ cents: 300, count: 2 });
  expect(times[1]).toBe((times[0] ?? 0) + 1000);
  const again = await openJournaled(timed);
  expect(again.state).toEqual(state);
  expect(again.records).toEqual(entity.records);
  expect(times.slice(2)).toEqual(times.slice(0, 2));
});

test("entities of other kinds and keys are not seen", async () => {
  await (await openJournaled(account(journal, clock, { key: "43" }))).append({ cents: 1 });
  await (await openJournaled(account(journal, clock, { kind: "purse" }))).append({ cents: 2 });
  expect((await openJournaled(account(journal, clock))).state.count).toBe(0);
});

test("appends asked for side by side are stored one after the other, in that order", async () => {
  const entity = await openJournaled(account(journal, clock));
  const amounts = Array.from({ length: 20 }, (_, i) => i);
  await Promise.all(amounts.map((cents) => entity.append({ cents })));
  expect(entity.records.map(({ record }) => record.cents)).toEqual(amounts);
  expect((await openJournaled(account(journal, clock))).state).toEqual(entity.state);
});

test("of two writers one goes on, and the other is fenced for good, whatever it appends", async () => {
  const stale = await openJournaled(account(journal, clock));
  const other = await openJournaled(account(journal, clock));
  await other.append({ cents: 1 });
  const before = stale.state;
  const failure = await stale.append({ cents: 2 }).catch((error) => error);
  expect(failure).toBeInstanceOf(FencedError);
  expect(failure).toMatchObject({ subject, expected: 0, code: "fenced" });
  await expect(stale.append({ cents: 3 })).rejects.toBe(failure);
  expect(stale.fenced).toBe(failure);
  expect(stale.state).toBe(before);
  await other.append({ cents: 4 });
  expect((await openJournaled(account(journal, clock))).state).toEqual(other.state);
});

test("of two writers of the same record at the same moment one only believes it has won", async () => {
  const both = await Promise.all([1, 2].map(() => openJournaled(account(journal, clock))));
  const outcomes = await Promise.allSettled(both.map((one) => one.append({ cents: 7 })));
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await journal.read(subject)).toHaveLength(1);
});

test("old records are led through every version up to the present one", async () => {
  await store({ v: 1, at: 1, record: { eur: "1.50" } });
  await store({ v: 2, at: 2, record: { euros: 2 } });
  await store({ v: 3, at: 3, record: { cents: 30 } });
  const entity = await openJournaled(
    account(journal, clock, {
      version: 3,
      upcast: {
        1: (old) => ({ euros: Number(z.object({ eur: z.string() }).parse(old).eur) }),
        2: (old) => ({ cents: z.object({ euros: z.number() }).parse(old).euros * 100 }),
      },
    }),
  );
  expect(entity.records.map(({ record }) => record.cents)).toEqual([150, 200, 30]);
  await entity.append({ cents: 1 });
  const last = await journal.last(subject);
  expect(JSON.parse(new TextDecoder().decode(last?.payload))).toMatchObject({ v: 3 });
});

test.each([
  ["that is not JSON", "{", "not JSON"],
  ["that is JSON, but no object", "7", "not an object"],
  ["without a version", '{"at":1,"record":{"cents":1}}', "no version"],
  ["without a time", '{"v":2,"record":{"cents":1}}', "no version"],
  ["of a newer release", '{"v":9,"at":1,"record":{"cents":1}}', "version 9, and 2 is known"],
  ["of a version nothing leads on from", '{"v":0,"at":1,"record":{}}', "from version 0 on"],
  ["that its upcast refuses", '{"v":1,"at":1,"record":{}}', "upcast from version 1 failed"],
  ["of a wrong shape", '{"v":2,"at":1,"record":{"cents":"1"}}', "cents"],
  [
    "with effects that nobody knows",
    '{"v":2,"at":1,"record":{"cents":1},"effects":{"v":1,"list":[1]}}',
    "effects",
  ],
])("a record %s is named with its sequence, the reason and the remedy", async (_, stored, why) => {
  await journal.append("journal.account.other", bytes("x"));
  await store({ v: 2, at: 1, record: { cents: 1 } });
  const { sequence } = await journal.append(subject, bytes(stored));
  const failure = await openJournaled(account(journal, clock)).catch((error) => error);
  expect(failure).toBeInstanceOf(UnreadableRecordError);
  expect(failure).toMatchObject({ subject, sequence, retryable: false });
  expect(failure.why).toContain(why);
  expect(failure.message).toContain(`record ${sequence} of '${subject}'`);
  expect(failure.message).toContain("run the release that wrote it, or a newer one");
});

test("a record that could not be read or applied again is refused before it is stored", async () => {
  const options = account(journal, clock);
  const entity = await openJournaled({
    ...options,
    apply: (state, record, at) => {
      if (state.cents + record.cents < 0) throw new Error("overdrawn");
      return options.apply(state, record, at);
    },
  });
  await entity.append({ cents: 5 });
  await expect(entity.append({ cents: Number.NaN })).rejects.toThrow(UnstorableRecordError);
  await expect(entity.append({ cents: -6 })).rejects.toThrow(/overdrawn/);
  expect(await journal.read(subject)).toHaveLength(1);
  expect(await entity.append({ cents: -5 })).toMatchObject({ cents: 0, count: 2 });
});
