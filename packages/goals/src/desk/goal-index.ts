import type { Clock, Journal } from "@troupe/actor";
import { openGoalJournal } from "../goal/journal.ts";
import { type GoalSummary, summaryOf } from "../goal/view.ts";

/** Records read from the journal at once. */
const pageRecords = 2000;
/** Most bytes of one list, as JSON: it travels in one message. */
const listBytes = 512 * 1024;
/** Goals folded at the same time. */
const foldedAtOnce = 16;

/** What is known of one goal. */
interface Indexed {
  readonly summary: GoalSummary;
  /** Sequence of the last record in the summary. */
  readonly last: number;
}

/** Which goals a list is of. */
export interface ListRequest {
  /** At most so many, the newest. */
  readonly limit: number;
  /** Only goals that were accepted before this one; in the order of the list. */
  readonly before?: string | undefined;
  /** Only goals with records after this sequence. Default 0: all. */
  readonly changedAfter: number;
}

export interface GoalList {
  /** Newest first. */
  readonly goals: readonly GoalSummary[];
  /** Whether there are more, that this list has no room for. */
  readonly more: boolean;
  /** Sequence up to which the journal has been read: ask with it as `changedAfter` for what is new. */
  readonly last: number;
}

/**
 * One line about each goal in the journal. What the journal holds is read once: each look reads the records
 * after the last one that was seen, and folds only the goals that they belong to. About 500 bytes a goal.
 */
export class GoalIndex {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #goals = new Map<string, Indexed>();
  /** Ids, newest first; undefined when a goal has come since. */
  #order: readonly string[] | undefined;
  #last = 0;
  #reading: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(journal: Journal, clock: Clock) {
    this.#journal = journal;
    this.#clock = clock;
  }

  /**
   * The goals as the journal has them when this is called, or later.
   *
   * @throws what the journal throws when it cannot be read, and UnreadableRecordError for a goal that this
   *   release cannot read; what could be read is kept for the next time
   */
  async list({ limit, before, changedAfter }: ListRequest): Promise<GoalList> {
    await this.#readNews();
    const goals: GoalSummary[] = [];
    let more = false;
    let bytes = 0;
    for (const { summary, last } of this.#after(before)) {
      if (last <= changedAfter) continue;
      bytes += JSON.stringify(summary).length;
      if (goals.length === limit || (goals.length > 0 && bytes > listBytes)) {
        more = true;
        break;
      }
      goals.push(summary);
    }
    return { goals, more, last: this.#last };
  }

  /** Those who ask while the journal is being read share the next reading: theirs may have begun too early. */
  #readNews(): Promise<void> {
    this.#next ??= this.#reading
      .catch(() => {})
      .then(() => {
        this.#next = undefined;
        this.#reading = this.#read();
        return this.#reading;
      });
    return this.#next;
  }

  async #read(): Promise<void> {
    for (;;) {
      const records = await this.#journal.read("journal.goal.*", {
        after: this.#last,
        limit: pageRecords,
      });
      const changed = new Map<string, number>();
      for (const { subject, sequence } of records) {
        changed.set(subject.split(".").at(-1) ?? "", sequence);
      }
      await this.#fold([...changed]);
      this.#last = records.at(-1)?.sequence ?? this.#last;
      if (records.length < pageRecords) return;
    }
  }

  async #fold(changed: readonly (readonly [id: string, last: number])[]): Promise<void> {
    for (let from = 0; from < changed.length; from += foldedAtOnce) {
      const some = changed.slice(from, from + foldedAtOnce);
      await Promise.all(
        some.map(async ([id, last]) => {
          const known = this.#goals.get(id);
          // A later record of it was already there when it was folded.
          if (known !== undefined && known.last >= last) return;
          const opened = await openGoalJournal(this.#journal, id, this.#clock);
          if (known === undefined) this.#order = undefined;
          this.#goals.set(id, {
            summary: summaryOf(opened.state),
            last: Math.max(opened.last, last),
          });
        }),
      );
    }
  }

  *#after(before: string | undefined): Iterable<Indexed> {
    // Of those accepted in the same millisecond, the one that was found later comes first.
    this.#order ??= [...this.#goals]
      .reverse()
      .sort(([, one], [, other]) => other.summary.acceptedAt - one.summary.acceptedAt)
      .map(([id]) => id);
    const start = before === undefined ? 0 : this.#order.indexOf(before) + 1;
    for (const id of this.#order.slice(start)) {
      const indexed = this.#goals.get(id);
      if (indexed !== undefined) yield indexed;
    }
  }
}
