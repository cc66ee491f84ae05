import { seededRandom } from "@troupe/testkit";
import { expect, test } from "vitest";
import {
  type BundleAgent,
  type BundleAgentSpec,
  buildBundle,
  createBundleAgent,
  depart,
  nextView,
} from "./bundle-agent.ts";
import { type Kind, randomGraph, randomSpecs } from "./fleet.test-data.ts";
import { hear, rule } from "./hear.ts";

const seeds = Array.from({ length: 200 }, (_, index) => index + 1);

/** Lets all tell their neighbours at once, again and again, until nobody learns anything. Returns the rounds. */
function converge(agents: readonly BundleAgent[], graph: readonly ReadonlySet<number>[]): number {
  for (const agent of agents) buildBundle(agent);
  for (let round = 1; round < 10_000; round += 1) {
    const views = agents.map(nextView);
    let hasChanged = false;
    for (const [index, agent] of agents.entries()) {
      for (const neighbour of graph[index] ?? []) {
        const view = views[neighbour];
        if (view !== undefined && hear(agent, view)) hasChanged = true;
      }
    }
    for (const agent of agents) if (buildBundle(agent)) hasChanged = true;
    if (!hasChanged) return round;
  }
  throw new Error("it does not converge");
}

function expectConflictFree(agents: readonly BundleAgent[], where: string): void {
  const [first] = agents;
  const holders = new Map<number, string>();
  for (const { spec, bundle, path, winners } of agents) {
    expect(winners, where).toEqual(first?.winners);
    expect(bundle.length, where).toBeLessThanOrEqual(spec.most);
    expect(path.toSorted(), where).toEqual(bundle.toSorted());
    for (const task of bundle) {
      expect(holders.has(task), `${where}: task ${task} is held twice`).toBe(false);
      holders.set(task, spec.id);
    }
  }
  for (const [task, winner] of (first?.winners ?? []).entries()) {
    expect(holders.get(task) ?? null, where).toBe(winner);
  }
}

const worthOf = (agents: readonly BundleAgent[]): number =>
  agents.reduce((sum, { spec, path }) => sum + spec.score(path), 0);

/** The most that all can be worth, by trying every way to give tasks to agents or to nobody; any order is as good. */
function bestWorth(specs: readonly BundleAgentSpec[], tasks: number): number {
  const shares = specs.map((): number[] => []);
  let best = 0;
  const go = (task: number): void => {
    if (task === tasks) {
      best = Math.max(
        best,
        specs.reduce((sum, { score }, at) => sum + score(shares[at] ?? []), 0),
      );
      return;
    }
    go(task + 1);
    for (const [at, { most }] of specs.entries()) {
      const share = shares[at];
      if (share === undefined || share.length >= most) continue;
      share.push(task);
      go(task + 1);
      share.pop();
    }
  };
  go(0);
  return best;
}

/** Always the largest gain of anybody next, as somebody in the middle would do it. */
function greedyWorth(specs: readonly BundleAgentSpec[], tasks: number): number {
  const paths = specs.map((): number[] => []);
  const left = new Set(Array.from({ length: tasks }, (_, task) => task));
  for (;;) {
    let best = { gain: 0, at: -1, task: -1 };
    for (const [at, { score, most }] of specs.entries()) {
      const path = paths[at] ?? [];
      if (path.length >= most) continue;
      for (const task of left) {
        const gain = score([...path, task]) - score(path);
        if (gain > best.gain) best = { gain, at, task };
      }
    }
    if (best.at < 0) return specs.reduce((sum, { score }, at) => sum + score(paths[at] ?? []), 0);
    paths[best.at]?.push(best.task);
    left.delete(best.task);
  }
}

test("with diminishing gains, on any connected graph, tasks end without conflict, and are worth at least half the optimum", () => {
  let [worst, further] = [1, 0];
  for (const seed of seeds) {
    const random = seededRandom(seed);
    const count = 2 + Math.floor(random.next() * 2);
    const tasks = 1 + Math.floor(random.next() * 5);
    const kind: Kind = seed % 2 === 0 ? "additive" : "coverage";
    const specs = randomSpecs(random, count, tasks, kind);
    const agents = specs.map(createBundleAgent);
    converge(agents, randomGraph(random, count));
    const where = `seed ${seed}, ${kind}`;
    expectConflictFree(agents, where);
    const [worth, best] = [worthOf(agents), bestWorth(specs, tasks)];
    expect(worth, where).toBeGreaterThanOrEqual(best / 2 - 1e-9);
    expect(worth, where).toBeCloseTo(greedyWorth(specs, tasks), 9);
    if (best > 0) worst = Math.min(worst, worth / best);
    if (worth < best - 1e-9) further += 1;
  }
  // Otherwise half the optimum would be no test.
  expect(further).toBeGreaterThan(10);
  expect(worst).toBeLessThan(0.95);
});

test("larger fleets converge within tasks times diameter rounds of the greedy choice, whatever the graph", () => {
  for (const seed of seeds.slice(0, 40)) {
    const random = seededRandom(seed);
    const [count, tasks] = [5 + Math.floor(random.next() * 15), 5 + Math.floor(random.next() * 25)];
    const specs = randomSpecs(random, count, tasks, "additive");
    const agents = specs.map(createBundleAgent);
    const rounds = converge(agents, randomGraph(random, count));
    expectConflictFree(agents, `seed ${seed}`);
    expect(worthOf(agents), `seed ${seed}`).toBeCloseTo(greedyWorth(specs, tasks), 6);
    // The diameter is below the count; one round more to notice.
    expect(rounds, `seed ${seed}`).toBeLessThanOrEqual(tasks * count + 1);
  }
});

test("agents agree also when gains grow with what they have", () => {
  for (const seed of seeds.slice(0, 100)) {
    const random = seededRandom(seed);
    const [count, tasks] = [2 + Math.floor(random.next() * 8), 2 + Math.floor(random.next() * 8)];
    const agents = randomSpecs(random, count, tasks, "synergy").map(createBundleAgent);
    converge(agents, randomGraph(random, count));
    expectConflictFree(agents, `seed ${seed}`);
  }
});

test("equal bids go to the lower name, everywhere alike", () => {
  const score = (path: readonly number[]) => path.length;
  const agents = ["b", "a", "c"].map((id) => createBundleAgent({ id, tasks: 2, most: 2, score }));
  converge(agents, [new Set([1]), new Set([0, 2]), new Set([1])]);
  expectConflictFree(agents, "three alike");
  expect(agents.map(({ bundle }) => bundle)).toEqual([[], [0, 1], []]);
});

test("the order of a path is the best that insertion finds", () => {
  // Worth is highest for ascending paths: 1 less for each descent.
  const score = (path: readonly number[]) =>
    path.reduce((sum, task, at) => sum + 10 - (at > 0 && (path[at - 1] ?? 0) > task ? 1 : 0), 0) +
    path.reduce((sum, task) => sum + ([0, 0.3, 0.1, 0.2][task] ?? 0), 0);
  const agent = createBundleAgent({ id: "a", tasks: 4, most: 3, score });
  buildBundle(agent);
  expect(agent.bundle).toEqual([1, 3, 2]);
  expect(agent.path).toEqual([1, 2, 3]);
});

test("what nobody gains by is left, and who is outbid gives up what it took after as well", () => {
  const worth = (values: readonly number[]) => (path: readonly number[]) =>
    path.reduce((sum, task) => sum + (values[task] ?? 0), 0);
  const a = createBundleAgent({ id: "a", tasks: 3, most: 2, score: worth([5, 4, -1]) });
  const b = createBundleAgent({ id: "b", tasks: 3, most: 1, score: worth([9, 1, -1]) });
  buildBundle(a);
  buildBundle(b);
  expect(a.bundle).toEqual([0, 1]);
  hear(a, nextView(b));
  expect(a.bundle).toEqual([]);
  expect(a.winners).toEqual(["b", null, null]);
  buildBundle(a);
  expect(a.bundle).toEqual([1]);
});

test("an old view, one's own and one that comes twice change nothing", () => {
  const score = (path: readonly number[]) => path.length;
  const a = createBundleAgent({ id: "a", tasks: 1, most: 1, score: () => 0 });
  const b = createBundleAgent({ id: "b", tasks: 1, most: 1, score });
  const empty = nextView(b);
  buildBundle(b);
  const full = nextView(b);
  expect(hear(a, full)).toBe(true);
  expect(hear(a, full)).toBe(false);
  expect(hear(a, empty)).toBe(false);
  expect(a.winners).toEqual(["b"]);
  expect(hear(b, nextView(b))).toBe(false);
});

test("what one that is gone had goes to the others, and it has nothing when it hears of that", () => {
  const score = (path: readonly number[]) => path.length;
  const specs = ["a", "b", "c"].map((id) => ({ id, tasks: 1, most: 1, score }));
  const [a, b, c] = specs.map(createBundleAgent) as [BundleAgent, BundleAgent, BundleAgent];
  converge([a, b, c], [new Set([1]), new Set([0, 2]), new Set([1])]);
  expect(a.bundle).toEqual([0]);
  expect(depart(b, "a")).toBe(true);
  expect(depart(b, "a")).toBe(false);
  // What it still claims is nobody's.
  expect(hear(b, nextView(a))).toBe(false);
  converge([b, c], [new Set([1]), new Set([0])]);
  expect([b.bundle, c.bundle]).toEqual([[0], []]);
  hear(a, nextView(b));
  expect(buildBundle(a)).toBe(false);
  expect(a.bundle).toEqual([]);
});

test("conflicts are resolved as Table I of the paper says", () => {
  // i hears from k; m and n are others. What k says, what i holds: the ruling, when each condition holds.
  const cases: readonly (readonly [string | null, string | null, string, string])[] = [
    ["k", "i", "higher", "update"],
    ["k", "i", "", "leave"],
    ["k", "k", "", "update"],
    ["k", "m", "new m", "update"],
    ["k", "m", "higher", "update"],
    ["k", "m", "", "leave"],
    ["k", null, "", "update"],
    ["i", "i", "higher new m", "leave"],
    ["i", "k", "", "reset"],
    ["i", "m", "new m", "reset"],
    ["i", "m", "", "leave"],
    ["i", null, "", "leave"],
    ["m", "i", "new m higher", "update"],
    ["m", "i", "higher", "leave"],
    ["m", "i", "new m", "leave"],
    ["m", "k", "new m", "update"],
    ["m", "k", "", "reset"],
    ["m", "m", "new m", "update"],
    ["m", "m", "", "leave"],
    ["m", "n", "new m new n", "update"],
    ["m", "n", "new m higher", "update"],
    ["m", "n", "new n old m", "reset"],
    ["m", "n", "new n", "leave"],
    ["m", "n", "new m", "leave"],
    ["m", null, "new m", "update"],
    ["m", null, "", "leave"],
    [null, "i", "", "leave"],
    [null, "k", "", "update"],
    [null, "m", "new m", "update"],
    [null, "m", "", "leave"],
    [null, null, "", "leave"],
  ];
  for (const [said, held, when, ruling] of cases) {
    const found = rule({
      receiver: "i",
      sender: "k",
      said,
      held,
      higher: when.includes("higher"),
      newer: (id) => when.includes(`new ${id}`),
      older: (id) => when.includes(`old ${id}`),
    });
    expect(found, `k says ${said}, i holds ${held}, ${when}`).toBe(ruling);
  }
});
