import { type DurableEntityDefinition, defineEntity } from "@troupe/actor";
import { check, checkResources, isCount, isPositive } from "../../scheduler/value-checks.ts";
import { LeasedLedger } from "./leased-ledger.ts";
import {
  aheadOf,
  changed,
  emptyLedger,
  excessOf,
  type GroupLimits,
  type LedgerChange,
  ledgerRecord,
  ledgerShape,
  unitsInUse,
} from "./unit-ledger.ts";
import { shown, type UnitsMessages, unitsProtocol } from "./units-protocol.ts";

/** A snapshot is stored, and the records before it purged, once in so many. */
const snapshotEvery = 100;

/** What there is in the cluster, and for how long it is lent. The same on every host. */
export interface UnitAllocatorOptions {
  /** By the name of the group: letters, digits, `-` and `_`, at most 64. */
  readonly groups: Readonly<Record<string, GroupLimits>>;
  /** Of the entity. Default `units`. */
  readonly kind?: string;
  /**
   * Units come back when nothing is heard of their holder for so long, milliseconds. Longer than the
   * loss of the allocator's node lasts, or its holders lose theirs too. Default 30 000.
   */
  readonly leaseMs?: number;
  /** Most demands that wait in a group. Default 1000. */
  readonly queueLimit?: number;
  /** Most holders in a group at a time; more wait. Default 10 000. */
  readonly holderLimit?: number;
}

/**
 * Units of which the cluster has so many, such as licences, or locks on targets: for each group of names
 * one entity that holds in its journal what is granted to whom. The group is the key. Host it with
 * `hostEntities`, use it with `acquireUnits`.
 *
 * Grants are fenced by the journal: two copies of the entity never both grant. Leases are renewed in
 * memory; a copy that takes over gives everyone a full lease from then on, and a renewal counts only
 * once the journal says that no other copy has taken over. So units are never taken back from who
 * was told that it has them, as long as clocks run at the same rate within a tenth.
 *
 * @throws InvalidValueError naming an option that cannot be
 * @throws InvalidNameError when `kind` can't be part of a subject
 *
 * @example
 * const units = unitAllocator({ groups: { warehouse: { units: { licence: 3 }, otherwise: 1 } } });
 * hostEntities(system, units, { journal });
 */
export function unitAllocator(
  options: UnitAllocatorOptions,
): DurableEntityDefinition<UnitsMessages> {
  const { groups, kind = "units", leaseMs = 30_000 } = options;
  const { queueLimit = 1000, holderLimit = 10_000 } = options;
  check("units", "leaseMs", leaseMs, isPositive, "a number above 0");
  check("units", "queueLimit", queueLimit, isCount, "a whole number from 0");
  check("units", "holderLimit", holderLimit, isCount, "a whole number from 0");
  for (const [group, { units, otherwise }] of Object.entries(groups)) {
    checkResources(`group '${group}'`, "units", units);
    check(`group '${group}'`, "otherwise", otherwise, isCount, "a whole number from 0");
  }

  return defineEntity(unitsProtocol, {
    kind,
    // What is told is true at some moment after it was asked: leases depend on it.
    read: "confirmed",
    journal: {
      version: 1,
      record: ledgerRecord,
      initial: emptyLedger,
      apply: (ledger, { changes }) => changed(ledger, changes),
      snapshot: {
        every: snapshotEvery,
        schema: ledgerShape,
        version: 1,
        retain: "uncovered",
      },
    },
    setup: (group, { clock }, stored) => {
      const limits = Object.hasOwn(groups, group) ? groups[group] : undefined;
      const rules = { ...(limits ?? { units: {} }), holderLimit };
      const leased = new LeasedLedger({ clock, leaseMs, rules, stored });

      /** What the ledger says to one that holds or waits. */
      const standing = (holder: string) => {
        const grant = leased.heldBy(holder);
        return grant === undefined
          ? { status: "waiting" as const, ahead: aheadOf(leased.ledger, holder), leaseMs }
          : { status: "held" as const, token: grant.token, leaseMs };
      };

      return {
        acquire: async ({ holder, units }) => {
          const held = leased.heldBy(holder);
          const known = held ?? leased.waitingOf(holder);
          if (known !== undefined && !isSame(known.units, units)) {
            return { status: "refused", refusal: { why: "conflict" } };
          }
          const excess = held === undefined ? excessOf(units, rules) : undefined;
          if (excess !== undefined) {
            // One that waits since before the limits were lowered must not hold up the others.
            if (known !== undefined) await leased.store(leased.planned([released(holder)]));
            return { status: "refused", refusal: excess };
          }
          if (known !== undefined) {
            leased.hear(holder);
            await leased.store(leased.planned([]));
            return standing(holder);
          }
          const changes = leased.planned([{ type: "queued", holder, units }]);
          const { waiting } = changed(leased.ledger, changes);
          if (waiting.length > queueLimit && waiting.at(-1)?.holder === holder) {
            await leased.store(leased.planned([]));
            return { status: "refused", refusal: { why: "queue-full", limit: queueLimit } };
          }
          await leased.store(changes);
          return standing(holder);
        },
        renew: ({ holder }) => {
          const held = leased.heldBy(holder) !== undefined;
          if (held) leased.hear(holder);
          return { held };
        },
        release: async ({ holder }) => {
          const isKnown = (leased.heldBy(holder) ?? leased.waitingOf(holder)) !== undefined;
          if (isKnown) leased.hear(holder);
          await leased.store(leased.planned(isKnown ? [released(holder)] : []));
          return { released: isKnown };
        },
        usage: () => ({
          limits: { ...rules.units },
          inUse: Object.fromEntries(unitsInUse(leased.ledger)),
          holders: leased.ledger.held.length,
          waiters: leased.ledger.waiting.length,
          held: shown(leased.ledger.held),
          waiting: shown(leased.ledger.waiting),
        }),
      };
    },
  });
}

function released(holder: string): LedgerChange {
  return { type: "left", holder, why: "released" };
}

function isSame(one: Readonly<Record<string, number>>, other: typeof one): boolean {
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && one[name] === other[name])
  );
}
