import { expect, test } from "vitest";
import { cancel, release, request } from "./pool.ts";
import { createPool, type PoolSettings, type ResourceDemand } from "./pool-state.ts";

type Ask = Pick<ResourceDemand, "goal" | "resources"> & Partial<ResourceDemand>;

/** A pool on which every reservation lasts as long as its demand says. */
class Busy {
  readonly state;
  /** Goals in the order served. */
  readonly served: string[] = [];
  now = 0;
  readonly #asked = new Map<number, Ask & { readonly lasts: number }>();
  #running: { readonly number: number; readonly until: number }[] = [];

  constructor(settings: Partial<PoolSettings> = {}) {
    this.state = createPool({ capacity: { cpu: 4 }, ...settings });
  }

  ask(ask: Ask, lasts = 1): number {
    const { number, grants } = request(this.state, { task: "t", ...ask }, this.now);
    this.#asked.set(number, { ...ask, lasts });
    this.#serve(grants);
    return number;
  }

  cancel(number: number): void {
    this.#serve(cancel(this.state, number, this.now));
  }

  /** Ends what ends next. */
  step(): void {
    this.#running.sort((one, other) => one.until - other.until);
    const next = this.#running.shift();
    if (next === undefined) return;
    this.now = next.until;
    this.#serve(release(this.state, next.number, this.now));
  }

  #serve(grants: readonly number[]): void {
    for (const number of grants) {
      const { goal = "", lasts = 1 } = this.#asked.get(number) ?? {};
      this.#asked.delete(number);
      this.served.push(goal);
      this.#running.push({ number, until: this.now + lasts });
    }
  }

  count(goal: string, from = 0, to = this.served.length): number {
    return this.served.slice(from, to).filter((served) => served === goal).length;
  }
}

const one = { resources: { cpu: 1 } };

test("while all have something to wait for, each goal is served by its share", () => {
  const busy = new Busy();
  for (let turn = 0; turn < 300; turn += 1) {
    for (const share of [1, 2, 3]) busy.ask({ ...one, goal: `g${share}`, share });
  }
  for (let turn = 0; turn < 400; turn += 1) busy.step();
  expect(Math.abs(busy.count("g1", 0, 300) - 50)).toBeLessThanOrEqual(4);
  expect(Math.abs(busy.count("g2", 0, 300) - 100)).toBeLessThanOrEqual(4);
  expect(Math.abs(busy.count("g3", 0, 300) - 150)).toBeLessThanOrEqual(4);
});

test("a goal that holds longer is served less often, and one that takes more too", () => {
  const slow = new Busy({ capacity: { cpu: 1 } });
  for (let turn = 0; turn < 300; turn += 1) {
    slow.ask({ ...one, goal: "short" }, 1);
    slow.ask({ ...one, goal: "long" }, 3);
  }
  for (let turn = 0; turn < 200; turn += 1) slow.step();
  expect(slow.count("short") / slow.count("long")).toBeCloseTo(3, 0);

  const wide = new Busy({ capacity: { cpu: 8, memory: 100 } });
  for (let turn = 0; turn < 300; turn += 1) {
    wide.ask({ ...one, goal: "narrow" });
    wide.ask({ resources: { cpu: 1, memory: 25 }, goal: "wide" });
  }
  for (let turn = 0; turn < 250; turn += 1) wide.step();
  expect(wide.count("narrow", 0, 250) / wide.count("wide", 0, 250)).toBeCloseTo(2, 0);
});

test("a goal that comes later does not wait until a large one is through", () => {
  const busy = new Busy();
  for (let turn = 0; turn < 500; turn += 1) busy.ask({ ...one, goal: "large" });
  for (let turn = 0; turn < 40; turn += 1) busy.step();
  const before = busy.served.length;
  for (let turn = 0; turn < 10; turn += 1) busy.ask({ ...one, goal: "small" });
  for (let turn = 0; turn < 30; turn += 1) busy.step();
  expect(busy.count("small", before)).toBe(10);
});

test("a goal does not save up the time in which it asked for nothing", () => {
  const busy = new Busy({ capacity: { cpu: 1 } });
  busy.ask({ ...one, goal: "late" });
  for (let turn = 0; turn < 300; turn += 1) busy.ask({ ...one, goal: "busy" });
  for (let turn = 0; turn < 200; turn += 1) busy.step();
  const before = busy.served.length;
  for (let turn = 0; turn < 90; turn += 1) busy.ask({ ...one, goal: "late" });
  for (let turn = 0; turn < 60; turn += 1) busy.step();
  expect(Math.abs(busy.count("late", before, before + 60) - 30)).toBeLessThanOrEqual(2);
});

test("one that asks for one thing after the other gets no more than one that asks for all at once", () => {
  const busy = new Busy({ capacity: { cpu: 1 } });
  for (let turn = 0; turn < 200; turn += 1) busy.ask({ ...one, goal: "at once" });
  for (let turn = 0; turn < 100; turn += 1) {
    if (busy.served.at(-1) !== "one by one") busy.ask({ ...one, goal: "one by one" });
    busy.step();
  }
  expect(busy.count("one by one")).toBeGreaterThan(40);
  expect(busy.count("one by one")).toBeLessThanOrEqual(51);
});

test("an endless row of new goals does not keep one from its turn", () => {
  const busy = new Busy({ capacity: { cpu: 1 } });
  busy.ask({ ...one, goal: "old" }, 50);
  busy.ask({ ...one, goal: "new0" });
  busy.ask({ ...one, goal: "old" });
  for (let turn = 1; turn <= 200; turn += 1) {
    busy.ask({ ...one, goal: `new${turn}` });
    busy.step();
  }
  expect(busy.count("old")).toBe(2);
});

test("a large demand is overtaken by small ones a limited number of times", () => {
  for (const patience of [0, 1, 7]) {
    const busy = new Busy({ patience });
    for (let turn = 0; turn < 4; turn += 1) busy.ask({ ...one, goal: "small" }, 1 + turn / 4);
    busy.ask({ goal: "large", resources: { cpu: 4 } });
    const before = busy.served.length;
    for (let turn = 0; turn < 200; turn += 1) {
      busy.ask({ ...one, goal: "small" }, 1 + (turn % 4) / 4);
      busy.step();
    }
    const after = busy.served.slice(before).indexOf("large");
    expect(after).toBeGreaterThanOrEqual(0);
    // Before it is next, the other goal may have its turn with all places.
    expect(after).toBeLessThanOrEqual(patience + 4);
  }
});

test("while a demand is waited for, what needs other things goes on; when it is given up, all do", () => {
  const busy = new Busy({ capacity: { cpu: 4, gpu: 1 }, patience: 0 });
  busy.ask({ ...one, goal: "a" });
  const large = busy.ask({ goal: "large", resources: { cpu: 4 } });
  busy.ask({ ...one, goal: "b" });
  busy.ask({ goal: "c", resources: { gpu: 1 } });
  expect(busy.served).toEqual(["a", "c"]);
  busy.cancel(large);
  expect(busy.served).toEqual(["a", "c", "b"]);
});

test("goals that are gone are forgotten", () => {
  const busy = new Busy();
  busy.ask({ ...one, goal: "stays" }, 1e9);
  for (let turn = 0; turn < 3000; turn += 1) {
    busy.ask({ ...one, goal: `g${turn}` });
    busy.step();
  }
  expect(busy.state.accounts.size).toBeLessThanOrEqual(1001);
});
