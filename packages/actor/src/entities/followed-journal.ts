import type { Appended, AppendOptions, Journal, StoredRecord } from "../ports/journal.ts";

/** How many of its own latest appends a writer knows again. */
const idsKept = 64;

/**
 * A journal through which one activation writes to one subject, and which remembers the last record that was
 * its own: as long as that is the newest, nobody else has written.
 */
export class FollowedJournal implements Journal {
  readonly subject: string;
  readonly #journal: Journal;
  readonly #ids = new Set<string>();
  /** Sequence of this writer's newest record that is known to be stored. */
  lastKnown = 0;

  constructor(journal: Journal, subject: string) {
    this.#journal = journal;
    this.subject = subject;
  }

  /** Whether the subject's newest record is this writer's, or another's. */
  async newest(): Promise<"own" | "other"> {
    const last = await this.last(this.subject);
    return (last?.sequence ?? 0) <= this.lastKnown ? "own" : "other";
  }

  async append(subject: string, payload: Uint8Array, options?: AppendOptions): Promise<Appended> {
    if (subject !== this.subject) return this.#journal.append(subject, payload, options);
    if (options?.id !== undefined) this.#remember(options.id);
    const appended = await this.#journal.append(subject, payload, options);
    this.lastKnown = Math.max(this.lastKnown, appended.sequence);
    return appended;
  }

  read(
    filter: string,
    options?: { readonly after?: number; readonly limit?: number },
  ): Promise<readonly StoredRecord[]> {
    return this.#journal.read(filter, options);
  }

  async last(subject: string): Promise<StoredRecord | undefined> {
    const last = await this.#journal.last(subject);
    if (last !== undefined && subject === this.subject && this.#ids.has(last.id ?? "")) {
      this.lastKnown = Math.max(this.lastKnown, last.sequence);
    }
    return last;
  }

  purge(subject: string, options: { readonly before: number }): Promise<number> {
    return this.#journal.purge(subject, options);
  }

  #remember(id: string): void {
    this.#ids.add(id);
    if (this.#ids.size <= idsKept) return;
    const [oldest] = this.#ids;
    if (oldest !== undefined) this.#ids.delete(oldest);
  }
}
