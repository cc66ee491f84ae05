import type { StoredRecord } from "@troupe/actor";
import type { Decision } from "../decision-log.ts";
import { decode } from "./record.ts";

/** A decision, and where it is stored. */
type Stored = Decision & { readonly sequence: number };

/**
 * The fold of a log's records.
 *
 * A record counts when it has the index that comes next. One with an earlier index lost a race that the
 * store should have refused it in (two winners of one compare-and-set): every reader leaves it out. One
 * with a later index follows records that were removed.
 */
export class StoredLog {
  #decisions: Stored[] = [];
  readonly #indexes = new Map<string, number>();
  #next = 1;
  #sequence = 0;
  #removable = 0;
  readonly #retain: number;

  /** @param retain the newest decisions are kept in memory: at least so many, at most twice that */
  constructor(retain: number) {
    this.#retain = retain;
  }

  /** Sequence of the last record that was read, whether it counts or not: the fence. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Index of the next decision. */
  get next(): number {
    return this.#next;
  }

  /** Index of the oldest decision in memory, or of the next when there is none. */
  get first(): number {
    return this.#decisions[0]?.index ?? this.#next;
  }

  /** Where an id was decided, as far as that is in memory. */
  indexOf(id: string): number | undefined {
    return this.#indexes.get(id);
  }

  from(index: number, limit: number): readonly Decision[] {
    const begin = Math.max(0, index - this.first);
    return this.#decisions
      .slice(begin, begin + limit)
      .map(({ sequence: _stored, ...decision }) => decision);
  }

  /** Takes in records that were read, in order; those known already change nothing. */
  take(records: readonly StoredRecord[]): void {
    for (const record of records) {
      if (record.sequence <= this.#sequence) continue;
      const decision = decode(record);
      this.#sequence = record.sequence;
      if (decision.index < this.#next) continue;
      if (decision.index > this.#next) this.#forget(this.#decisions.length);
      this.#decisions.push({ ...decision, sequence: record.sequence });
      this.#indexes.set(decision.id, decision.index);
      this.#next = decision.index + 1;
      if (this.#decisions.length >= 2 * this.#retain) {
        this.#forget(this.#decisions.length - this.#retain);
        this.#removable = this.#decisions[0]?.sequence ?? 0;
      }
    }
  }

  /** Sequence below which records need not be kept; 0 when twice as many as that were never there. */
  get removable(): number {
    return this.#removable;
  }

  #forget(count: number): void {
    if (count <= 0) return;
    for (const { id } of this.#decisions.splice(0, count)) this.#indexes.delete(id);
  }
}
