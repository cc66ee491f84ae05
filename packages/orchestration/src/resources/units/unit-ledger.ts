import { z } from "zod";
import type { Resources } from "../../scheduler/resources.ts";
import { holderShape, type Refusal, unitsShape } from "./units-protocol.ts";

/** Who holds what of a group, and who waits, in order. */
export const ledgerShape = z.object({
  held: z.array(z.object({ holder: holderShape, units: unitsShape, token: z.number() })),
  waiting: z.array(z.object({ holder: holderShape, units: unitsShape })),
  /** How many grants there have been: the token of the last. */
  grants: z.number(),
});
export type UnitLedger = z.output<typeof ledgerShape>;

const changeShape = z.discriminatedUnion("type", [
  z.object({ type: z.literal("queued"), holder: holderShape, units: unitsShape }),
  z.object({ type: z.literal("granted"), holder: holderShape }),
  z.object({
    type: z.literal("left"),
    holder: holderShape,
    why: z.enum(["released", "lapsed"]),
  }),
]);
export type LedgerChange = z.output<typeof changeShape>;

/** What one message has led to: stored all or nothing. */
export const ledgerRecord = z.object({ changes: z.array(changeShape).min(1) });

export const emptyLedger: UnitLedger = { held: [], waiting: [], grants: 0 };

/** How much there is. */
export interface GroupLimits {
  /** Amounts by name, whole numbers from 0. */
  readonly units: Resources;
  /** Of every other name, for example 1 when any name is a lock. Default 0. */
  readonly otherwise?: number;
}

/** The rules by which an allocator grants. */
export interface GrantRules extends GroupLimits {
  /** Most holders at a time; beyond it demands wait. */
  readonly holderLimit: number;
}

/** The ledger after some changes. */
export function changed(ledger: UnitLedger, changes: readonly LedgerChange[]): UnitLedger {
  return changes.reduce(afterChange, ledger);
}

function afterChange(ledger: UnitLedger, change: LedgerChange): UnitLedger {
  const { holder } = change;
  const { held, waiting, grants } = ledger;
  const others = waiting.filter((one) => one.holder !== holder);
  switch (change.type) {
    case "queued":
      return { ...ledger, waiting: [...waiting, { holder, units: change.units }] };
    case "granted": {
      const units = waiting.find((one) => one.holder === holder)?.units;
      if (units === undefined) throw new RangeError(`'${holder}' is granted, and does not wait`);
      const token = grants + 1;
      return { held: [...held, { holder, units, token }], waiting: others, grants: token };
    }
    case "left":
      return { ...ledger, held: held.filter((one) => one.holder !== holder), waiting: others };
  }
}

/**
 * Who is granted now: whoever fits, in order, but nobody before one that came earlier and waits for some of
 * the same. So nobody is overtaken for what it needs, and who needs other things is not held up.
 */
export function grantsOf(ledger: UnitLedger, rules: GrantRules): readonly LedgerChange[] {
  const inUse = unitsInUse(ledger);
  const kept = new Set<string>();
  const grants: LedgerChange[] = [];
  for (const { holder, units } of ledger.waiting) {
    if (ledger.held.length + grants.length >= rules.holderLimit) break;
    const needed = Object.entries(units);
    const fits = needed.every(
      ([name, amount]) =>
        !kept.has(name) && (inUse.get(name) ?? 0) + amount <= limitOf(rules, name),
    );
    for (const [name, amount] of needed) {
      if (fits) inUse.set(name, (inUse.get(name) ?? 0) + amount);
      else kept.add(name);
    }
    if (fits) grants.push({ type: "granted", holder });
  }
  return grants;
}

/** How much of each name is held. */
export function unitsInUse({ held }: UnitLedger): Map<string, number> {
  const inUse = new Map<string, number>();
  for (const { units } of held) {
    for (const [name, amount] of Object.entries(units)) {
      inUse.set(name, (inUse.get(name) ?? 0) + amount);
    }
  }
  return inUse;
}

/** Why a demand could never be granted. */
export function excessOf(units: Resources, limits: GroupLimits): Refusal | undefined {
  for (const [name, demand] of Object.entries(units)) {
    const limit = limitOf(limits, name);
    if (demand > limit) return { why: "unsatisfiable", name, demand, limit };
  }
  return undefined;
}

/** How many come before a demand that waits, and want some of the same. */
export function aheadOf({ waiting }: UnitLedger, holder: string): number {
  const place = waiting.findIndex((one) => one.holder === holder);
  const names = Object.keys(waiting[place]?.units ?? {});
  return waiting
    .slice(0, Math.max(0, place))
    .filter(({ units }) => names.some((name) => Object.hasOwn(units, name))).length;
}

function limitOf({ units, otherwise = 0 }: GroupLimits, name: string): number {
  return Object.hasOwn(units, name) ? (units[name] ?? 0) : otherwise;
}
