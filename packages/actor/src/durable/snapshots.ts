import { FencedError } from "../errors.ts";
import type { Journal, StoredRecord } from "../ports/journal.ts";
import { fromJsonBytes, toJsonBytes } from "./json-bytes.ts";
import { emptyOutbox, type OutboxState } from "./outbox.ts";
import { NotReadable, readVersioned, type VersionedFormat } from "./versioned-format.ts";

/** How often a snapshot is tried again because another writer stored one meanwhile. */
const storeTries = 5;

/** A folded state, and the last record that is in it. */
export interface Snapshot<State, Effect> {
  /** Sequence of the last record in it. */
  readonly covers: number;
  readonly state: State;
  readonly outbox: OutboxState<Effect>;
}

/** The newest snapshot in the journal. */
export interface FoundSnapshot<State, Effect> {
  readonly sequence: number;
  /** The snapshot, or why it can't be read. */
  readonly content: Snapshot<State, Effect> | NotReadable;
}

interface SnapshotsOptions<State, Effect> {
  readonly journal: Journal;
  readonly subject: string;
  readonly state: VersionedFormat<State>;
  readonly effect: VersionedFormat<Effect> | undefined;
}

/**
 * The snapshots of one entity. They lie on a subject of their own in the journal's stream: a store
 * that loses its newest records then loses a snapshot before any record it covers.
 */
export class Snapshots<State, Effect> {
  readonly #options: SnapshotsOptions<State, Effect>;
  /** Sequence of the newest snapshot as it is known here. */
  #last = 0;

  constructor(options: SnapshotsOptions<State, Effect>) {
    this.#options = options;
  }

  async newest(): Promise<FoundSnapshot<State, Effect> | undefined> {
    const stored = await this.#options.journal.last(this.#options.subject);
    if (stored === undefined) return undefined;
    this.#last = stored.sequence;
    try {
      return { sequence: stored.sequence, content: this.#read(stored.payload) };
    } catch (error) {
      if (!(error instanceof NotReadable)) throw error;
      return { sequence: stored.sequence, content: error };
    }
  }

  /**
   * Stores a snapshot, unless one is there that covers as much, and removes the older ones.
   *
   * @returns whether it is now the newest
   * @throws NotReadable, before storing, when it could not be read again
   */
  async store(snapshot: Snapshot<State, Effect>): Promise<boolean> {
    const { journal, subject } = this.#options;
    const payload = this.#write(snapshot);
    this.#read(payload);
    for (let tries = 1; ; tries += 1) {
      try {
        this.#last = (await journal.append(subject, payload, { expected: this.#last })).sequence;
        break;
      } catch (error) {
        if (!(error instanceof FencedError) || tries >= storeTries) throw error;
        const newest = await journal.last(subject);
        this.#last = newest?.sequence ?? 0;
        if (newest !== undefined && coveredBy(newest) >= snapshot.covers) return false;
      }
    }
    await journal.purge(subject, { before: this.#last });
    return true;
  }

  #write({ covers, state, outbox }: Snapshot<State, Effect>): Uint8Array {
    const { state: format, effect } = this.#options;
    const isEmpty = outbox.pending.length === 0 && outbox.failed.length === 0;
    return toJsonBytes({
      v: format.version,
      covers,
      state,
      ...(isEmpty ? {} : { outbox: { v: effect?.version, ...outbox } }),
    });
  }

  #read(payload: Uint8Array): Snapshot<State, Effect> {
    const { v, covers, state, outbox } = fromJsonBytes(payload);
    if (typeof covers !== "number") throw new NotReadable("it does not say what it covers");
    return {
      covers,
      state: readVersioned(this.#options.state, v, state),
      outbox: outbox === undefined ? emptyOutbox : readOutbox(outbox, this.#options.effect),
    };
  }
}

/** What a snapshot of any version covers; 0 for a damaged one, which is worth less than any other. */
function coveredBy({ payload }: StoredRecord): number {
  try {
    const { covers } = fromJsonBytes(payload);
    return typeof covers === "number" ? covers : 0;
  } catch {
    return 0;
  }
}

function readOutbox<Effect>(
  stored: unknown,
  format: VersionedFormat<Effect> | undefined,
): OutboxState<Effect> {
  if (format === undefined) throw new NotReadable("it has effects, and none are known here");
  const { v, pending, failed } = stored as { readonly v: unknown } & OutboxState<unknown>;
  const read = <Kept extends { readonly effect: unknown }>(kept: Kept) => ({
    ...kept,
    effect: readVersioned(format, v, kept.effect),
  });
  return { pending: pending.map(read), failed: failed.map(read) };
}
