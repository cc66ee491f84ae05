import { checkLinearizable } from "../../../linearizability/check-linearizable.ts";
import { HistoryRecorder } from "../../../linearizability/history-recorder.ts";
import type { Model } from "../../../linearizability/model.ts";
import type { World } from "../../world.ts";
import { type CounterRecord, counterRecordOf, counterSubject } from "./counter.ts";
import type { AskEnd } from "./entity-asks.ts";

export type CounterCall = { readonly kind: "add" | "total"; readonly key: string };

/** `add` gives the sum after it, `total` the sum. */
const counterModel: Model<number, CounterCall, number> = {
  initial: 0,
  partition: ({ key }) => key,
  isReadOnly: ({ kind }) => kind === "total",
  step: (sum, { kind }, output) => {
    const after = kind === "add" ? sum + 1 : sum;
    return output === undefined || output === after ? [after] : [];
  },
};

/** Configurations looked at before a history counts as undecided. */
const searchNodes = 100_000;

interface Added {
  readonly key: string;
  end: AskEnd<number> | undefined;
}

/** Every increment and read, and what their askers were told, to be held against what is stored. */
export class CountLedger {
  readonly #world: World;
  readonly #history = new HistoryRecorder<CounterCall, number>();
  readonly #added = new Map<number, Added>();
  /** By subject, every record ever stored: snapshots may purge them from the store. */
  readonly #log = new Map<string, CounterRecord[]>();

  constructor(world: World, keys: readonly string[]) {
    this.#world = world;
    for (const key of keys) this.#log.set(counterSubject(key), []);
    world.store.observe(({ subject, payload }) =>
      this.#log.get(subject)?.push(counterRecordOf(payload)),
    );
  }

  /** An increment begins. Returns its id, and what to call with its end. */
  adds(asker: string, key: string): { id: number; ended(end: AskEnd<number>): void } {
    const call = this.#history.call(asker, { kind: "add", key });
    const added: Added = { key, end: undefined };
    const id = this.#added.size + 1;
    this.#added.set(id, added);
    return {
      id,
      ended: (end) => {
        added.end = end;
        if (end.kind === "answered") call.returned(end.value);
        if (end.kind === "refused") call.hadNoEffect();
      },
    };
  }

  /** A read begins. Returns what to call with its end. */
  reads(asker: string, key: string): (end: AskEnd<number>) => void {
    const call = this.#history.call(asker, { kind: "total", key });
    return (end) => {
      if (end.kind === "answered") call.returned(end.value);
      else call.hadNoEffect();
    };
  }

  /** Holds what askers were told against what was stored. */
  end(): void {
    const positions = new Map<number, number>();
    for (const [subject, records] of this.#log) {
      this.#checkActivations(subject, records);
      this.#checkIncrements(subject, records, positions);
    }
    for (const [id, { key, end }] of this.#added) {
      const at = positions.get(id);
      const told = `${id} of ${key}: ${JSON.stringify(end)}, stored as number ${at}`;
      if (end?.kind === "answered") {
        const isIt = at === end.value;
        this.#world.require(isIt, "an answer tells what was stored", () => told);
      }
      if (end?.kind === "refused") {
        const isIt = at === undefined;
        this.#world.require(isIt, "what was refused is not stored", () => told);
      }
    }
    this.#checkLinearizable();
  }

  /** @param positions gets each increment's place among those of its key, from 1 */
  #checkIncrements(
    subject: string,
    records: readonly CounterRecord[],
    positions: Map<number, number>,
  ): void {
    let sum = 0;
    for (const record of records) {
      if (record.kind !== "increment") continue;
      const { id } = record;
      const what = (): string => `${id} in ${subject}`;
      sum += 1;
      this.#world.require(!positions.has(id), "an increment is stored once", what);
      const key = this.#added.get(id)?.key ?? "";
      const isAsked = counterSubject(key) === subject;
      this.#world.require(isAsked, "what is stored was asked for", what);
      positions.set(id, sum);
    }
  }

  #checkActivations(subject: string, records: readonly CounterRecord[]): void {
    const writers = new Set<string>();
    let activator = "nobody";
    let writer: string | undefined;
    for (const record of records) {
      if (record.kind === "activated") {
        activator = record.node;
        writer = undefined;
        continue;
      }
      const isFirst = writer === undefined;
      writer ??= record.writer;
      const isOwn = writer === record.writer && writer.startsWith(`${activator}.`);
      this.#world.require(
        isOwn && !(isFirst && writers.has(writer)),
        "only the latest activation writes",
        () => `${record.writer} to ${subject}, activated by ${activator}`,
      );
      writers.add(writer);
    }
  }

  #checkLinearizable(): void {
    const verdict = checkLinearizable(counterModel, this.#history.history(), {
      nodes: searchNodes,
    });
    this.#world.trace.add("linearizable", String(verdict.linearizable));
    if (verdict.linearizable !== false) return;
    const { process, input, output } = verdict.unplaced;
    this.#world.violate(
      "increments and reads are linearizable",
      `${process}: ${input.kind} of ${input.key} gave ${output}`,
    );
  }
}
