import {
  type Appended,
  type AppendOptions,
  type Clock,
  FencedError,
  type Journal,
  type StoredRecord,
} from "@troupe/actor";
import { subjectMatches } from "./subjects.ts";

/** A journal in memory: fenced and deduplicating as JetStream's. Share one between nodes of a test. */
export class InMemoryJournal implements Journal {
  readonly #clock: Clock;
  readonly #records: StoredRecord[] = [];
  #newest = 0;
  readonly #ids = new Map<string, number>();
  /** Told of every stored record, as the server republishes them. */
  readonly #observers = new Set<(record: StoredRecord) => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  observe(observer: (record: StoredRecord) => void): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  async append(
    subject: string,
    payload: Uint8Array,
    options: AppendOptions = {},
  ): Promise<Appended> {
    const known = options.id === undefined ? undefined : this.#ids.get(options.id);
    if (known !== undefined) return { sequence: known, duplicate: true };
    const last = this.#records.findLast((record) => record.subject === subject)?.sequence ?? 0;
    if (options.expected !== undefined && options.expected !== last) {
      throw new FencedError(subject, options.expected);
    }
    this.#newest += 1;
    const sequence = this.#newest;
    const stored = { subject, sequence, payload: payload.slice(), storedAt: this.#clock.now() };
    const { id } = options;
    const record = id === undefined ? stored : { ...stored, id };
    this.#records.push(record);
    if (id !== undefined) this.#ids.set(id, sequence);
    for (const observer of this.#observers) observer(record);
    return { sequence, duplicate: false };
  }

  async read(
    filter: string,
    options: { readonly after?: number; readonly limit?: number } = {},
  ): Promise<readonly StoredRecord[]> {
    const { after = 0, limit = Number.POSITIVE_INFINITY } = options;
    return this.#records
      .filter(({ subject, sequence }) => sequence > after && subjectMatches(filter, subject))
      .slice(0, limit);
  }

  /** Forgets every record after `sequence`, as a store does whose machine lost power. Returns them. */
  truncate(sequence: number): readonly StoredRecord[] {
    for (const [id, stored] of this.#ids) if (stored > sequence) this.#ids.delete(id);
    this.#newest = Math.min(this.#newest, sequence);
    const kept = this.#records.findLastIndex((record) => record.sequence <= sequence) + 1;
    return this.#records.splice(kept);
  }

  /** Sequence of the newest record of any subject, 0 for none. */
  get lastSequence(): number {
    return this.#newest;
  }

  async last(subject: string): Promise<StoredRecord | undefined> {
    return this.#records.findLast((record) => record.subject === subject);
  }

  async purge(subject: string, { before }: { readonly before: number }): Promise<number> {
    const newest = this.#records.findLast((record) => record.subject === subject)?.sequence ?? 0;
    const end = Math.min(before, newest);
    const kept = this.#records.filter((one) => one.subject !== subject || one.sequence >= end);
    return this.#records.splice(0, this.#records.length, ...kept).length - kept.length;
  }
}
