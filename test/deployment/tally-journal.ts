import type { Journal } from "@troupe/actor";
import { checkLinearizable } from "@troupe/testkit";
import { expect } from "vitest";
import { z } from "zod";
import { activatedRecord, tallyRecord, tallySubjects } from "./tally.ts";
import type { TallyOutcome } from "./tally-load.ts";
import { tallyModel } from "./tally-model.ts";

const storedShape = z.object({ record: z.union([activatedRecord, tallyRecord]) });
type Stored = z.output<typeof storedShape>["record"];

/** The journal of each key, oldest record first. */
async function stored(journal: Journal, keys: readonly string[]): Promise<readonly Stored[][]> {
  const wanted = new Map(keys.map((key) => [`journal.tally.${key}`, [] as Stored[]]));
  for (const { subject, payload } of await journal.read(tallySubjects)) {
    const { record } = storedShape.parse(JSON.parse(new TextDecoder().decode(payload)));
    wanted.get(subject)?.push(record);
  }
  return [...wanted.values()];
}

/** Between two activation records only one activation wrote, and it wrote nowhere else. */
function expectSingleActivation(records: readonly Stored[]): void {
  const over = new Set<string>();
  let owner: string | undefined;
  let writer: string | undefined;
  for (const record of records) {
    if ("$activated" in record) {
      if (writer !== undefined) over.add(writer);
      owner = record.$activated.node;
      writer = undefined;
      continue;
    }
    expect(over).not.toContain(record.activation);
    writer ??= record.activation;
    expect(record.activation).toBe(writer);
    expect(record.activation.startsWith(`${owner}-`)).toBe(true);
  }
}

/**
 * Whatever happened: acknowledged increments are stored once, refused ones never, others at most once; of
 * two activations only the later wrote; and every key's history is linearizable.
 */
export async function expectNothingLostOrTwice(
  journal: Journal,
  outcome: TallyOutcome,
): Promise<void> {
  const journals = await stored(journal, outcome.keys);
  const calls = journals.flat().flatMap((record) => ("call" in record ? [record.call] : []));
  const once = new Set(calls);
  expect(calls).toHaveLength(once.size);
  expect([...outcome.acknowledged.difference(once)]).toEqual([]);
  expect([...outcome.refused.intersection(once)]).toEqual([]);
  expect([...once.difference(outcome.acknowledged).difference(outcome.unknown)]).toEqual([]);
  for (const records of journals) expectSingleActivation(records);
  expect(checkLinearizable(tallyModel, outcome.history)).toMatchObject({ linearizable: true });
}
