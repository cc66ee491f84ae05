import { seededRandom } from "@troupe/testkit";
import { expect, test } from "vitest";
import type { Resources } from "../../scheduler/resources.ts";
import { advance, cancel, claim, nextLapse, release, request } from "./pool.ts";
import { createPool } from "./pool-state.ts";

const runs = 150;
const capacity: Resources = { cpu: 4, memory: 100, left: 1, right: 1 };

/** Demands that conflict in every way, those for the two locks in both orders. */
function demandOf(draw: (below: number) => number): Resources {
  switch (draw(5)) {
    case 0:
      return { left: 1, right: 1 };
    case 1:
      return { right: 1, left: 1, cpu: draw(2) };
    case 2:
      return { cpu: 1 + draw(4), memory: draw(101) };
    case 3:
      return { cpu: 1 };
    default:
      return { memory: 30 + draw(71), left: draw(2) };
  }
}

/** Asks, releases, gives up and lets lapse at random, then releases until nobody waits. */
function run(seed: number): void {
  const random = seededRandom(seed);
  const draw = (below: number): number => Math.floor(random.next() * below);
  const patience = draw(4);
  const state = createPool({ capacity, patience, queueLimit: 40 });
  const demands = new Map<number, Resources>();
  const held = new Map<number, Resources>();
  const unanswered = new Set<number>();
  let now = 0;

  const take = (grants: readonly number[]): void => {
    for (const number of grants) {
      expect(unanswered.delete(number)).toBe(true);
      held.set(number, demands.get(number) ?? {});
    }
    // Whatever lapsed is known by the state alone.
    for (const number of held.keys()) if (!state.held.has(number)) held.delete(number);
    for (const [name, most] of Object.entries(capacity)) {
      const inUse = [...held.values()].reduce((sum, demand) => sum + (demand[name] ?? 0), 0);
      expect(inUse).toBeLessThanOrEqual(most);
      expect(state.free[name]).toBe(most - inUse);
    }
  };
  const any = (numbers: Iterable<number>): number => {
    const all = [...numbers];
    return all[draw(all.length)] ?? -1;
  };

  for (let turn = 0; turn < 200; turn += 1) {
    now += draw(3);
    const what = draw(10);
    if (what < 5) {
      const resources = demandOf(draw);
      const more = { priority: draw(3), share: 1 + draw(2) };
      const demand = { goal: `g${draw(4)}`, task: `t${turn}`, resources, ...more };
      const next = state.next;
      demands.set(next, resources);
      unanswered.add(next);
      try {
        take(request(state, demand, now, draw(4) === 0 ? draw(10) : undefined).grants);
      } catch (error) {
        expect(error).toMatchObject({ code: "resource-queue-full" });
        unanswered.delete(next);
      }
      expect(state.waiting.size).toBeLessThanOrEqual(40);
    } else if (what < 8) {
      const number = any(held.keys());
      held.delete(number);
      take(release(state, number, now));
      take(release(state, number, now));
    } else if (what < 9) {
      const number = any(unanswered);
      unanswered.delete(number);
      take(cancel(state, number, now));
    } else {
      claim(state, any(held.keys()), now);
      take(advance(state, now));
    }
    expect(new Set(state.waiting.keys())).toEqual(unanswered);
  }
  for (let left = 1000; unanswered.size > 0 && left > 0; left -= 1) {
    now += 1;
    const number = any(held.keys());
    held.delete(number);
    take(release(state, number, now));
  }
  expect([...unanswered]).toEqual([]);
  for (const number of held.keys()) release(state, number, now);
  expect(state.free).toEqual(capacity);
  expect(state.accounts.size).toBe(0);
  expect(nextLapse(state)).toBeUndefined();
}

test("never more than there is is out, and everyone is served when holders release", () => {
  for (let seed = 1; seed <= runs; seed += 1) {
    try {
      run(seed);
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
});
