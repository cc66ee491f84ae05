import type { z } from "zod";
import { FencedError, TroupeError } from "../errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal, StoredRecord } from "../ports/journal.ts";

/** How often an append whose outcome is unknown is looked up and tried again. */
const appendTries = 5;

/** A record that can't be read: written by a newer release, or damaged. */
export class UnreadableRecordError extends TroupeError {
  readonly code = "unreadable-record";
  readonly retryable = false;
  constructor(subject: string, sequence: number, why: string, options?: ErrorOptions) {
    super(
      `record ${sequence} of '${subject}' cannot be read: ${why}; run the release that wrote it, or a newer one`,
      options,
    );
  }
}

export interface JournaledOptions<State, Record> {
  readonly journal: Journal;
  readonly clock: Clock;
  /** Kind and key name the entity; its subject is `journal.<kind>.<key>`. */
  readonly kind: string;
  readonly key: string;
  readonly record: z.ZodType<Record>;
  /** Version of the record format that is written. */
  readonly version: number;
  /** For each older version, how its records become records of the next. */
  readonly upcast?: Readonly<globalThis.Record<number, (old: unknown) => unknown>>;
  readonly initial: State;
  /** The state after one more record. Must be pure. `at`: when it was written, epoch milliseconds. */
  readonly apply: (state: State, record: Record, at: number) => State;
}

export interface JournaledRecord<Record> {
  readonly sequence: number;
  readonly at: number;
  readonly record: Record;
}

/** An entity whose state is the fold of its journal. */
export interface Journaled<State, Record> {
  readonly state: State;
  readonly records: readonly JournaledRecord<Record>[];
  /**
   * Stores a record, then applies it. One append at a time.
   *
   * @throws FencedError when another writer has appended since; from then on every append does
   */
  append(record: Record): Promise<State>;
}

/**
 * Reads an entity's journal and folds it.
 *
 * @throws UnreadableRecordError when a record has no known version or shape
 */
export async function openJournaled<State, Record>(
  options: JournaledOptions<State, Record>,
): Promise<Journaled<State, Record>> {
  const subject = `journal.${options.kind}.${options.key}`;
  const stored = await options.journal.read(subject);
  return new JournaledEntity(options, subject, stored);
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

class JournaledEntity<State, Record> implements Journaled<State, Record> {
  readonly #options: JournaledOptions<State, Record>;
  readonly #subject: string;
  readonly #records: JournaledRecord<Record>[] = [];
  #state: State;
  #last = 0;
  #fenced: FencedError | undefined;

  constructor(
    options: JournaledOptions<State, Record>,
    subject: string,
    stored: readonly StoredRecord[],
  ) {
    this.#options = options;
    this.#subject = subject;
    this.#state = options.initial;
    for (const record of stored) this.#take(record.sequence, record.payload);
  }

  get state(): State {
    return this.#state;
  }

  get records(): readonly JournaledRecord<Record>[] {
    return this.#records;
  }

  async append(record: Record): Promise<State> {
    if (this.#fenced !== undefined) throw this.#fenced;
    const { version, clock } = this.#options;
    const payload = encoder.encode(JSON.stringify({ v: version, at: clock.now(), record }));
    const sequence = await this.#store(payload);
    this.#take(sequence, payload);
    return this.#state;
  }

  /**
   * An append may fail after it was stored. What the journal then holds as its last record decides:
   * our own bytes mean success, the old record that it is safe to try again.
   */
  async #store(payload: Uint8Array): Promise<number> {
    for (let tries = 1; ; tries += 1) {
      try {
        const { journal } = this.#options;
        return (await journal.append(this.#subject, payload, { expected: this.#last })).sequence;
      } catch (error) {
        const last = await this.#options.journal.last(this.#subject);
        if (last !== undefined && sameBytes(last.payload, payload)) return last.sequence;
        if (error instanceof FencedError || (last?.sequence ?? 0) !== this.#last) {
          this.#fenced = new FencedError(this.#subject, this.#last, { cause: error });
          throw this.#fenced;
        }
        if (tries >= appendTries) throw error;
      }
    }
  }

  #take(sequence: number, payload: Uint8Array): void {
    const { at, record } = this.#read(sequence, payload);
    this.#last = sequence;
    this.#records.push({ sequence, at, record });
    this.#state = this.#options.apply(this.#state, record, at);
  }

  #read(sequence: number, payload: Uint8Array): { readonly at: number; readonly record: Record } {
    const { version, upcast = {}, record: schema } = this.#options;
    const unreadable = (why: string, cause?: unknown) =>
      new UnreadableRecordError(this.#subject, sequence, why, { cause });
    let envelope: { v?: unknown; at?: unknown; record?: unknown };
    try {
      envelope = JSON.parse(decoder.decode(payload));
    } catch (error) {
      throw unreadable("it is not JSON", error);
    }
    const { v, at } = envelope;
    if (typeof v !== "number" || typeof at !== "number") throw unreadable("it has no version");
    if (v > version) throw unreadable(`it has version ${v}, and ${version} is known here`);
    let value = envelope.record;
    for (let from = v; from < version; from += 1) {
      const step = upcast[from];
      if (step === undefined) throw unreadable(`nothing leads from version ${from} on`);
      value = step(value);
    }
    const parsed = schema.safeParse(value);
    if (!parsed.success) throw unreadable(parsed.error.message, parsed.error);
    return { at, record: parsed.data };
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
