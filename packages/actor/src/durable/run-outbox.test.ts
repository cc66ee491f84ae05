import {
  InMemoryJournal,
  JournalUnavailableError,
  seededRandom,
  settled,
  VirtualClock,
} from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { FencedError } from "../errors.ts";
import type { Journal } from "../ports/journal.ts";
import { account, accountSubject, balanceSchema } from "./account.test-data.ts";
import { UnknownEffectError, UnreadableRecordError } from "./errors.ts";
import { openJournaled } from "./journaled.ts";
import { type OutboxOptions, type Perform, runOutbox } from "./run-outbox.ts";

const effect = { schema: z.object({ mail: z.string() }), version: 1 };
type Mail = z.infer<typeof effect.schema>;

let clock: VirtualClock;
let journal: InMemoryJournal;
let sent: string[];
beforeEach(() => {
  clock = new VirtualClock();
  journal = new InMemoryJournal(clock);
  sent = [];
});

const open = (through: Journal = journal) =>
  openJournaled({ ...account<Mail>(through, clock), effect });
const mails = (...texts: string[]) => ({ effects: texts.map((mail) => ({ mail })) });
const send: Perform<Mail> = async ({ mail }) => sent.push(mail);
const options = (more: Partial<OutboxOptions<Mail>> = {}): OutboxOptions<Mail> => ({
  clock,
  random: seededRandom(1),
  until: "empty",
  ...more,
});
/** Lets time pass until the work is done. */
async function finish<T>(work: Promise<T>): Promise<T> {
  let isDone = false;
  const mark = (): void => {
    isDone = true;
  };
  work.then(mark, mark);
  for (let waited = 0; !isDone && waited < 1000; waited += 1) await clock.advance(1000);
  return work;
}

test("effects are stored in the append of their record, with ids of subject, sequence and place", async () => {
  const entity = await open();
  await entity.append({ cents: 1 });
  await entity.append({ cents: 2 }, mails("a", "b"));
  expect(await journal.read(accountSubject)).toHaveLength(2);
  const ids = [`${accountSubject}.2.0`, `${accountSubject}.2.1`];
  expect(entity.outbox.pending.map(({ id }) => id)).toEqual(ids);
  expect((await open()).outbox.pending).toEqual(entity.outbox.pending);
});

test("effects are performed in the order of their records, and once done stay done", async () => {
  const entity = await open();
  await entity.append({ cents: 1 }, mails("a", "b"));
  await entity.append({ cents: 2 }, mails("c"));
  await runOutbox(entity, send, options());
  expect(sent).toEqual(["a", "b", "c"]);
  const again = await open();
  expect(again.outbox.pending).toEqual([]);
  expect(again.records).toHaveLength(2);
  expect(again.state).toEqual(entity.state);
  await runOutbox(again, send, options());
  expect(sent).toHaveLength(3);
});

test("a runner waits for further effects until it is stopped", async () => {
  const entity = await open();
  const stop = new AbortController();
  const run = runOutbox(entity, send, options({ until: "stopped", signal: stop.signal }));
  for (const mail of ["a", "b"]) {
    await entity.append({ cents: 1 }, mails(mail));
    await settled();
  }
  expect(sent).toEqual(["a", "b"]);
  stop.abort();
  await run;
  await entity.append({ cents: 1 }, mails("c"));
  await settled();
  expect(sent).toEqual(["a", "b"]);
  expect(entity.outbox.pending).toHaveLength(1);
});

test("a failed try is repeated with the same id, after pauses that grow up to their limit", async () => {
  const entity = await open();
  await entity.append({ cents: 1 }, mails("a"));
  const tries: { id: string; tries: number; at: number }[] = [];
  const flaky: Perform<Mail> = async (_, { id, tries: count }) => {
    tries.push({ id, tries: count, at: clock.monotonic() });
    if (count < 5) throw new Error("mail server is away");
  };
  const backoff = { minMs: 100, maxMs: 300, jitter: 0 };
  await finish(runOutbox(entity, flaky, options({ backoff })));
  expect(new Set(tries.map(({ id }) => id)).size).toBe(1);
  expect(tries.map(({ tries: count }) => count)).toEqual([1, 2, 3, 4, 5]);
  expect(tries.map(({ at }) => at)).toEqual([0, 100, 300, 600, 900]);
  expect((await open()).outbox).toMatchObject({ pending: [], failed: [] });
});

test("an effect that uses up its tries is kept and listed with the reason, and the next has its turn", async () => {
  const entity = await open();
  await entity.append({ cents: 1 }, mails("bad", "good"));
  const told: string[] = [];
  const picky: Perform<Mail> = async (mail, context) => {
    if (mail.mail === "bad") throw new Error("no such address");
    await send(mail, context);
  };
  const onFailed = ({ id }: { id: string }): void => void told.push(id);
  await finish(runOutbox(entity, picky, options({ tries: 3, onFailed })));
  expect(sent).toEqual(["good"]);
  const again = await open();
  expect(again.outbox.pending).toEqual([]);
  expect(again.outbox.failed).toEqual(entity.outbox.failed);
  const [failed] = again.outbox.failed;
  expect(failed).toMatchObject({ effect: { mail: "bad" }, tries: 3, why: "no such address" });
  expect(told).toEqual([failed?.id]);
});

test("a failed effect can be put back, with its id, or dismissed", async () => {
  const entity = await open();
  await entity.append({ cents: 1 }, mails("a", "b"));
  const never: Perform<Mail> = () => Promise.reject(new Error("away"));
  await finish(runOutbox(entity, never, options({ tries: 1 })));
  const [first, second] = entity.outbox.failed.map(({ id }) => id);
  await entity.outbox.again(first ?? "");
  await entity.outbox.done(second ?? "");
  expect(entity.outbox.pending.map(({ id }) => id)).toEqual([first]);
  await runOutbox(entity, send, options());
  expect(sent).toEqual(["a"]);
  expect((await open()).outbox).toMatchObject({ pending: [], failed: [] });
  await expect(entity.outbox.again(first ?? "")).rejects.toThrow(UnknownEffectError);
});

test("a try that takes too long is told to end and counts as failed", async () => {
  const entity = await open();
  await entity.append({ cents: 1 }, mails("a"));
  const signals: AbortSignal[] = [];
  const hanging: Perform<Mail> = (_, { signal }) => {
    signals.push(signal);
    return new Promise(() => {});
  };
  await finish(runOutbox(entity, hanging, options({ tries: 2, withinMs: 700 })));
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  expect(entity.outbox.failed[0]?.why).toContain("not performed within 700 ms");
});

test("a runner that is stopped at work leaves the effect to the next one", async () => {
  const entity = await open();
  await entity.append({ cents: 1 }, mails("a"));
  const stop = new AbortController();
  const hanging: Perform<Mail> = () => new Promise(() => {});
  const run = runOutbox(entity, hanging, options({ signal: stop.signal }));
  await settled();
  stop.abort();
  await run;
  await runOutbox(await open(), send, options());
  expect(sent).toEqual(["a"]);
});

test("while the journal is away, what is done is kept and recorded later, not done again", async () => {
  let isAway = false;
  const flaky: Journal = {
    read: (...request) => journal.read(...request),
    purge: (...request) => journal.purge(...request),
    async last(subject) {
      if (isAway) throw new JournalUnavailableError(subject, "away");
      return journal.last(subject);
    },
    async append(subject, ...rest) {
      if (isAway) throw new JournalUnavailableError(subject, "away");
      return journal.append(subject, ...rest);
    },
  };
  const entity = await open(flaky);
  await entity.append({ cents: 1 }, mails("a"));
  isAway = true;
  const run = runOutbox(entity, send, options());
  await clock.advance(60_000);
  expect(sent).toEqual(["a"]);
  expect(entity.outbox.pending).toHaveLength(1);
  isAway = false;
  await finish(run);
  expect(sent).toEqual(["a"]);
  expect((await open()).outbox.pending).toEqual([]);
});

test("the runner of a fenced writer ends with the fence, at work or waiting", async () => {
  const stale = await open();
  await stale.append({ cents: 1 }, mails("a"));
  const current = await open();
  await runOutbox(current, send, options());
  await expect(runOutbox(stale, send, options())).rejects.toThrow(FencedError);
  expect(sent).toEqual(["a", "a"]);

  const waiting = await open();
  const run = runOutbox(waiting, send, options({ until: "stopped" }));
  const ended = run.catch((error) => error);
  await (await open()).append({ cents: 2 });
  await expect(waiting.append({ cents: 3 })).rejects.toThrow(FencedError);
  expect(await ended).toBeInstanceOf(FencedError);
});

test("snapshots hold what is pending and what has failed, after its records are purged", async () => {
  const snapshot = { every: 2, schema: balanceSchema, version: 1, retain: "uncovered" } as const;
  const openLean = () => openJournaled({ ...account<Mail>(journal, clock), effect, snapshot });
  const entity = await openLean();
  await entity.append({ cents: 1 }, mails("bad", "a"));
  const [bad] = entity.outbox.pending;
  await entity.outbox.fail(bad?.id ?? "", { tries: 5, why: "away" });
  await entity.append({ cents: 2 }, mails("b"));
  await entity.append({ cents: 3 });
  expect(await journal.read(accountSubject)).toHaveLength(1);
  const again = await openLean();
  expect(again.outbox.pending).toEqual(entity.outbox.pending);
  expect(again.outbox.failed).toEqual(entity.outbox.failed);
  await runOutbox(again, send, options());
  expect(sent).toEqual(["a", "b"]);
});

test("stored effects of an older version are led to the present one", async () => {
  await (await open()).append({ cents: 1 }, mails("a"));
  const newer = {
    schema: z.object({ to: z.string() }),
    version: 2,
    upcast: { 1: (old: unknown) => ({ to: effect.schema.parse(old).mail }) },
  };
  const options2 = account<{ to: string }>(journal, clock, { effect: newer });
  expect((await openJournaled(options2)).outbox.pending[0]?.effect).toEqual({ to: "a" });
  await (await openJournaled(options2)).append({ cents: 2 }, { effects: [{ to: "b" }] });
  await expect(open()).rejects.toThrow(UnreadableRecordError);
});
