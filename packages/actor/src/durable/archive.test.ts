import { InMemoryJournal, seededRandom, VirtualClock } from "@troupe/testkit";
import { beforeEach, describe, expect, test } from "vitest";
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
import { MissingRecordsError, UnreadableRecordError } from "./errors.ts";
import { openJournaled, readRecords, type SnapshotOptions } from "./journaled.ts";

const segmentSubject = "segment.account.42";
const archived: SnapshotOptions<Balance> = {
  every: 3,
  schema: balanceSchema,
  version: 1,
  retain: "archived",
};

let clock: VirtualClock;
let journal: InMemoryJournal;
let lines: string[];
const log: Log = (level, message) => void lines.push(`${level} ${message}`);
beforeEach(() => {
  clock = new VirtualClock();
  journal = new InMemoryJournal(clock);
  lines = [];
});

const open = (
  through: Journal = journal,
  snapshot: SnapshotOptions<Balance> | undefined = archived,
) => openJournaled(account(through, clock, { log, snapshot }));
const openUnarchived = () => openJournaled(account(journal, clock));
const history = async (through: Journal = journal, after = 0): Promise<readonly number[]> =>
  (await readRecords({ ...account(through, clock), after })).map(({ record }) => record.cents);
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i + 1);
async function fill(entity: Awaited<ReturnType<typeof open>>, cents: readonly number[]) {
  for (const one of cents) await entity.append({ cents: one });
  // What is archived is archived beside the appends.
  await clock.advance(0);
  return entity.state;
}
/** The same journal, with some requests replaced. */
const through = (replaced: Partial<Journal>): Journal => ({
  append: (...request) => journal.append(...request),
  read: (...request) => journal.read(...request),
  last: (subject) => journal.last(subject),
  purge: (...request) => journal.purge(...request),
  ...replaced,
});

test("the journal holds the newest records alone, and all of them can be read", async () => {
  const state = await fill(await open(), upTo(50));
  expect((await journal.read(accountSubject)).length).toBeLessThanOrEqual(4);
  expect(await journal.read(snapshotSubject)).toHaveLength(1);
  expect(await history()).toEqual(upTo(50));
  const sequences = (await readRecords(account(journal, clock))).map(({ sequence }) => sequence);
  expect(await history(journal, sequences[29] ?? 0)).toEqual(upTo(50).slice(30));
  expect(await history(journal, sequences[49] ?? 0)).toEqual([]);
  const again = await open();
  expect(again.state).toEqual(state);
  expect(again.last).toBe(sequences[49]);
  await fill(again, [51]);
  expect(await history()).toEqual(upTo(51));
  expect(lines).toEqual([]);
});

test("what is archived is smaller than it was", async () => {
  const large = { ...archived, every: 500 };
  const entity = await open(journal, large);
  let bytes = 0;
  journal.observe(({ subject, payload }) => {
    if (subject === accountSubject) bytes += payload.length;
  });
  await fill(entity, upTo(500));
  const segments = await journal.read(segmentSubject);
  expect(segments).toHaveLength(1);
  expect(segments[0]?.payload.length).toBeLessThan(bytes / 5);
});

test("an entity with few records is opened by one request, and nothing else is stored of it", async () => {
  await fill(await open(), upTo(2));
  const requests: string[] = [];
  await open(
    through({
      read: (filter, options) => {
        requests.push(filter);
        return journal.read(filter, options);
      },
      last: (subject) => {
        requests.push(subject);
        return journal.last(subject);
      },
    }),
  );
  expect(requests).toEqual([accountSubject]);
  expect(journal.lastSequence).toBe(2);
});

test("many bytes are archived before there are many records, in segments of bounded size", async () => {
  const entity = await open(journal, { ...archived, every: 10_000 });
  const random = seededRandom(1);
  const note = (): string => random.hex(50_000);
  for (let i = 0; i < 20; i += 1) await entity.append({ cents: i, note: note() });
  await clock.advance(0);
  const left = await journal.read(accountSubject);
  expect(left.reduce((sum, { payload }) => sum + payload.length, 0)).toBeLessThan(1_200_000);
  for (const { payload } of await journal.read(segmentSubject)) {
    expect(payload.length).toBeLessThan(600_000);
  }
  expect(await history()).toHaveLength(20);
});

test("a segment that the store does not take costs the append nothing, and is made up for", async () => {
  let fails = true;
  const entity = await open(
    through({
      append: (subject, ...rest) => {
        if (fails && subject === segmentSubject) return Promise.reject(new Error("no room"));
        return journal.append(subject, ...rest);
      },
    }),
  );
  await fill(entity, upTo(4));
  expect(lines).toEqual([`warn no archive of '${accountSubject}' at 3: no room`]);
  expect(await journal.read(accountSubject)).toHaveLength(4);
  fails = false;
  await fill(entity, [5, 6]);
  expect(await journal.read(accountSubject)).toHaveLength(1);
  expect(await history()).toEqual(upTo(6));
});

test("appends wait for a slow archive only when as much again has come", async () => {
  const slow = Promise.withResolvers<void>();
  const entity = await open(
    through({
      append: async (subject, ...rest) => {
        if (subject === segmentSubject) await slow.promise;
        return journal.append(subject, ...rest);
      },
    }),
  );
  await fill(entity, upTo(5));
  let isStored = false;
  const sixth = entity.append({ cents: 6 }).then(() => {
    isStored = true;
  });
  await clock.advance(0);
  expect(isStored).toBe(false);
  slow.resolve();
  await sixth;
  await clock.advance(0);
  expect(await history()).toEqual(upTo(6));
  expect((await journal.read(accountSubject)).length).toBeLessThan(4);
});

test("what came while another writer's archive was faster is archived all the same, whether or not more comes", async () => {
  const held = (until: Promise<void>): Journal =>
    through({
      append: async (subject, ...rest) => {
        if (subject === segmentSubject) await until;
        return journal.append(subject, ...rest);
      },
    });
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await fill(await open(held(first.promise)), upTo(3));
  await fill(await open(held(second.promise)), [4, 5, 6]);
  first.resolve();
  await clock.advance(0);
  second.resolve();
  await clock.advance(0);
  // The newest that is in a segment stays.
  expect(await journal.read(accountSubject)).toHaveLength(1);
  expect(await history()).toEqual(upTo(6));
});

test.each([
  ["damaged", "{"],
  ["not to be unpacked", "(\u00b5/\u00fd"],
  ["of another version", '{"v":2,"covers":6,"state":{"cents":0,"count":0,"check":0}}'],
  ["gone", undefined],
])("a snapshot that is %s costs time only: the state comes from the segments", async (_, text) => {
  const state = await fill(await open(), upTo(10));
  if (text === undefined) journal = without(snapshotSubject, await journal.read(">"));
  else await journal.append(snapshotSubject, new TextEncoder().encode(text));
  const again = await open();
  expect(again.state).toEqual(state);
  expect(await history()).toEqual(upTo(10));
  await fill(again, [11, 12, 13]);
  expect((await open()).state).toEqual(again.state);
});

/** A store that never had what is on a subject. */
function without(gone: string, records: Awaited<ReturnType<Journal["read"]>>): InMemoryJournal {
  const found = journal;
  const isKept = ({ subject }: { readonly subject: string }) => subject !== gone;
  const lacking = through({
    read: async (...request) => (await found.read(...request)).filter(isKept),
    last: async (subject) => (subject === gone ? undefined : found.last(subject)),
    append: async (subject, payload, options) =>
      found.append(subject, payload, subject === gone ? {} : options),
    purge: (...request) => found.purge(...request),
  });
  expect(records.some((record) => !isKept(record))).toBe(true);
  return Object.assign(Object.create(found), lacking);
}

test("a segment that is damaged or gone is an error that says so, never a wrong history", async () => {
  await fill(await open(), upTo(10));
  const damaged = through({
    read: async (...request) =>
      (await journal.read(...request)).map((record) =>
        record.subject === segmentSubject ? { ...record, payload: new Uint8Array([1]) } : record,
      ),
  });
  await expect(history(damaged)).rejects.toThrow(UnreadableRecordError);
  const gone = through({
    read: async (...request) =>
      (await journal.read(...request)).filter(({ subject }) => subject !== segmentSubject),
  });
  await expect(history(gone)).rejects.toThrow(MissingRecordsError);
  await expect(openUnarchived()).rejects.toThrow(/snapshots are not read here/);
});

test("records from before there were archives are archived like any other", async () => {
  const old = await openUnarchived();
  for (const cents of upTo(7)) await old.append({ cents });
  const state = await fill(await open(), [8]);
  expect(await journal.read(accountSubject)).toHaveLength(1);
  expect(await history()).toEqual(upTo(8));
  expect((await open()).state).toEqual(state);
  await expect(old.append({ cents: 9 })).rejects.toThrow(FencedError);
});

test("a journal purged by half is read whole, also where old records do not say what they follow", async () => {
  const old = await openUnarchived();
  for (const cents of upTo(7)) await old.append({ cents });
  const half = through({
    purge: (subject, { before }) =>
      journal.purge(subject, { before: subject === accountSubject ? before / 2 : before }),
  });
  const state = await fill(await open(half), [8]);
  expect((await journal.read(accountSubject)).length).toBeGreaterThan(4);
  expect(await history()).toEqual(upTo(8));
  expect((await open()).state).toEqual(state);
});

describe("two writers", () => {
  test("the fence holds for every stale writer after a purge", async () => {
    const stale = await open();
    const current = await open();
    await fill(current, upTo(9));
    await expect(stale.append({ cents: 1 })).rejects.toThrow(FencedError);
    const next = await open();
    await next.append({ cents: 10 });
    await expect(current.append({ cents: 11 })).rejects.toThrow(FencedError);
    expect(await history()).toEqual(upTo(10));
  });

  test("a late writer archives what is so, or nothing: no segment is replaced, nothing there is twice", async () => {
    const held = Promise.withResolvers<void>();
    let isHeld = false;
    const hold = async (subject: string): Promise<void> => {
      if (isHeld && subject !== accountSubject) await held.promise;
    };
    const stale = await open(
      through({
        append: async (subject, ...rest) => {
          await hold(subject);
          return journal.append(subject, ...rest);
        },
        purge: async (...request) => {
          if (isHeld) await held.promise;
          return journal.purge(...request);
        },
      }),
    );
    await fill(stale, upTo(2));
    isHeld = true;
    await fill(stale, [3]);
    const current = await open();
    const state = await fill(current, [4, 5, 6, 7, 8]);
    const segments = await journal.read(segmentSubject);
    held.resolve();
    await clock.advance(0);
    expect(await journal.read(segmentSubject)).toEqual(segments);
    expect(await history()).toEqual(upTo(8));
    expect((await open()).state).toEqual(state);
    await expect(stale.append({ cents: 9 })).rejects.toThrow(FencedError);
  });
});

test.each(upTo(8))(
  "whoever reads beside a writer gets a history there was, whole (seed %d)",
  async (seed) => {
    const random = seededRandom(seed);
    const writer = await open();
    const written: number[] = [];
    const write = async (): Promise<void> => {
      written.push(written.length + 1);
      await writer.append({ cents: written.length });
    };
    const overtaken = async <T>(request: () => Promise<T>): Promise<T> => {
      for (let i = Math.floor(random.next() * 7); i > 0; i -= 1) await write();
      await clock.advance(0);
      return request();
    };
    const reading = through({
      read: (...request) => overtaken(() => journal.read(...request)),
      last: (subject) => overtaken(() => journal.last(subject)),
    });
    for (let round = 0; round < 30; round += 1) {
      const { length } = written;
      const read = await history(reading);
      expect(read).toEqual(written.slice(0, read.length));
      expect(read.length).toBeGreaterThanOrEqual(length);
      const { state } = await open(reading);
      expect(state.cents).toBe((state.count * (state.count + 1)) / 2);
      expect(state.count).toBeGreaterThanOrEqual(length);
    }
  },
);

test("whoever goes on from a snapshot that is newer than what it read of the journal archives all the same", async () => {
  let slow: Promise<void> | undefined;
  const writer = await open(
    through({
      append: async (subject, ...request) => {
        if (subject === segmentSubject) await slow;
        return journal.append(subject, ...request);
      },
    }),
  );
  await fill(writer, upTo(10));
  let isFirst = true;
  const reading = through({
    read: async (...request) => {
      const answer = await journal.read(...request);
      if (!isFirst) return answer;
      isFirst = false;
      // The snapshot comes after the segment, and so has what was appended while that was stored.
      const { promise, resolve } = Promise.withResolvers<void>();
      slow = promise;
      await fill(writer, upTo(4));
      resolve();
      await clock.advance(0);
      return answer;
    },
  });
  await fill(await open(reading), upTo(7));
  expect(await history()).toEqual([...upTo(10), ...upTo(4), ...upTo(7)]);
});

describe("a process that dies at any request", () => {
  /** Requests that are answered before the process is dead; at the last one it dies before or after. */
  const mortal = (requests: number): Journal => {
    let left = requests;
    const around = async <T>(request: () => Promise<T>): Promise<T> => {
      left -= 1;
      if (left < 0) return new Promise(() => {});
      const answer = await request();
      left -= 1;
      return left < 0 ? new Promise<T>(() => {}) : answer;
    };
    return {
      append: (...request) => around(() => journal.append(...request)),
      read: (...request) => around(() => journal.read(...request)),
      last: (subject) => around(() => journal.last(subject)),
      purge: (...request) => around(() => journal.purge(...request)),
    };
  };

  test("leaves a journal that the next one goes on with: nothing is lost, nothing there twice", async () => {
    for (let requests = 0; requests < 120; requests += 1) {
      journal = new InMemoryJournal(clock);
      let said = 0;
      const life = async (): Promise<void> => {
        const entity = await open(mortal(requests));
        for (const cents of upTo(14)) {
          await entity.append({ cents });
          said = cents;
        }
      };
      void life();
      await clock.advance(0);
      const next = await open();
      const stored = next.state.count;
      expect(stored, `${requests} requests`).toBeGreaterThanOrEqual(said);
      expect(await history(), `${requests} requests`).toEqual(upTo(stored));
      await fill(next, upTo(20).slice(stored));
      expect(await history(), `${requests} requests`).toEqual(upTo(20));
      expect((await open()).state.cents).toBe(210);
      expect((await journal.read(accountSubject)).length).toBeLessThanOrEqual(6);
    }
  });

  test("is made up for when it was forgetting what was before", async () => {
    for (let requests = 0; requests < 40; requests += 1) {
      journal = new InMemoryJournal(clock);
      await fill(await open(), upTo(8));
      const life = async (): Promise<void> => {
        const entity = await open(mortal(requests));
        await entity.append({ cents: 100 }, { begins: true });
        await entity.forget();
      };
      void life();
      await clock.advance(0);
      const next = await open();
      if (!(await history()).includes(100)) await next.append({ cents: 100 }, { begins: true });
      await next.forget();
      expect(await history(), `${requests} requests`).toEqual([100]);
      expect(await journal.read(accountSubject)).toHaveLength(1);
      for (const subject of [segmentSubject, snapshotSubject]) {
        const left = await journal.read(subject);
        expect(left).toHaveLength(1);
        expect(left[0]?.payload.length).toBeLessThan(200);
      }
      await fill(next, [1, 2, 3, 4]);
      expect(await history()).toEqual([100, 1, 2, 3, 4]);
    }
  });
});

test("a state that is changed in place is the fold of its records all the same", async () => {
  const inPlace = () =>
    openJournaled({
      ...account(journal, clock, { log }),
      initial: { cents: 0, count: 0, check: 0 },
      snapshot: archived,
      appliesInPlace: true,
      apply: (state: Balance, { cents }: { readonly cents: number }) =>
        Object.assign(state, { cents: state.cents + cents, count: state.count + 1 }),
    });
  const entity = await inPlace();
  for (const cents of upTo(10)) expect((await entity.append({ cents })).count).toBe(cents);
  await clock.advance(0);
  expect((await inPlace()).state).toEqual({ cents: 55, count: 10, check: 0 });
});
