import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { ensureError, FencedError } from "../errors.ts";
import type { Journal, StoredRecord } from "../ports/journal.ts";
import { fromJsonBytes, toJsonBytes } from "./json-bytes.ts";
import { emptyOutbox, type OutboxState } from "./outbox.ts";
import { NotReadable, readVersioned, type VersionedFormat } from "./versioned-format.ts";

/** How often a snapshot is tried again because another writer stored one meanwhile. */
const storeTries = 5;
/** A compressed snapshot may be so large; a larger state is not stored. */
const compressedBytes = 512 * 1024;
/** Most bytes that a compressed one may be when it is unpacked. */
const unpackedBytes = 256 * 1024 * 1024;
/** What zstd begins with, and JSON does not (RFC 8878, 3.1.1). */
const zstdBegins = 0x28;

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
  /** Stored compressed, unread, and not at all when it is too large: it only saves time. */
  readonly isSpare: boolean;
}

/**
 * The snapshots of one entity. They lie on a subject of their own in the journal's stream: a store
 * that loses its newest records then loses a snapshot before any record it covers.
 */
export class Snapshots<State, Effect> {
  readonly #options: SnapshotsOptions<State, Effect>;
  /** Sequence of the newest snapshot as it is known here. */
  #last = 0;
  #bytes = 0;

  constructor(options: SnapshotsOptions<State, Effect>) {
    this.#options = options;
  }

  /** Size of the last snapshot that was read or written here, unpacked, bytes; 0 for none. */
  get bytes(): number {
    return this.#bytes;
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
   * @throws NotReadable, before storing, when it could not be read again; not looked at if it is spare
   */
  async store(snapshot: Snapshot<State, Effect>): Promise<boolean> {
    const { journal, subject, isSpare } = this.#options;
    const json = this.#write(snapshot);
    this.#bytes = json.length;
    const payload = isSpare ? zstdCompressSync(json) : json;
    if (!isSpare) this.#read(payload);
    else if (payload.length > compressedBytes) return false;
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
    const json = unpacked(payload);
    this.#bytes = json.length;
    const { v, covers, state, outbox } = fromJsonBytes(json);
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
    const { covers } = fromJsonBytes(unpacked(payload));
    return typeof covers === "number" ? covers : 0;
  } catch {
    return 0;
  }
}

function unpacked(payload: Uint8Array): Uint8Array {
  if (payload[0] !== zstdBegins) return payload;
  try {
    return zstdDecompressSync(payload, { maxOutputLength: unpackedBytes });
  } catch (cause) {
    throw new NotReadable(`it cannot be unpacked: ${ensureError(cause).message}`, { cause });
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
