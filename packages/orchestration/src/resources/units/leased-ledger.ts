import type { Clock } from "@troupe/actor";
import {
  changed,
  type GrantRules,
  grantsOf,
  type LedgerChange,
  type UnitLedger,
} from "./unit-ledger.ts";

/** The ledger of a group as its journal has it, and what stores more of it. */
interface StoredLedger {
  readonly state: UnitLedger;
  append(record: { readonly changes: LedgerChange[] }): Promise<unknown>;
}

/** What a ledger with leases is made of. */
interface LeasedLedgerOptions {
  readonly clock: Clock;
  /** Who is not heard of for so long has lapsed, milliseconds. */
  readonly leaseMs: number;
  readonly rules: GrantRules;
  readonly stored: StoredLedger;
}

/**
 * A group's ledger and how long ago each holder was heard of. That is known to this copy only: everyone has a
 * full lease from when it began.
 */
export class LeasedLedger {
  readonly #options: LeasedLedgerOptions;
  readonly #openedAt: number;
  readonly #heardOf = new Map<string, number>();

  constructor(options: LeasedLedgerOptions) {
    this.#options = options;
    this.#openedAt = options.clock.monotonic();
  }

  get ledger(): UnitLedger {
    return this.#options.stored.state;
  }

  heldBy(holder: string) {
    return this.ledger.held.find((one) => one.holder === holder);
  }

  waitingOf(holder: string) {
    return this.ledger.waiting.find((one) => one.holder === holder);
  }

  /** The holder's lease begins anew. */
  hear(holder: string): void {
    this.#heardOf.set(holder, this.#options.clock.monotonic());
  }

  /** What follows when the given changes are made: those that lapse, and grants. */
  planned(wanted: readonly LedgerChange[]): readonly LedgerChange[] {
    const changes = [...this.#lapsed(), ...wanted];
    return [...changes, ...grantsOf(changed(this.ledger, changes), this.#options.rules)];
  }

  /** Makes changes, all or none of them. */
  async store(changes: readonly LedgerChange[]): Promise<void> {
    if (changes.length === 0) return;
    await this.#options.stored.append({ changes: [...changes] });
    for (const { type, holder } of changes) {
      if (type === "left") this.#heardOf.delete(holder);
      // The lease begins with the grant, of which the holder has yet to hear.
      else this.hear(holder);
    }
  }

  #lapsed(): readonly LedgerChange[] {
    const { clock, leaseMs } = this.#options;
    const before = clock.monotonic() - leaseMs;
    const { held, waiting } = this.ledger;
    return [...held, ...waiting].flatMap(({ holder }) =>
      (this.#heardOf.get(holder) ?? this.#openedAt) <= before
        ? [{ type: "left" as const, holder, why: "lapsed" as const }]
        : [],
    );
  }
}
