import type { Random } from "@troupe/actor";

/** Least cost of an assignment of every row of a matrix that is no higher than wide: the Hungarian method, O(n^3). */
export function hungarianCost(costs: readonly (readonly number[])[]): number {
  const n = costs.length;
  const m = costs[0]?.length ?? 0;
  const u = new Array<number>(n + 1).fill(0);
  const v = new Array<number>(m + 1).fill(0);
  const rowOf = new Array<number>(m + 1).fill(0);
  const way = new Array<number>(m + 1).fill(0);
  for (let row = 1; row <= n; row += 1) {
    rowOf[0] = row;
    let column = 0;
    const slack = new Array<number>(m + 1).fill(Number.POSITIVE_INFINITY);
    const used = new Array<boolean>(m + 1).fill(false);
    do {
      used[column] = true;
      const from = rowOf[column] ?? 0;
      let delta = Number.POSITIVE_INFINITY;
      let next = 0;
      for (let j = 1; j <= m; j += 1) {
        if (used[j]) continue;
        const reduced = (costs[from - 1]?.[j - 1] ?? 0) - (u[from] ?? 0) - (v[j] ?? 0);
        if (reduced < (slack[j] ?? 0)) {
          slack[j] = reduced;
          way[j] = column;
        }
        if ((slack[j] ?? 0) < delta) {
          delta = slack[j] ?? 0;
          next = j;
        }
      }
      for (let j = 0; j <= m; j += 1) {
        if (used[j]) {
          const at = rowOf[j] ?? 0;
          u[at] = (u[at] ?? 0) + delta;
          v[j] = (v[j] ?? 0) - delta;
        } else slack[j] = (slack[j] ?? 0) - delta;
      }
      column = next;
    } while (rowOf[column] !== 0);
    do {
      const before = way[column] ?? 0;
      rowOf[column] = rowOf[before] ?? 0;
      column = before;
    } while (column !== 0);
  }
  return Array.from({ length: m }, (_, j) => costs[(rowOf[j + 1] ?? 0) - 1]?.[j] ?? 0).reduce(
    (sum, cost) => sum + cost,
    0,
  );
}

/** Most pairs, and the least cost of that many, by trying everything: for at most some 8 rows. */
export function everyAssignment(costs: readonly (readonly number[])[]): {
  readonly pairs: number;
  readonly cost: number;
} {
  let best = { pairs: 0, cost: 0 };
  const used = new Set<number>();
  const place = (row: number, pairs: number, cost: number): void => {
    const cells = costs[row];
    if (cells === undefined) {
      if (pairs > best.pairs || (pairs === best.pairs && cost < best.cost)) best = { pairs, cost };
      return;
    }
    place(row + 1, pairs, cost);
    for (const [column, cell] of cells.entries()) {
      if (used.has(column) || cell === Number.POSITIVE_INFINITY) continue;
      used.add(column);
      place(row + 1, pairs + 1, cost + cell);
      used.delete(column);
    }
  };
  place(0, 0, 0);
  return best;
}

/** Integers from `least` to `most`, some of them `Infinity`. */
export function randomCosts(
  random: Random,
  rows: number,
  columns: number,
  least: number,
  most: number,
  missing = 0,
): number[][] {
  return Array.from({ length: rows }, () =>
    Array.from({ length: columns }, () =>
      random.next() < missing
        ? Number.POSITIVE_INFINITY
        : least + Math.floor(random.next() * (most - least + 1)),
    ),
  );
}
