import { type JournalEntry, type Segments, segmentBytes } from "./segments.ts";

/** The part of an entity's journal that is in no segment yet, as far as this writer knows. */
export class Archive {
  readonly #segments: Segments;
  readonly #every: number;
  #entries: JournalEntry[] = [];
  #bytes = 0;
  #newest: JournalEntry | undefined;
  /** What was there at the last try: after one that failed, as many again come before the next. */
  #tried = { entries: 0, bytes: 0 };

  /** @param every so many records are moved together, or fewer when they fill a segment */
  constructor(segments: Segments, every: number) {
    this.#segments = segments;
    this.#every = every;
  }

  take(entry: JournalEntry): void {
    this.#newest = entry;
    this.#entries.push(entry);
    this.#bytes += entry.payload.length;
  }

  get isDue(): boolean {
    const { entries, bytes } = this.#tried;
    return this.#entries.length - entries >= this.#every || this.#bytes - bytes >= segmentBytes;
  }

  /** Puts into segments what is in none. Gives what they cover then. */
  async store(token: string): Promise<number> {
    this.#tried = { entries: this.#entries.length, bytes: this.#bytes };
    const covers = await this.#segments.add(this.#entries, token);
    this.#entries = this.#entries.filter(({ sequence }) => sequence > covers);
    this.#bytes = this.#entries.reduce((sum, { payload }) => sum + payload.length, 0);
    this.#tried = { entries: 0, bytes: 0 };
    return covers;
  }

  /** All records but the newest are to be forgotten, also where that one is in a segment already. */
  async removeOld(token: string): Promise<void> {
    if (this.#newest === undefined) return;
    this.#entries = [this.#newest];
    this.#bytes = this.#newest.payload.length;
    await this.#segments.removeBefore(this.#newest.sequence, token);
  }
}
