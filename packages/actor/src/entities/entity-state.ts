import { z } from "zod";
import {
  type JournaledRecord,
  type JournaledWithOutbox,
  openJournaled,
} from "../durable/journaled.ts";
import { FencedError, TroupeError } from "../errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { EntityJournal, Opening } from "./definition.ts";
import { FollowedJournal } from "./followed-journal.ts";

/** The first thing an activation writes: from then on no earlier activation can write. */
const activatedShape = z.strictObject({
  $activated: z.object({ node: z.string(), activation: z.string() }),
});
type Activated = z.output<typeof activatedShape>;

/** An entity's durable state, as its behaviour sees it. */
export interface EntityState<State, Record, Effect = never>
  extends JournaledWithOutbox<State, Record, Effect> {
  /**
   * Compares the journal's last record with the last one known here. When it resolves, `state` was
   * the newest at some moment since the call.
   *
   * @throws FencedError when another activation has taken over; this one then ends
   */
  confirm(): Promise<void>;
}

/** What the runtime sees of it. */
export interface OpenedState extends EntityState<unknown, unknown, unknown> {
  /** Set once this activation can't go on: another one took over, or it is not known what was stored. */
  readonly lost: "fenced" | "unknown" | undefined;
  /** How many appends have succeeded, or may have: those are stored, and another took over before that was heard. */
  readonly appended: number;
  /** Milliseconds since `state` was last known to be the newest. */
  confirmedMsAgo(): number;
}

/**
 * Reads an entity's journal and appends who activates it.
 *
 * @throws FencedError when another activation did so at the same moment
 * @throws UnreadableRecordError when a record has no known version or shape
 */
export async function openEntityState(
  kind: string,
  entityJournal: EntityJournal<unknown, unknown, unknown>,
  { key, journal, clock, random, log, by, signal }: Opening,
): Promise<OpenedState> {
  const { record, apply, upcast = {} } = entityJournal;
  const steps = Object.entries(upcast).map(([from, step]) => [
    from,
    (old: unknown) => (isActivated(old) ? old : step(old)),
  ]);
  const followed = new FollowedJournal(journal, subjectOf(kind, key));
  const journaled = await openJournaled<unknown, unknown, unknown>({
    ...entityJournal,
    journal: followed,
    clock,
    random,
    log,
    kind,
    key,
    record: z.union([activatedShape, record]),
    upcast: Object.fromEntries(steps),
    apply: (state, one, at) => (isActivated(one) ? state : apply(state, one, at)),
  });
  signal.throwIfAborted();
  const state = new FencedState(journaled, followed, clock);
  await state.append({ $activated: by } satisfies Activated);
  return state;
}

export function subjectOf(kind: string, key: string): string {
  return `journal.${kind}.${key}`;
}

/** The node that a stored record says has activated the entity, if it is such a record. */
export function activatorIn(payload: Uint8Array): string | undefined {
  const { record } = JSON.parse(new TextDecoder().decode(payload)) as { record?: unknown };
  return activatedShape.safeParse(record).data?.$activated.node;
}

function isActivated(record: unknown): record is Activated {
  return typeof record === "object" && record !== null && "$activated" in record;
}

class FencedState implements OpenedState {
  readonly #journaled: JournaledWithOutbox<unknown, unknown, unknown>;
  readonly #journal: FollowedJournal;
  readonly #clock: Clock;
  #confirmedAt = Number.NEGATIVE_INFINITY;
  #lost: "fenced" | "unknown" | undefined;
  appended = 0;

  constructor(
    journaled: JournaledWithOutbox<unknown, unknown, unknown>,
    journal: FollowedJournal,
    clock: Clock,
  ) {
    this.#journaled = journaled;
    this.#journal = journal;
    this.#clock = clock;
  }

  get state(): unknown {
    return this.#journaled.state;
  }

  get records(): readonly JournaledRecord<unknown>[] {
    return this.#journaled.records.filter(({ record }) => !isActivated(record));
  }

  get outbox(): JournaledWithOutbox<unknown, unknown, unknown>["outbox"] {
    return this.#journaled.outbox;
  }

  get lost(): "fenced" | "unknown" | undefined {
    return this.#journaled.fenced === undefined ? this.#lost : "fenced";
  }

  get fenced(): FencedError | undefined {
    const { subject, lastKnown } = this.#journal;
    if (this.#journaled.fenced !== undefined) return this.#journaled.fenced;
    return this.#lost === undefined ? undefined : new FencedError(subject, lastKnown);
  }

  async append(
    record: unknown,
    options?: { readonly effects?: readonly unknown[] },
  ): Promise<unknown> {
    if (this.fenced !== undefined) throw this.fenced;
    const begun = this.#clock.monotonic();
    try {
      const state = await this.#journaled.append(record, options);
      this.appended += 1;
      this.#confirmedAt = begun;
      return state;
    } catch (error) {
      if (error instanceof FencedError) {
        this.#lost = "fenced";
        if (await this.#journal.mayHaveStored()) this.appended += 1;
      } else if (!isRefused(error)) this.#lost ??= "unknown";
      throw error;
    }
  }

  async confirm(): Promise<void> {
    if (this.fenced !== undefined) throw this.fenced;
    const begun = this.#clock.monotonic();
    const newest = await this.#journal.newest();
    if (newest === "other") this.#lost = "fenced";
    if (this.fenced !== undefined) throw this.fenced;
    this.#confirmedAt = begun;
  }

  confirmedMsAgo(): number {
    return this.#clock.monotonic() - this.#confirmedAt;
  }
}

/** Refused before it was sent, so that nothing can have been stored. */
function isRefused(error: unknown): boolean {
  return error instanceof TroupeError && error.code === "unstorable-record";
}
