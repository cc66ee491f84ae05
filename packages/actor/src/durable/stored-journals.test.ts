import { InMemoryJournal, VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import { z } from "zod";
import { account, accountSubject, balanceSchema } from "./account.test-data.ts";
import { openJournaled } from "./journaled.ts";
import { firstRelease, firstWithSnapshots, type StoredLine } from "./stored-journals.test-data.ts";

const effect = { schema: z.object({ mail: z.string() }), version: 1 };
const snapshot = { every: 5, schema: balanceSchema, version: 1, retain: "uncovered" } as const;

/** A store with these records at these sequences, as it was left. */
async function storeOf(lines: readonly StoredLine[], clock: VirtualClock) {
  const journal = new InMemoryJournal(clock);
  for (const [subject, sequence, payload] of lines) {
    while (journal.lastSequence < sequence - 1) await journal.append("dead.x", new Uint8Array());
    await journal.append(subject, Buffer.from(payload, "base64"));
  }
  return journal;
}

test("a journal of the first release opens, and goes on in the present format", async () => {
  const clock = new VirtualClock();
  const lines = firstRelease.map((payload, i) => [accountSubject, i + 1, payload] as const);
  const journal = await storeOf(lines, clock);
  const entity = await openJournaled(account(journal, clock));
  expect(entity.state).toMatchObject({ cents: 650, count: 3 });
  expect(entity.records[1]).toEqual({
    sequence: 2,
    at: Date.UTC(2026, 0, 1, 12, 0, 2),
    record: { cents: 250, note: "Grüße, 世界" },
  });
  await entity.append({ cents: 50 });
  expect((await openJournaled(account(journal, clock))).state).toEqual(entity.state);
});

test("the present release writes what the first one wrote, where nothing new is asked for", async () => {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1, 12, 0, 1));
  const journal = new InMemoryJournal(clock);
  const old = z.object({ euros: z.number() });
  const entity = await openJournaled({
    journal,
    clock,
    kind: "account",
    key: "42",
    version: 1,
    record: old,
    initial: 0,
    apply: (sum, { euros }) => sum + euros,
  });
  await entity.append({ euros: 5 });
  const stored = await journal.last(accountSubject);
  expect(Buffer.from(stored?.payload ?? []).toString("base64")).toBe(firstRelease[0]);
});

test("a journal of the first release with snapshots and effects opens", async () => {
  const clock = new VirtualClock();
  const journal = await storeOf(firstWithSnapshots, clock);
  const options = { ...account<{ mail: string }>(journal, clock), effect, snapshot };
  const entity = await openJournaled(options);
  expect(entity.state).toEqual({ cents: 657, count: 4, check: 132_612 });
  expect(entity.outbox.pending).toMatchObject([
    { id: "journal.account.42.1.2", effect: { mail: "c" } },
    { id: "journal.account.42.7.0", effect: { mail: "d" } },
    { id: "journal.account.42.1.1", effect: { mail: "ä" } },
  ]);
  expect(entity.outbox.failed).toEqual([]);
  await entity.append({ cents: 1 });
});
