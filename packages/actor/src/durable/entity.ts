import { ensureError, FencedError } from "../errors.ts";
import { silentLog } from "../ports/log.ts";
import { systemRandom } from "../ports/random.ts";
import { appendFenced } from "./append-fenced.ts";
import { Archive } from "./archive.ts";
import { type Entry, type EntryFormats, readEntry, writeEntry } from "./envelope.ts";
import { UnstorableRecordError } from "./errors.ts";
import type { JournaledOptions, JournaledRecord, OpenedJournaled } from "./journaled.ts";
import { JournaledOutbox } from "./journaled-outbox.ts";
import { type ArchivedHistory, readArchived } from "./read-archived.ts";
import { type History, readHistory } from "./read-history.ts";
import { Segments } from "./segments.ts";
import { Snapshots } from "./snapshots.ts";

const tokenBytes = 12;

/** Reads an entity and folds it. */
export async function openEntity<State, Record, Effect>(
  options: JournaledOptions<State, Record, Effect>,
): Promise<OpenedJournaled<State, Record, Effect>> {
  const { journal, kind, key, record, version, upcast = {}, effect, snapshot, log } = options;
  const subject = `journal.${kind}.${key}`;
  const formats = { record: { schema: record, version, upcast }, effect };
  const isSpare = snapshot?.retain === "archived";
  const snapshots =
    snapshot &&
    new Snapshots({
      journal,
      subject: `snapshot.${kind}.${key}`,
      state: snapshot,
      effect,
      isSpare,
    });
  const source = { journal, subject, formats, snapshots };
  const segments = new Segments(journal, `segment.${kind}.${key}`);
  const archive = isSpare ? new Archive(segments, snapshot.every) : undefined;
  const history: History<State, Record, Effect> & Partial<ArchivedHistory<State, Record, Effect>> =
    await (isSpare ? readArchived({ ...source, segments }) : readHistory(source));
  for (const entry of history.inJournal ?? []) archive?.take(entry);
  const why = history.unreadable?.message;
  if (why !== undefined) log?.("warn", `snapshot of '${subject}' left aside: ${why}`, { subject });
  return new Entity(options, { subject, formats, snapshots, archive }, history);
}

interface Parts<State, Record, Effect> {
  readonly subject: string;
  readonly formats: EntryFormats<Record, Effect>;
  readonly snapshots: Snapshots<State, Effect> | undefined;
  readonly archive: Archive | undefined;
}

class Entity<State, Record, Effect> implements OpenedJournaled<State, Record, Effect> {
  readonly outbox: JournaledOutbox<Effect>;
  readonly #options: JournaledOptions<State, Record, Effect>;
  readonly #parts: Parts<State, Record, Effect>;
  #records: JournaledRecord<Record>[] = [];
  /** With a count, the id of each append. */
  readonly #token: string;
  #appends = 0;
  #state: State;
  #last: number;
  #sinceSnapshot = 0;
  #bytesSinceSnapshot = 0;
  #fenced: FencedError | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  /** The move of records to a segment that is under way, or was the last. Never rejects. */
  #archiving: Promise<void> | undefined;

  constructor(
    options: JournaledOptions<State, Record, Effect>,
    parts: Parts<State, Record, Effect>,
    { snapshot, entries }: History<State, Record, Effect>,
  ) {
    this.#options = options;
    this.#parts = parts;
    this.#token = (options.random ?? systemRandom).hex(tokenBytes);
    this.#state = snapshot?.state ?? options.initial;
    this.#last = snapshot?.covers ?? 0;
    this.outbox = new JournaledOutbox(snapshot?.outbox, (settlement) =>
      this.#inTurn(() => this.#append({ ...this.#head(), kind: "settlement", settlement })),
    );
    for (const entry of entries) this.#take(entry.sequence, entry, () => this.#after(entry));
  }

  get state(): State {
    return this.#state;
  }

  get records(): readonly JournaledRecord<Record>[] {
    return this.#records;
  }

  get fenced(): FencedError | undefined {
    return this.#fenced;
  }

  get last(): number {
    return this.#last;
  }

  append(
    record: Record,
    options: { readonly effects?: readonly Effect[]; readonly begins?: boolean } = {},
  ): Promise<State> {
    const { effects = [], begins = false } = options;
    return this.#inTurn(async () => {
      const head = this.#head();
      const after = begins ? 0 : head.after;
      await this.#append({ ...head, after, kind: "record", record, effects });
      return this.#state;
    });
  }

  forget(): Promise<number> {
    return this.#inTurn(async () => {
      const { subject, archive, snapshots } = this.#parts;
      await this.#archiving;
      await archive?.removeOld(this.#nextId());
      if ((await snapshots?.newest()) !== undefined) {
        await this.#storeSnapshot();
      }
      return this.#options.journal.purge(subject, { before: this.#last });
    });
  }

  #nextId(): string {
    this.#appends += 1;
    return `${this.#token}-${this.#appends}`;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }

  /** Only where records are purged is there a gap to be found by what a record follows. */
  #head(): { readonly at: number; readonly after: number | undefined } {
    const { retain = "all" } = this.#options.snapshot ?? {};
    const isLinked = retain !== "all";
    return { at: this.#options.clock.now(), after: isLinked ? this.#last : undefined };
  }

  async #append(entry: Entry<Record, Effect>): Promise<void> {
    if (this.#fenced !== undefined) throw this.#fenced;
    const { subject } = this.#parts;
    const { payload, stored, state } = this.#tryOut(entry);
    const id = this.#nextId();
    const { journal } = this.#options;
    try {
      const expected = this.#last;
      const sequence = await appendFenced({ journal, subject, payload, expected, id });
      this.#parts.archive?.take({ sequence, payload, after: stored.after ?? expected });
      this.#bytesSinceSnapshot += payload.length;
      this.#take(sequence, stored, state);
    } catch (error) {
      if (error instanceof FencedError) this.#fenced = error;
      throw error;
    } finally {
      this.outbox.changed();
    }
    await this.#snapshotIfDue();
  }

  /** What would be read back, and the state it leads to: found out before it is stored for good. */
  #tryOut(entry: Entry<Record, Effect>) {
    const { subject, formats } = this.#parts;
    try {
      const payload = writeEntry(entry, formats);
      const stored = readEntry(payload, formats);
      if (this.#options.appliesInPlace === true) {
        return { payload, stored, state: () => this.#after(stored) };
      }
      const state = this.#after(stored);
      return { payload, stored, state: () => state };
    } catch (error) {
      const cause = ensureError(error);
      throw new UnstorableRecordError(subject, cause.message, { cause });
    }
  }

  #after(entry: Entry<Record, Effect>): State {
    if (entry.kind === "settlement") return this.#state;
    return this.#options.apply(this.#state, entry.record, entry.at);
  }

  #take(sequence: number, entry: Entry<Record, Effect>, state: () => State): void {
    const { at } = entry;
    this.#last = sequence;
    this.#sinceSnapshot += 1;
    this.#state = state();
    if (entry.kind === "settlement") {
      this.outbox.takeSettlement(entry.settlement, at);
      return;
    }
    this.#records.push({ sequence, at, record: entry.record });
    this.outbox.takeEffects({ subject: this.#parts.subject, sequence, at }, entry.effects);
  }

  /** A snapshot is due again later; the append it comes with must not fail for it. */
  async #snapshotIfDue(): Promise<void> {
    const { archive } = this.#parts;
    const { snapshot } = this.#options;
    if (snapshot === undefined) return;
    if (archive === undefined) {
      if (this.#sinceSnapshot < snapshot.every) return;
      this.#sinceSnapshot = 0;
      await this.#tolerant("snapshot", () => this.#snapshot());
      return;
    }
    if (!archive.isDue) return;
    // Appends go on beside it, until as much again is there: the journal stays bounded.
    await this.#archiving;
    // What came meanwhile may be as much again, and no append need come any more.
    this.#archiving = this.#tolerant("archive", async () => {
      while (archive.isDue) await this.#archive(archive);
    });
  }

  async #tolerant(what: "snapshot" | "archive", work: () => Promise<void>): Promise<void> {
    const { subject } = this.#parts;
    const last = this.#last;
    try {
      await work();
    } catch (error) {
      const { log = silentLog } = this.#options;
      const { message } = ensureError(error);
      log("warn", `no ${what} of '${subject}' at ${last}: ${message}`, { subject, last });
    }
  }

  async #snapshot(): Promise<void> {
    const { snapshot, journal } = this.#options;
    const before = await this.#storeSnapshot();
    const purges = snapshot?.retain === "uncovered" && before !== undefined;
    if (purges) await journal.purge(this.#parts.subject, { before });
  }

  /** Gives what it covers, unless a newer one is there. */
  async #storeSnapshot(): Promise<number | undefined> {
    const covers = this.#last;
    const outbox = this.outbox.current;
    const isNewest = await this.#parts.snapshots?.store({ covers, state: this.#state, outbox });
    return isNewest === true ? covers : undefined;
  }

  /**
   * What leaves the journal is in a segment by then. The snapshot only saves time, and comes last, once
   * as much has come since the one before as that is large: then writing all of them costs no more than
   * writing the records, and opening reads at most twice the state.
   */
  async #archive(archive: Archive): Promise<void> {
    const before = await archive.store(this.#nextId());
    this.#records = this.#records.filter(({ sequence }) => sequence > before);
    await this.#options.journal.purge(this.#parts.subject, { before });
    if (this.#bytesSinceSnapshot < (this.#parts.snapshots?.bytes ?? 0)) return;
    this.#bytesSinceSnapshot = 0;
    await this.#storeSnapshot();
  }
}
