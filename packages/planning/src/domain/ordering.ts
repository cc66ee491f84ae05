/** `[earlier, later]`, indices into a method's subtasks. */
export type OrderPair = readonly [number, number];

/** The pairs that put `count` subtasks in one row. */
export function chain(count: number): readonly OrderPair[] {
  return Array.from({ length: Math.max(0, count - 1) }, (_, i) => [i, i + 1] as const);
}

/**
 * A sequence that keeps all pairs, lowest index first where there is a choice; or the circle that forbids one.
 *
 * `unique` is true when no other sequence keeps them.
 */
export function sequenceOf(
  count: number,
  pairs: readonly OrderPair[],
):
  | { readonly order: readonly number[]; readonly unique: boolean }
  | { readonly cycle: readonly number[] } {
  const after: Set<number>[] = Array.from({ length: count }, () => new Set());
  for (const [earlier, later] of pairs) after[later]?.add(earlier);
  const order: number[] = [];
  const done = new Set<number>();
  let unique = true;
  while (order.length < count) {
    const ready: number[] = [];
    for (let i = 0; i < count; i++) {
      if (!done.has(i) && [...(after[i] ?? [])].every((each) => done.has(each))) ready.push(i);
    }
    const [next] = ready;
    if (next === undefined) return { cycle: findCycle(after, done) };
    if (ready.length > 1) unique = false;
    done.add(next);
    order.push(next);
  }
  return { order, unique };
}

function findCycle(after: readonly Set<number>[], done: ReadonlySet<number>): readonly number[] {
  const trail: number[] = [];
  let at = after.findIndex((_, i) => !done.has(i));
  while (!trail.includes(at)) {
    trail.push(at);
    at = [...(after[at] ?? [])].find((each) => !done.has(each)) ?? at;
  }
  return [...trail.slice(trail.indexOf(at)), at].reverse();
}
