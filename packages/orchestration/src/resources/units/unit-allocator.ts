import { type DurableEntityDefinition, defineEntity } from "@troupe/actor";
import { check, checkResources, isCount, isPositive } from "../../scheduler/value-checks.ts";
import {
  aheadOf,
  changed,
  emptyLedger,
  excessOf,
  type GroupLimits,
  grantsOf,
  type LedgerChange,
  ledgerRecord,
  ledgerShape,
  type UnitLedger,
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
    setup: (group, { clock }, state) => {
      const limits = Object.hasOwn(groups, group) ? groups[group] : undefined;
      const rules = { ...(limits ?? { units: {} }), holderLimit };
      const openedAt = clock.monotonic();
      const heardOf = new Map<string, number>();
      const hear = (holder: string): void => void heardOf.set(holder, clock.monotonic());

      const lapsed = ({ held, waiting }: UnitLedger): readonly LedgerChange[] => {
        const before = clock.monotonic() - leaseMs;
        return [...held, ...waiting].flatMap(({ holder }) =>
          (heardOf.get(holder) ?? openedAt) <= before
            ? [{ type: "left" as const, holder, why: "lapsed" as const }]
            : [],
        );
      };
      /** What follows when the given changes are made: those that lapse, and grants. */
      const planned = (wanted: readonly LedgerChange[]): readonly LedgerChange[] => {
        const changes = [...lapsed(state.state), ...wanted];
        return [...changes, ...grantsOf(changed(state.state, changes), rules)];
      };
      const store = async (changes: readonly LedgerChange[]): Promise<void> => {
        if (changes.length === 0) return;
        await state.append({ changes: [...changes] });
        for (const { type, holder } of changes) {
          if (type === "left") heardOf.delete(holder);
          // The lease begins with the grant, of which the holder has yet to hear.
          else hear(holder);
        }
      };
      const heldBy = (holder: string) => state.state.held.find((one) => one.holder === holder);
      const waitingOf = (holder: string) =>
        state.state.waiting.find((one) => one.holder === holder);

      return {
        acquire: async ({ holder, units }) => {
          const held = heldBy(holder);
          const known = held ?? waitingOf(holder);
          if (known !== undefined && !isSame(known.units, units)) {
            return { status: "refused", refusal: { why: "conflict" } };
          }
          const excess = held === undefined ? excessOf(units, rules) : undefined;
          if (excess !== undefined) {
            // One that waits since before the limits were lowered must not hold up the others.
            if (known !== undefined)
              await store(planned([{ type: "left", holder, why: "released" }]));
            return { status: "refused", refusal: excess };
          }
          if (known !== undefined) {
            hear(holder);
            await store(planned([]));
          } else {
            const changes = planned([{ type: "queued", holder, units }]);
            const { waiting } = changed(state.state, changes);
            if (waiting.length > queueLimit && waiting.at(-1)?.holder === holder) {
              await store(planned([]));
              return { status: "refused", refusal: { why: "queue-full", limit: queueLimit } };
            }
            await store(changes);
          }
          const grant = heldBy(holder);
          if (grant !== undefined) return { status: "held", token: grant.token, leaseMs };
          return { status: "waiting", ahead: aheadOf(state.state, holder), leaseMs };
        },
        renew: ({ holder }) => {
          const held = heldBy(holder) !== undefined;
          if (held) hear(holder);
          return { held };
        },
        release: async ({ holder }) => {
          const released = (heldBy(holder) ?? waitingOf(holder)) !== undefined;
          if (released) hear(holder);
          await store(planned(released ? [{ type: "left", holder, why: "released" }] : []));
          return { released };
        },
        usage: () => ({
          limits: { ...rules.units },
          inUse: Object.fromEntries(unitsInUse(state.state)),
          holders: state.state.held.length,
          waiters: state.state.waiting.length,
          held: shown(state.state.held),
          waiting: shown(state.state.waiting),
        }),
      };
    },
  });
}

function isSame(one: Readonly<Record<string, number>>, other: typeof one): boolean {
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && one[name] === other[name])
  );
}
