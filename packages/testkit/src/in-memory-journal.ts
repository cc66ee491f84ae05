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
    const sequence = this.#records.length + 1;
    const record = { subject, sequence, payload: payload.slice(), storedAt: this.#clock.now() };
    this.#records.push(record);
    if (options.id !== undefined) this.#ids.set(options.id, sequence);
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

  async last(subject: string): Promise<StoredRecord | undefined> {
    return this.#records.findLast((record) => record.subject === subject);
  }
}
