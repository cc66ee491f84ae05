import { ensureError, type JournaledRecord, type StoredRecord } from "@troupe/actor";
import { JournalUnavailableError } from "../../../faults/errors.ts";
import { checkLinearizable } from "../../../linearizability/check-linearizable.ts";
import { HistoryRecorder } from "../../../linearizability/history-recorder.ts";
import {
  type JournalInput,
  type JournalOutput,
  journalModel,
} from "../../../linearizability/models/journal.ts";
import type { World } from "../../world.ts";
import { type Note, noteOf, subjectOf } from "./note.ts";

interface Stored extends Note {
  readonly sequence: number;
}

/** Configurations looked at before a history counts as undecided. */
const searchNodes = 100_000;

/** Every append and what its writer was told, to be held against what is stored. */
export class AppendLedger {
  readonly #world: World;
  readonly #history = new HistoryRecorder<JournalInput, JournalOutput>();
  readonly #acknowledged: (Note & { readonly key: string; readonly sequence: number })[] = [];
  readonly #owed = new Set<number>();
  readonly #keys: readonly string[];
  /** Every record ever stored, when the store itself does not keep them all. */
  readonly #log: StoredRecord[] | undefined;

  /** @param keepsAll whether the journal holds nothing but the records of these keys, and all of them */
  constructor(world: World, keys: readonly string[], keepsAll: boolean) {
    this.#world = world;
    this.#keys = keys;
    this.#log = keepsAll ? undefined : [];
    world.store.observe((record) => this.#log?.push(record));
  }

  /** An entity is being opened. Returns what to call with its records. */
  reads(writer: string, key: string): (records: readonly JournaledRecord<Note>[]) => void {
    const call = this.#history.call(writer, { kind: "read", subject: key });
    return (records) => {
      this.#world.trace.add("opened", writer, key, records.length);
      call.returned(records.map(({ sequence, record }) => ({ sequence, payload: record.id })));
    };
  }

  /** An append begins. Returns what to call with its outcome, if there is one. */
  appends(
    key: string,
    note: Note,
    expected: number,
  ): { stored(sequence: number, state: readonly number[]): void; fenced(): void } {
    const { id, writer } = note;
    const { trace, store } = this.#world;
    const input = { kind: "append", subject: key, payload: id, expected } as const;
    const call = this.#history.call(writer, input);
    return {
      stored: (sequence, state) => {
        trace.add("appended", writer, key, id, sequence);
        call.returned(sequence);
        this.#acknowledged.push({ ...note, key, sequence });
        this.#world.require(
          state.at(-1) === id && new Set(state).size === state.length,
          "the state is the fold of the records",
          () => `${writer} has ${state.join()} after ${id}`,
        );
      },
      fenced: () => {
        trace.add("fenced", writer, key, id);
        // A record that another writer has followed up may have been stored before: that is told so too.
        void store.read(subjectOf(key)).then((records) => {
          const ids = records.map(({ payload }) => noteOf(payload).id);
          const isFollowed = ids.includes(id) && ids.at(-1) !== id;
          if (!isFollowed) call.returned("fenced");
        });
      },
    };
  }

  /** A write came to nothing, or to nothing known. */
  failed(key: string, thrown: unknown): void {
    const { name, message } = ensureError(thrown);
    this.#world.trace.add("failed", key, name);
    const isExpected = thrown instanceof JournalUnavailableError;
    this.#world.require(isExpected, "a write fails only with its journal", () => message);
  }

  /** From now on a write of this number has to succeed, at one of its tries. */
  owe(id: number): void {
    this.#owed.add(id);
  }

  /**
   * Holds what writers were told against what is stored.
   *
   * @param stateOf opens a key's entity anew and gives its state
   */
  async end(
    triesPerWrite: number,
    stateOf: (key: string) => Promise<readonly number[]>,
  ): Promise<void> {
    for (const key of this.#keys) {
      const stored = await this.#storedOf(key);
      this.#checkStored(key, stored);
      const state = (await stateOf(key)).join();
      const ids = stored.map(({ id }) => id).join();
      this.#world.require(
        state === ids,
        "the state is the fold of the records",
        () => `${key} has ${state}, of ${ids}`,
      );
    }
    for (const { id } of this.#acknowledged) this.#owed.delete(Math.floor(id / triesPerWrite));
    for (const id of this.#owed) {
      this.#world.violate("without faults a write succeeds", `write ${id}`);
    }
    if (this.#log === undefined) this.#checkLinearizable();
  }

  #checkLinearizable(): void {
    const verdict = checkLinearizable(journalModel(), this.#history.history(), {
      nodes: searchNodes,
    });
    this.#world.trace.add("linearizable", String(verdict.linearizable));
    if (verdict.linearizable !== false) return;
    const { process, input, output } = verdict.unplaced;
    this.#world.violate(
      "appends and reads are linearizable",
      `${process}: ${JSON.stringify(input)} gave ${JSON.stringify(output)}`,
    );
  }

  async #storedOf(key: string): Promise<readonly Stored[]> {
    const records = this.#log ?? (await this.#world.store.read(subjectOf(key)));
    return records
      .filter(({ subject }) => subject === subjectOf(key))
      .map(({ sequence, payload }) => ({ ...noteOf(payload), sequence }));
  }

  #checkStored(key: string, stored: readonly Stored[]): void {
    const { require } = this.#world;
    const check: typeof require = (...claim) => require.apply(this.#world, claim);
    for (const one of this.#acknowledged.filter((other) => other.key === key)) {
      const found = stored.find(({ sequence }) => sequence === one.sequence);
      check(
        found?.id === one.id && found.writer === one.writer,
        "what was acknowledged is stored",
        () => `${key} ${one.sequence}: ${one.id} of ${one.writer}, but ${JSON.stringify(found)}`,
      );
    }
    const seen = new Set<string>();
    const ids = new Set<number>();
    let last: Stored | undefined;
    for (const record of stored) {
      const { sequence, follows, writer, id } = record;
      const what = (): string => `${key} ${sequence}: ${id} of ${writer} after ${follows}`;
      check(follows === (last?.id ?? 0), "history does not fork", what);
      check(!ids.has(id), "a record is stored once", what);
      if (writer !== last?.writer) {
        check(!seen.has(writer), "a writer that was overtaken writes no more", what);
      }
      seen.add(writer);
      ids.add(id);
      last = record;
    }
  }
}
