import type { Random } from "@troupe/actor";
import type { BundleAgentSpec } from "./bundle-agent.ts";

export const idOf = (index: number): string => `a${index}`;

/** What agents may find their tasks to be worth. */
export type Kind = "additive" | "coverage" | "synergy";

/**
 * Scores from the seed: the sum of fixed values; what the tasks cover of things of fixed value; or values that rise with what
 * there is already, which is no diminishing gain.
 */
function randomScore(random: Random, tasks: number, kind: Kind) {
  const values = Array.from({ length: tasks }, () => 0.1 + random.next() * 10);
  if (kind === "additive") {
    return (path: readonly number[]) => path.reduce((sum, task) => sum + (values[task] ?? 0), 0);
  }
  if (kind === "synergy") {
    return (path: readonly number[]) =>
      path.reduce((sum, task, at) => sum + (values[task] ?? 0) * (1 + at * 0.7), 0);
  }
  const things = Array.from({ length: 8 }, () => 0.1 + random.next() * 5);
  const covered = values.map(() => things.map(() => random.next() < 0.35));
  return (path: readonly number[]) =>
    things.reduce(
      (sum, thing, at) => sum + (path.some((task) => covered[task]?.[at]) ? thing : 0),
      0,
    );
}

export function randomSpecs(random: Random, count: number, tasks: number, kind: Kind) {
  return Array.from({ length: count }, (_, index): BundleAgentSpec => {
    const most = 1 + Math.floor(random.next() * tasks);
    return { id: idOf(index), tasks, most, score: randomScore(random, tasks, kind) };
  });
}

/** A connected graph: a random tree and some more edges. By agent, its neighbours. */
export function randomGraph(random: Random, count: number): readonly ReadonlySet<number>[] {
  const graph = Array.from({ length: count }, () => new Set<number>());
  const join = (one: number, other: number): void => {
    if (one === other) return;
    graph[one]?.add(other);
    graph[other]?.add(one);
  };
  for (let index = 1; index < count; index += 1) join(index, Math.floor(random.next() * index));
  for (let more = Math.floor(random.next() * count); more > 0; more -= 1) {
    join(Math.floor(random.next() * count), Math.floor(random.next() * count));
  }
  return graph;
}
