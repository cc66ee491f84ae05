import { InMemoryJournal, seededRandom, VirtualClock } from "@troupe/testkit";
import { beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { FencedError } from "../errors.ts";
import type { Journal } from "../ports/journal.ts";
import type { Log } from "../ports/log.ts";
import {
  account,
  accountSubject,
  type Balance,
  balanceSchema,
  snapshotSubject,
} from "./account.test-data.ts";
import { MissingRecordsError } from "./errors.ts";
import { openJournaled, type SnapshotOptions } from "./journaled.ts";

let clock: VirtualClock;
let journal: InMemoryJournal;
let lines: string[];
const log: Log = (level, message) => void lines.push(`${level} ${message}`);
beforeEach(() => {
  clock = new VirtualClock();
  journal = new InMemoryJournal(clock);
  lines = [];
});

const every3: SnapshotOptions<Balance> = { every: 3, schema: balanceSchema, version: 1 };
const lean: SnapshotOptions<Balance> = { ...every3, retain: "uncovered" };
const open = (snapshot?: SnapshotOptions<Balance>, through: Journal = journal) =>
  openJournaled(account(through, clock, snapshot === undefined ? { log } : { log, snapshot }));
const damage = (text: string) => journal.append(snapshotSubject, new TextEncoder().encode(text));
const newest = async (): Promise<{ covers: number; v: number }> =>
  JSON.parse(new TextDecoder().decode((await journal.last(snapshotSubject))?.payload));
async function fill(entity: Awaited<ReturnType<typeof open>>, count: number): Promise<Balance> {
  for (let i = 1; i <= count; i += 1) await entity.append({ cents: i });
  return entity.state;
}

test("after every so many records the state is stored, and opening reads the records after it", async () => {
  const state = await fill(await open(every3), 8);
  const reads: number[] = [];
  const counted: Journal = {
    append: (...request) => journal.append(...request),
    last: (subject) => journal.last(subject),
    purge: (...request) => journal.purge(...request),
    async read(...request) {
      const records = await journal.read(...request);
      reads.push(records.length);
      return records;
    },
  };
  const again = await open(every3, counted);
  expect(again.state).toEqual(state);
  expect(reads).toEqual([2]);
  expect(again.records.map(({ record }) => record.cents)).toEqual([7, 8]);
  expect(await journal.read(accountSubject)).toHaveLength(8);
  expect(await journal.read(snapshotSubject)).toHaveLength(1);
});

test("records read when opening count too, so that frequent restarts do not put snapshots off", async () => {
  for (let i = 0; i < 7; i += 1) await (await open(every3)).append({ cents: i });
  expect((await open(every3)).records).toHaveLength(1);
});

test("whoever sets no snapshot has the full history, unless records were purged", async () => {
  await fill(await open(every3), 7);
  expect((await open()).records).toHaveLength(7);
});

test.each([
  ["damaged", "{", "not JSON"],
  ["of a newer release", '{"v":2,"covers":6,"state":{}}', "version 2, and 1 is known"],
  ["of a shape not known", '{"v":1,"covers":6,"state":{}}', "cents"],
  ["silent on what it covers", '{"v":1,"state":{"cents":0,"count":0,"check":0}}', "covers"],
])("a snapshot that is %s is left aside for the records, which is logged", async (_, text, why) => {
  const state = await fill(await open(every3), 7);
  await damage(text);
  const again = await open(every3);
  expect(again.state).toEqual(state);
  expect(again.records).toHaveLength(7);
  expect(lines.join()).toContain(why);
  await again.append({ cents: 8 });
  expect((await open(every3)).state).toEqual(again.state);
  expect((await open(every3)).records).toHaveLength(0);
});

test("a snapshot of an older version is led to the present one", async () => {
  const old = { ...every3, schema: z.any(), version: 1 };
  const state = await fill(await open(old), 4);
  const covers = (await journal.last(accountSubject))?.sequence;
  const { check } = state;
  await damage(JSON.stringify({ v: 1, covers, state: { euros: 0.1, count: 4, check } }));
  const upcast = {
    1: (value: unknown) => {
      const { euros, ...rest } = z.looseObject({ euros: z.number() }).parse(value);
      return { ...rest, cents: euros * 100 };
    },
  };
  const again = await open({ ...every3, version: 2, upcast });
  expect(again.state).toEqual(state);
  expect(again.records).toEqual([]);
  await again.append({ cents: 5 });
});

test("a stale writer's late snapshot does not replace a newer one, and a newer one replaces its", async () => {
  let hold: (() => void) | undefined;
  let isHeld: Promise<void> | undefined;
  const slow: Journal = {
    read: (...request) => journal.read(...request),
    last: (subject) => journal.last(subject),
    purge: (...request) => journal.purge(...request),
    async append(subject, ...rest) {
      if (subject === snapshotSubject) await isHeld;
      return journal.append(subject, ...rest);
    },
  };
  const stale = await open(lean, slow);
  await fill(stale, 2);
  isHeld = new Promise((resolve) => {
    hold = resolve;
  });
  const late = stale.append({ cents: 3 });
  await clock.advance(0);
  const current = await open(lean);
  await fill(current, 3);
  const covers = (await newest()).covers;
  hold?.();
  await late;
  expect((await newest()).covers).toBe(covers);
  await expect(stale.append({ cents: 4 })).rejects.toThrow(FencedError);

  const racing = await open(lean);
  await journal.append(
    snapshotSubject,
    new TextEncoder().encode('{"v":1,"covers":3,"state":null}'),
  );
  await fill(racing, 3);
  expect((await newest()).covers).toBeGreaterThan(covers);
  expect((await open(lean)).state).toEqual(racing.state);
});

test("a snapshot that fails costs the append nothing, is logged, and is made up for later", async () => {
  let fails = true;
  const failing: Journal = {
    read: (...request) => journal.read(...request),
    last: (subject) => journal.last(subject),
    purge: (...request) => journal.purge(...request),
    async append(subject, ...rest) {
      if (fails && subject === snapshotSubject) throw new Error("no room");
      return journal.append(subject, ...rest);
    },
  };
  const entity = await open(lean, failing);
  await fill(entity, 4);
  expect(lines).toEqual([`warn no snapshot of '${accountSubject}' at 3: no room`]);
  expect(await journal.read(accountSubject)).toHaveLength(4);
  fails = false;
  await fill(entity, 2);
  expect((await open(lean)).state).toEqual(entity.state);
  expect(await journal.read(accountSubject)).toHaveLength(1);
});

test("a state that would not come back from its snapshot is not stored, and nothing is purged", async () => {
  const entity = await open({ ...lean, schema: balanceSchema.extend({ owner: z.string() }) });
  await fill(entity, 5);
  expect(lines.join()).toContain("owner");
  expect(await journal.last(snapshotSubject)).toBeUndefined();
  expect(await journal.read(accountSubject)).toHaveLength(5);
});

test.each([0, -1, 1.5, Number.NaN])("a snapshot every %d records is refused", async (every) => {
  await expect(open({ ...every3, every })).rejects.toThrow(RangeError);
});

describe("when covered records are purged", () => {
  test("the newest stays, so that the fence holds for every writer", async () => {
    const stale = await open(lean);
    const entity = await open(lean);
    const state = await fill(entity, 6);
    expect(await journal.read(accountSubject)).toHaveLength(1);
    await expect(stale.append({ cents: 1 })).rejects.toThrow(FencedError);
    await expect(journal.append(accountSubject, new Uint8Array(), { expected: 0 })).rejects.toThrow(
      FencedError,
    );
    const next = await open(lean);
    expect(next.state).toEqual(state);
    await next.append({ cents: 7 });
    await expect(entity.append({ cents: 7 })).rejects.toThrow(FencedError);
  });

  test("a snapshot that can't be read is an error with the remedy, never a wrong state", async () => {
    await fill(await open(lean), 7);
    await damage('{"v":2,"covers":6,"state":{}}');
    const failure = await open(lean).catch((error) => error);
    expect(failure).toBeInstanceOf(MissingRecordsError);
    expect(failure).toMatchObject({ subject: accountSubject, after: 0, retryable: false });
    expect(failure.message).toContain("version 2, and 1 is known here");
    expect(failure.message).toContain("run the release that wrote the snapshot");
    await expect(open()).rejects.toThrow(/snapshots are not read here/);
  });

  test("records from before snapshots were set are covered like any other", async () => {
    await fill(await open(), 5);
    const state = await fill(await open(lean), 1);
    expect(await journal.read(accountSubject)).toHaveLength(1);
    expect((await open(lean)).state).toEqual(state);
    await damage("{");
    await expect(open(lean)).rejects.toThrow(MissingRecordsError);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "a reader beside a writer gets a state there was, at whichever read it is overtaken (seed %d)",
    async (seed) => {
      const random = seededRandom(seed);
      const writer = await open(lean);
      const states = [writer.state];
      const write = async (): Promise<void> => {
        states.push(await writer.append({ cents: Math.floor(random.next() * 100) }));
      };
      const overtaken = async <T>(request: () => Promise<T>): Promise<T> => {
        for (let i = Math.floor(random.next() * 5); i > 0; i -= 1) await write();
        return request();
      };
      const reading: Journal = {
        append: (...request) => journal.append(...request),
        purge: (...request) => journal.purge(...request),
        read: (...request) => overtaken(() => journal.read(...request)),
        last: (subject) => overtaken(() => journal.last(subject)),
      };
      for (let round = 0; round < 30; round += 1) {
        expect(states).toContainEqual((await open(lean, reading)).state);
      }
    },
  );
});
