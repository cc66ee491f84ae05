import type { Cancel } from "../ports/clock.ts";
import { UnknownEffectError } from "./errors.ts";
import {
  emptyOutbox,
  type FailedEffect,
  findEffect,
  type Outbox,
  type OutboxState,
  type PendingEffect,
  type Settlement,
  withEffects,
  withSettlement,
} from "./outbox.ts";

/** The outbox of one opened entity, folded from the same records as its state. */
export class JournaledOutbox<Effect> implements Outbox<Effect> {
  readonly #store: (settlement: Settlement) => Promise<void>;
  readonly #listeners = new Set<() => void>();
  #current: OutboxState<Effect>;

  /**
   * @param state as of the snapshot, if there is one
   * @param store appends what became of an effect to the entity's journal
   */
  constructor(
    state: OutboxState<Effect> = emptyOutbox,
    store: (settlement: Settlement) => Promise<void>,
  ) {
    this.#current = state;
    this.#store = store;
  }

  get pending(): readonly PendingEffect<Effect>[] {
    return this.#current.pending;
  }

  get failed(): readonly FailedEffect<Effect>[] {
    return this.#current.failed;
  }

  /** All of it, for a snapshot. */
  get current(): OutboxState<Effect> {
    return this.#current;
  }

  async done(id: string): Promise<void> {
    await this.#settle({ effect: id, outcome: "done" });
  }

  async fail(id: string, { tries, why }: { tries: number; why: string }): Promise<void> {
    await this.#settle({ effect: id, outcome: "failed", tries, why });
  }

  async again(id: string): Promise<void> {
    await this.#settle({ effect: id, outcome: "again" });
  }

  observe(listener: () => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  takeEffects(
    from: { readonly subject: string; readonly sequence: number; readonly at: number },
    effects: readonly Effect[],
  ): void {
    this.#current = withEffects(this.#current, from, effects);
  }

  takeSettlement(settlement: Settlement, at: number): void {
    this.#current = withSettlement(this.#current, settlement, at);
  }

  /** Tells whoever observes. */
  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  async #settle(settlement: Settlement): Promise<void> {
    if (findEffect(this.#current, settlement.effect) === undefined) {
      throw new UnknownEffectError(settlement.effect);
    }
    await this.#store(settlement);
  }
}
