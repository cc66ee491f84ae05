import { ensureError, FencedError } from "../errors.ts";
import { silentLog } from "../ports/log.ts";
import { systemRandom } from "../ports/random.ts";
import { appendFenced } from "./append-fenced.ts";
import { type Entry, type EntryFormats, readEntry, writeEntry } from "./envelope.ts";
import { UnstorableRecordError } from "./errors.ts";
import type { JournaledOptions, JournaledRecord, JournaledWithOutbox } from "./journaled.ts";
import { JournaledOutbox } from "./journaled-outbox.ts";
import { type History, readHistory } from "./read-history.ts";
import { Snapshots } from "./snapshots.ts";

const tokenBytes = 12;

/** Reads an entity and folds it. */
export async function openEntity<State, Record, Effect>(
  options: JournaledOptions<State, Record, Effect>,
): Promise<JournaledWithOutbox<State, Record, Effect>> {
  const { journal, kind, key, record, version, upcast = {}, effect, snapshot, log } = options;
  const subject = `journal.${kind}.${key}`;
  const formats = { record: { schema: record, version, upcast }, effect };
  const snapshots =
    snapshot &&
    new Snapshots({ journal, subject: `snapshot.${kind}.${key}`, state: snapshot, effect });
  const history = await readHistory({ journal, subject, formats, snapshots });
  const why = history.unreadable?.message;
  if (why !== undefined) log?.("warn", `snapshot of '${subject}' left aside: ${why}`, { subject });
  return new Entity(options, { subject, formats, snapshots }, history);
}

interface Parts<State, Record, Effect> {
  readonly subject: string;
  readonly formats: EntryFormats<Record, Effect>;
  readonly snapshots: Snapshots<State, Effect> | undefined;
}

class Entity<State, Record, Effect> implements JournaledWithOutbox<State, Record, Effect> {
  readonly outbox: JournaledOutbox<Effect>;
  readonly #options: JournaledOptions<State, Record, Effect>;
  readonly #parts: Parts<State, Record, Effect>;
  readonly #records: JournaledRecord<Record>[] = [];
  /** With a count, the id of each append. */
  readonly #token: string;
  #appends = 0;
  #state: State;
  #last: number;
  #sinceSnapshot = 0;
  #fenced: FencedError | undefined;
  #turn: Promise<unknown> = Promise.resolve();

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
    for (const entry of entries) this.#take(entry.sequence, entry, this.#after(entry));
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

  append(record: Record, options: { readonly effects?: readonly Effect[] } = {}): Promise<State> {
    const { effects = [] } = options;
    return this.#inTurn(async () => {
      await this.#append({ ...this.#head(), kind: "record", record, effects });
      return this.#state;
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }

  /** Only where records are purged is there a gap to be found by what a record follows. */
  #head(): { readonly at: number; readonly after: number | undefined } {
    const isLinked = this.#options.snapshot?.retain === "uncovered";
    return { at: this.#options.clock.now(), after: isLinked ? this.#last : undefined };
  }

  async #append(entry: Entry<Record, Effect>): Promise<void> {
    if (this.#fenced !== undefined) throw this.#fenced;
    const { subject } = this.#parts;
    const { payload, stored, state } = this.#tryOut(entry);
    this.#appends += 1;
    const id = `${this.#token}-${this.#appends}`;
    const { journal } = this.#options;
    try {
      const expected = this.#last;
      const sequence = await appendFenced({ journal, subject, payload, expected, id });
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
      return { payload, stored, state: this.#after(stored) };
    } catch (error) {
      const cause = ensureError(error);
      throw new UnstorableRecordError(subject, cause.message, { cause });
    }
  }

  #after(entry: Entry<Record, Effect>): State {
    if (entry.kind === "settlement") return this.#state;
    return this.#options.apply(this.#state, entry.record, entry.at);
  }

  #take(sequence: number, entry: Entry<Record, Effect>, state: State): void {
    const { at } = entry;
    this.#last = sequence;
    this.#sinceSnapshot += 1;
    this.#state = state;
    if (entry.kind === "settlement") {
      this.outbox.takeSettlement(entry.settlement, at);
      return;
    }
    this.#records.push({ sequence, at, record: entry.record });
    this.outbox.takeEffects({ subject: this.#parts.subject, sequence, at }, entry.effects);
  }

  /** A snapshot saves time and is due again later; the append it comes with must not fail for it. */
  async #snapshotIfDue(): Promise<void> {
    const { snapshots, subject } = this.#parts;
    const { snapshot, journal, log = silentLog } = this.#options;
    if (snapshots === undefined || snapshot === undefined) return;
    if (this.#sinceSnapshot < snapshot.every) return;
    this.#sinceSnapshot = 0;
    const covers = this.#last;
    try {
      const { state, outbox } = this;
      const isNewest = await snapshots.store({ covers, state, outbox: outbox.current });
      const purges = snapshot.retain === "uncovered" && isNewest;
      if (purges) await journal.purge(subject, { before: covers });
    } catch (error) {
      const cause = ensureError(error);
      log("warn", `no snapshot of '${subject}' at ${covers}: ${cause.message}`, {
        subject,
        covers,
      });
    }
  }
}
