import type { Journal } from "@troupe/actor";
import {
  InMemoryJournal,
  seededRandom,
  settled,
  VirtualClock,
  withLostAcks,
  withTwoWinners,
} from "@troupe/testkit";
import { expect, test } from "vitest";
import {
  CompactedError,
  ContendedLogError,
  EntryTooLargeError,
  InvalidSpecError,
  LogBusyError,
  LogUnavailableError,
  UnreadableDecisionError,
} from "../../errors.ts";
import type { Decision } from "../decision-log.ts";
import { type JournalLogLimits, journalLog } from "./journal-log.ts";

const clock = new VirtualClock();
const random = seededRandom(1);

function open(journal: Journal, limits: Partial<JournalLogLimits> = {}) {
  return journalLog({ journal, clock, random, name: "x", limits });
}

/** What comes of something that waits on the clock. */
async function after<T>(ms: number, work: Promise<T>): Promise<PromiseSettledResult<T>> {
  const [outcome] = await Promise.all([Promise.allSettled([work]), clock.advance(ms)]);
  return outcome[0];
}

test("what is proposed on several nodes at once gets one order without gaps", async () => {
  const journal = new InMemoryJournal(clock);
  const logs = [open(journal), open(journal), open(journal)];
  const places = await Promise.all(
    Array.from({ length: 30 }, (_, at) => logs[at % 3]?.propose({ at }, { id: `d${at}` })),
  );
  const indexes = places.map((place) => place?.index ?? 0).sort((one, other) => one - other);
  expect(indexes).toEqual(Array.from({ length: 30 }, (_, at) => at + 1));
  const [one, other] = await Promise.all([logs[0]?.read(1), logs[1]?.read(1)]);
  expect(one).toEqual(other);
  expect(one).toHaveLength(30);
});

test("an id is decided once, whoever proposes it and however often", async () => {
  const journal = new InMemoryJournal(clock);
  const [one, other] = [open(journal), open(journal)];
  const places = await Promise.all([
    one.propose("first", { id: "same" }),
    other.propose("second", { id: "same" }),
    one.propose("third", { id: "same" }),
  ]);
  expect(places).toEqual([{ index: 1 }, { index: 1 }, { index: 1 }]);
  expect(await open(journal).read(1)).toHaveLength(1);
});

test("a proposal whose answer was lost is found again, not stored again", async () => {
  const journal = new InMemoryJournal(clock);
  const deaf = withLostAcks(journal, { random, lost: 1 });
  expect(await after(100, open(deaf).propose(1, { id: "a" }))).toMatchObject({
    value: { index: 1 },
  });
  expect(await journal.read("journal.>")).toHaveLength(1);
});

test("of two who both win a race of the store, one is told so, and the other comes next", async () => {
  const journal = new InMemoryJournal(clock);
  const racing = withTwoWinners(journal, { clock, random, accepted: 1 });
  const [one, other] = [open(racing), open(racing)];
  const places = await Promise.all([one.propose(1, { id: "a" }), other.propose(2, { id: "b" })]);
  expect(places.map(({ index }) => index).sort()).toEqual([1, 2]);
  expect(await journal.read("journal.>")).toHaveLength(3);
  const ids = (await open(journal).read(1)).map(({ id }) => id);
  expect(ids.sort()).toEqual(["a", "b"]);
});

test("the newest decisions are kept, and who asks for older ones is told which is the oldest", async () => {
  const journal = new InMemoryJournal(clock);
  const log = open(journal, { retain: 3 });
  for (let at = 1; at <= 7; at += 1) await log.propose(at, { id: `d${at}` });
  await settled();
  expect((await journal.read("journal.>")).length).toBeLessThan(7);
  const fresh = open(journal, { retain: 3 });
  const [oldest] = await journal.read("journal.>");
  const first = JSON.parse(new TextDecoder().decode(oldest?.payload)).index;
  expect(first).toBe(4);
  await expect(fresh.read(1)).rejects.toEqual(new CompactedError(1, 4));
  expect((await fresh.read(4)).map(({ index }) => index)).toEqual([4, 5, 6, 7]);
  expect(await fresh.propose(8, { id: "d8" })).toEqual({ index: 8 });
});

test("a reader that was away while records were removed goes on after them", async () => {
  const journal = new InMemoryJournal(clock);
  const away = open(journal, { retain: 2 });
  await away.propose(0, { id: "d0" });
  const log = open(journal, { retain: 2 });
  for (let at = 1; at <= 6; at += 1) await log.propose(at, { id: `d${at}` });
  await settled();
  await expect(away.read(2)).rejects.toThrow(CompactedError);
  expect(await away.propose(7, { id: "d7" })).toEqual({ index: 8 });
});

test("a follower is told of every decision once, in order, from where it wants to begin", async () => {
  const journal = new InMemoryJournal(clock);
  const log = open(journal, { followEveryMs: 50 });
  for (const id of ["a", "b"]) await log.propose(id, { id });
  const heard: Decision[] = [];
  const stop = open(journal, { followEveryMs: 50 }).follow(2, {
    decided: (decision) => heard.push(decision),
    failed: (error) => expect.fail(error.message),
  });
  await clock.advance(200);
  await log.propose("c", { id: "c" });
  await clock.advance(200);
  stop();
  await log.propose("d", { id: "d" });
  await clock.advance(200);
  expect(heard.map(({ index, id }) => [index, id])).toEqual([
    [2, "b"],
    [3, "c"],
  ]);
});

test("a follower that throws ends, and is told why", async () => {
  const log = open(new InMemoryJournal(clock));
  await log.propose(1, { id: "a" });
  const failures: string[] = [];
  log.follow(1, {
    decided: () => {
      throw new Error("no use for it");
    },
    failed: ({ message }) => failures.push(message),
  });
  await clock.advance(1000);
  expect(failures).toEqual(["no use for it"]);
});

test("a journal that does not answer is named, with what went wrong last", async () => {
  const broken: Journal = {
    append: () => Promise.reject(new Error("down")),
    read: () => Promise.reject(new Error("down")),
    last: () => Promise.reject(new Error("down")),
    purge: () => Promise.reject(new Error("down")),
  };
  const outcome = await after(2000, open(broken).propose(1, { id: "a", withinMs: 500 }));
  expect(outcome).toMatchObject({
    reason: new LogUnavailableError("x", 500, { cause: new Error("down") }),
  });
});

test("who is overtaken every time gives up after so many tries", async () => {
  const journal = new InMemoryJournal(clock);
  const rival = open(journal);
  let count = 0;
  const overtaken: Journal = {
    append: async (...all) => {
      count += 1;
      await rival.propose(count, { id: `rival-${count}` });
      return journal.append(...all);
    },
    read: (...all) => journal.read(...all),
    last: (subject) => journal.last(subject),
    purge: (...all) => journal.purge(...all),
  };
  const log = open(overtaken, { fencedTries: 4 });
  await expect(log.propose(1, { id: "a" })).rejects.toThrow(ContendedLogError);
  expect(count).toBe(4);
});

test("proposals that wait, and entries, are bounded", async () => {
  const log = open(new InMemoryJournal(clock), { pendingProposals: 1, entryBytes: 64 });
  const first = log.propose(1, { id: "a" });
  await expect(log.propose(2, { id: "b" })).rejects.toThrow(LogBusyError);
  await expect(log.propose("x".repeat(80), { id: "c" })).rejects.toThrow(EntryTooLargeError);
  await expect(log.propose(4, { id: "" })).rejects.toThrow("1 to 200 characters");
  expect(await first).toEqual({ index: 1 });
});

test("what is no decision is not passed over", async () => {
  const journal = new InMemoryJournal(clock);
  await journal.append("journal.decisions.x", new TextEncoder().encode(`{"v":2}`));
  await expect(open(journal).read(1)).rejects.toThrow(UnreadableDecisionError);
});

test("a log that cannot be one is refused", () => {
  const journal = new InMemoryJournal(clock);
  expect(() => journalLog({ journal, clock, random, name: "a.b" })).toThrow(InvalidSpecError);
  expect(() => open(journal, { retain: 0 })).toThrow("limits.retain");
});
