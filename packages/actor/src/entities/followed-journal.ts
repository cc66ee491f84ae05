import { FencedError } from "../errors.ts";
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
  /** The latest append, if one of its tries got no answer. */
  #unanswered: AppendOptions | undefined;

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
    if (options?.id !== this.#unanswered?.id) this.#unanswered = undefined;
    const appended = await this.#journal.append(subject, payload, options).catch((error) => {
      if (!(error instanceof FencedError)) this.#unanswered = options;
      throw error;
    });
    this.lastKnown = Math.max(this.lastKnown, appended.sequence);
    return appended;
  }

  /** Whether the latest append, though it was refused in the end, may be stored below another's record. */
  async mayHaveStored(): Promise<boolean> {
    const { id, expected = 0 } = this.#unanswered ?? {};
    if (id === undefined) return false;
    try {
      const after = Math.max(0, expected - 1);
      const found = await this.#journal.read(this.subject, { after, limit: 2 });
      const next = found.find(({ sequence }) => sequence > expected);
      // Without the record it was to follow, some were purged since, and it may be among them.
      const isWhole = expected === 0 || found[0]?.sequence === expected;
      return !isWhole || next === undefined || next.id === id;
    } catch {
      return true;
    }
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
