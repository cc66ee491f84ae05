import { type DurableEntityDefinition, defineEntity, defineProtocol, query } from "@troupe/actor";
import { z } from "zod";

/** A sum that several nodes add to. */
const counterProtocol = defineProtocol("counter", {
  /** Adds one, after `slowMs`; gives the sum. */
  add: query(z.object({ id: z.number(), slowMs: z.number() }), z.number()),
  total: query(z.object({}), z.number()),
});
export type CounterMessages = (typeof counterProtocol)["messages"];

/** One increment as it is stored. */
interface Increment {
  /** Of no other increment. */
  readonly id: number;
  /** The activation that wrote it. */
  readonly writer: string;
}

/** What the journal holds of a counter. */
export type CounterRecord =
  | { readonly kind: "activated"; readonly node: string; readonly activation: string }
  | ({ readonly kind: "increment" } & Increment);

/** How long counters stay in memory, and what they store besides increments. */
export interface CounterKeeping {
  readonly passivateAfterMs: number;
  readonly residentLimit: number;
  readonly snapshotEvery: number | undefined;
  readonly retain: "all" | "uncovered";
}

const counterKind = "counter";
const incrementShape = z.object({ id: z.number(), writer: z.string() });
const activatedShape = z.object({ node: z.string(), activation: z.string() });
const decoder = new TextDecoder();

/** Counters whose every answer is confirmed by the journal. */
export function counters(keeping: CounterKeeping): DurableEntityDefinition<CounterMessages> {
  const { snapshotEvery: every, retain, passivateAfterMs, residentLimit } = keeping;
  const snapshot = every && { every, retain, schema: z.number(), version: 1 };
  return defineEntity(counterProtocol, {
    kind: counterKind,
    read: "confirmed",
    passivateAfterMs,
    residentLimit,
    journal: {
      version: 1,
      record: incrementShape,
      initial: 0,
      apply: (sum: number) => sum + 1,
      ...(snapshot ? { snapshot } : {}),
    },
    setup: (_key, { node, random, clock }, state) => {
      const writer = `${node}.${random.hex(8)}`;
      return {
        add: async ({ id, slowMs }) => {
          if (slowMs > 0) await new Promise<void>((done) => void clock.schedule(slowMs, done));
          return state.append({ id, writer });
        },
        total: () => state.state,
      };
    },
  });
}

/** Where the records of a counter are. */
export function counterSubject(key: string): string {
  return `journal.${counterKind}.${key}`;
}

/** A record of a counter as it is stored. */
export function counterRecordOf(payload: Uint8Array): CounterRecord {
  const { record } = JSON.parse(decoder.decode(payload)) as { readonly record: object };
  if ("$activated" in record) {
    return { kind: "activated", ...activatedShape.parse(record.$activated) };
  }
  return { kind: "increment", ...incrementShape.parse(record) };
}
