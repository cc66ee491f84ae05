import type { SimulatedWorld } from "../../simulation/world.ts";
import type { CostMatrix } from "../assignment/cost-matrix.ts";
import type { Award } from "../bidding.ts";
import type { AllocationOutcome } from "../outcome.ts";

/** What a bidder of a simulation was told that it has won, by allocation. */
export type ToldAwards = ReadonlyMap<string, readonly (readonly Award[])[]>;

/** Looks at the outcome of an allocation: nothing twice, as many as possible, at the least total cost. */
export function judgeAllocation(
  world: SimulatedWorld,
  id: string,
  tasks: number,
  costs: ReadonlyMap<string, CostMatrix>,
  outcome: AllocationOutcome,
): void {
  const require = (holds: boolean, invariant: string): void =>
    world.require(holds, invariant, () => `${id}: ${JSON.stringify(outcome)}`);
  const removed = new Set(outcome.removed.map(({ member }) => member));
  if (!outcome.settled) {
    const isEmpty = outcome.reason === "deadline" || removed.size === costs.size;
    require(isEmpty, "an allocation is settled as long as a bidder is there");
    return;
  }
  const { pairs, undone, cost, dualBound, optimal } = outcome;
  const done = pairs.map(({ task }) => task);
  require(new Set(done).size === done.length, "a task is given once");
  const agents = pairs.map(({ member, agent }) => `${member} ${agent}`);
  require(new Set(agents).size === agents.length, "an agent has one task");
  const isWhole = [...done, ...undone].sort((a, b) => a - b).every((task, at) => task === at);
  require(isWhole && done.length + undone.length === tasks, "each task is given or undone");
  require(pairs.every(({ member }) => !removed.has(member)), "who was taken out has no task");
  for (const pair of pairs) {
    const matrix = costs.get(pair.member);
    const asked = matrix?.cells[pair.agent * matrix.columns + pair.task];
    require(asked === pair.cost, "an agent has its task at what it asked for");
  }
  const sum = pairs.reduce((all, one) => all + one.cost, 0);
  require(sum === cost && dualBound <= cost, "the cost is that of the pairs");
  const present = [...costs].filter(([member]) => !removed.has(member)).map(([, matrix]) => matrix);
  const best = cheapest(present, tasks);
  require(pairs.length === best.pairs, "as many tasks are given as there are agents");
  require(!optimal || cost === best.cost, "nothing better exists where that was said");
  require(optimal, "an allocation is proved to be the best");
}

/** By trying everything: most pairs first, then the least cost. */
function cheapest(matrices: readonly CostMatrix[], tasks: number): { pairs: number; cost: number } {
  const rows = matrices.flatMap(({ rows: count, columns, cells }) =>
    Array.from({ length: count }, (_, row) => cells.slice(row * columns, (row + 1) * columns)),
  );
  const none = { pairs: 0, cost: 0 };
  const search = (at: number, taken: number): { pairs: number; cost: number } => {
    const row = rows[at];
    if (row === undefined) return none;
    let best = search(at + 1, taken);
    for (let task = 0; task < tasks; task += 1) {
      if (taken & (1 << task)) continue;
      const rest = search(at + 1, taken | (1 << task));
      const [pairs, cost] = [rest.pairs + 1, rest.cost + (row[task] ?? 0)];
      if (pairs > best.pairs || (pairs === best.pairs && cost < best.cost)) best = { pairs, cost };
    }
    return best;
  };
  return search(0, 0);
}

/** What bidders were told is what was settled: once each, or nothing where that was lost. */
export function judgeToldAwards(
  world: SimulatedWorld,
  id: string,
  outcome: AllocationOutcome,
  told: ReadonlyMap<string, ToldAwards>,
): void {
  for (const [member, ofMember] of told) {
    const awards = [...ofMember]
      .filter(([name]) => name.split("/")[0] === id)
      .flatMap(([, all]) => all);
    const settled = outcome.settled ? outcome.pairs.filter((pair) => pair.member === member) : [];
    const isSo = awards.every(
      (one) =>
        textOf(one) === textOf(settled.map(({ agent, task, cost }) => ({ agent, task, cost }))),
    );
    world.require(isSo && awards.length <= 1, "a bidder is told once what was settled", () => {
      return `${id} ${member}: ${JSON.stringify({ awards, outcome })}`;
    });
  }
}

function textOf(awards: readonly Award[]): string {
  return awards
    .map(({ agent, task, cost }) => `${agent} ${task} ${cost}`)
    .sort()
    .join();
}
