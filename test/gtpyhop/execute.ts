import type { ExampleState } from "./cases.ts";
import { distanceOf, fareOf } from "./travel.ts";

/** What the world is like; what is held is at `hand`. */
export interface World {
  readonly pos: Map<string, string>;
  readonly loc: Map<string, string>;
  readonly cash: Map<string, number>;
  readonly owes: Map<string, number>;
  flag: string | undefined;
}

/**
 * Does the actions of a plan one after the other, as GTPyhop's examples define them: nothing here is shared
 * with the planner or its domains.
 *
 * @throws Error for the first action that cannot be done
 */
export function execute(state: ExampleState, plan: readonly (readonly string[])[]): World {
  const { pos, loc, cash, flag } = state;
  const world: World = {
    pos: new Map(Object.entries(pos)),
    loc: new Map(Object.entries(loc)),
    cash: new Map(Object.entries(cash)),
    owes: new Map(),
    flag,
  };
  for (const [name = "", ...args] of plan) {
    const act = actions[name];
    if (act === undefined) throw new Error(`'${name}' is no action`);
    if (!act(world, ...args)) throw new Error(`${name}(${args.join(", ")}) cannot be done`);
  }
  return world;
}

type Act = (world: World, ...args: string[]) => boolean;
const hand = (world: World): string | undefined =>
  [...world.pos].find(([, place]) => place === "hand")?.[0];
const isClear = (world: World, block: string): boolean =>
  world.pos.get(block) !== "hand" && ![...world.pos.values()].includes(block);

const actions: Readonly<Record<string, Act>> = {
  pickup: (world, x = "") => {
    if (world.pos.get(x) !== "table" || !isClear(world, x) || hand(world)) return false;
    world.pos.set(x, "hand");
    return true;
  },
  unstack: (world, x = "", y = "") => {
    if (world.pos.get(x) !== y || y === "table" || !isClear(world, x) || hand(world)) return false;
    world.pos.set(x, "hand");
    return true;
  },
  putdown: (world, x = "") => {
    if (hand(world) !== x) return false;
    world.pos.set(x, "table");
    return true;
  },
  stack: (world, x = "", y = "") => {
    if (hand(world) !== x || !world.pos.has(y) || !isClear(world, y)) return false;
    world.pos.set(x, y);
    return true;
  },
  walk: (world, who = "", from = "", to = "") => {
    if (world.loc.get(who) !== from) return false;
    world.loc.set(who, to);
    return true;
  },
  call_taxi: (world, who = "", at = "") => {
    if (world.loc.get(who) !== at) return false;
    world.loc.set("taxi1", at).set(who, "taxi1");
    return true;
  },
  ride_taxi: (world, who = "", to = "") => {
    const from = world.loc.get("taxi1") ?? "";
    const distance = distanceOf(from, to);
    if (world.loc.get(who) !== "taxi1" || distance === undefined) return false;
    world.loc.set("taxi1", to);
    world.owes.set(who, fareOf(distance));
    return true;
  },
  pay_driver: (world, who = "", at = "") => {
    const [has = 0, owes] = [world.cash.get(who), world.owes.get(who)];
    if (world.loc.get(who) !== "taxi1" || world.loc.get("taxi1") !== at) return false;
    if (owes === undefined || has < owes) return false;
    world.cash.set(who, has - owes);
    world.owes.delete(who);
    world.loc.set(who, at);
    return true;
  },
  putv: (world, value = "") => {
    world.flag = value;
    return true;
  },
  getv: (world, value = "") => world.flag === value,
};
