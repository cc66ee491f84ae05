import { between, pick } from "../faults/chance.ts";
import type { Bouts, FaultPlan } from "./fault-plan.ts";
import type { World } from "./world.ts";

/** Begins a fault and returns how it ends. */
type Begin = () => () => void;

const nothing = (): void => {};

/**
 * Draws when each fault of a plan comes and how long it stays, and puts that on the world's clock.
 *
 * @returns how many there will be
 */
export function scheduleFaults(world: World, plan: FaultPlan, withinMs: number): number {
  const { random, clock } = world;
  let count = 0;
  for (const [kind, bouts, begin] of faultsOf(world, plan)) {
    for (let bout = 0; bout < bouts.times; bout += 1) {
      const forMs = between(random, ...bouts.forMs);
      count += 1;
      clock.schedule(between(random, 0, withinMs), () => {
        world.trace.add("fault", kind, forMs);
        const end = begin();
        clock.schedule(forMs, () => {
          world.trace.add("fault-ends", kind);
          end();
        });
      });
    }
  }
  return count;
}

function faultsOf(world: World, plan: FaultPlan): readonly [string, Bouts, Begin][] {
  const faults: [string, Bouts, Begin][] = [];
  const add = (kind: string, bouts: Bouts | undefined, begin: Begin): void => {
    if (bouts !== undefined) faults.push([kind, bouts, begin]);
  };
  add("partition", plan.partition, () => partition(world));
  add("one-way", plan.oneWay, () => {
    const [from, to] = direction(world);
    return all([world.links.cut(from, to), world.beginLoss(from, to)]);
  });
  add("links", plan.links, () => {
    const [from, to] = direction(world);
    world.links.trouble(from, to, plan.links ?? {});
    const endLoss = world.beginLoss(from, to);
    return () => {
      world.links.trouble(from, to, { delayMs: 2 });
      endLoss();
    };
  });
  add("pause", plan.pause, () => {
    const { process } = pick(world.random, world.nodes).life;
    process.pause();
    return () => process.resume();
  });
  add("crash", plan.crash, () => {
    const node = pick(world.random, world.nodes);
    node.crash();
    return () => node.restart();
  });
  add("leave", plan.leave, () => {
    const node = pick(world.random, world.nodes);
    node.leave();
    return () => {
      if (node.isLeaving) node.crash();
      node.restart();
    };
  });
  addJournalFaults(world, plan, add);
  add("work-queue", plan.workQueue, () => {
    world.queueTrouble = plan.workQueue ?? {};
    return () => {
      world.queueTrouble = {};
    };
  });
  return faults;
}

function addJournalFaults(
  world: World,
  plan: FaultPlan,
  add: (kind: string, bouts: Bouts | undefined, begin: Begin) => void,
): void {
  const { failOver, disk, journalTrouble: trouble } = world;
  add("fail-over", plan.failOver, () => {
    failOver.begin();
    return () => failOver.end();
  });
  add("lost-acks", plan.lostAcks, () => {
    trouble.lost = plan.lostAcks?.lost ?? 0;
    return () => {
      trouble.lost = 0;
    };
  });
  add("stale-reads", plan.staleReads, () => {
    Object.assign(trouble, plan.staleReads);
    return () => {
      trouble.stale = 0;
    };
  });
  add("two-winners", plan.twoWinners, () => {
    trouble.accepted = plan.twoWinners?.accepted ?? 0;
    return () => {
      trouble.accepted = 0;
    };
  });
  const powerLoss = plan.powerLoss && { times: plan.powerLoss.times, forMs: [0, 0] as const };
  add("power-loss", powerLoss, () => {
    for (const { subject, sequence } of disk?.losePower() ?? []) {
      world.trace.add("lost", subject, sequence);
    }
    return nothing;
  });
}

/** Two different nodes. */
function direction({ random, nodes }: World): [string, string] {
  const from = pick(random, nodes).name;
  const others = nodes.filter(({ name }) => name !== from);
  return [from, others.length === 0 ? from : pick(random, others).name];
}

function partition(world: World): () => void {
  const side = world.nodes.filter(() => world.random.next() < 0.5).map(({ name }) => name);
  const other = world.nodes.map(({ name }) => name).filter((name) => !side.includes(name));
  const losses = side.flatMap((a) =>
    other.flatMap((b) => [world.beginLoss(a, b), world.beginLoss(b, a)]),
  );
  return all([world.links.partition(side, other), ...losses]);
}

/** All these ends as one. */
function all(ends: readonly (() => void)[]): () => void {
  return () => {
    for (const end of ends) end();
  };
}
