/**
 * Amounts by name: `cpu`, `memory`, or any other, such as a lock of which there is one. Whole
 * numbers of the smallest unit (millicores, bytes), because fractions do not add up exactly.
 */
export type Resources = Readonly<Record<string, number>>;

/** One name per demand: tasks that need the same are of one class, and fit or do not fit alike. */
export function demandClass(demand: Resources): string {
  const needed = Object.entries(demand).filter(([, amount]) => amount > 0);
  return JSON.stringify(needed.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether all of a demand is free. */
export function fits(demand: Resources, free: Resources): boolean {
  return Object.entries(demand).every(
    ([name, amount]) => amount === 0 || amount <= (free[name] ?? 0),
  );
}

/** Whether two demands have no resource in common. */
export function areDisjoint(one: Resources, other: Resources): boolean {
  return Object.entries(one).every(([name, amount]) => amount === 0 || !((other[name] ?? 0) > 0));
}

/** Adds `sign` times the demand to what is free: all of it or, on a wrong demand, nothing. */
export function move(free: Record<string, number>, demand: Resources, sign: 1 | -1): void {
  for (const [name, amount] of Object.entries(demand)) {
    free[name] = (free[name] ?? 0) + sign * amount;
  }
}

/**
 * The largest part of any one resource that a demand takes (dominant share), 0 to 1; all of it when
 * there is less by now than the demand.
 */
export function dominantShare(demand: Resources, capacity: Resources): number {
  return Object.entries(demand).reduce(
    (most, [name, amount]) =>
      amount === 0 ? most : Math.max(most, Math.min(1, amount / (capacity[name] ?? 0))),
    0,
  );
}
