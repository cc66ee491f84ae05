import type { Random } from "@troupe/actor";
import { seededRandom } from "@troupe/testkit";
import { expect, test } from "vitest";
import type { HeldUnits } from "./held-units.ts";
import { UnitsCluster } from "./units-cluster.test-data.ts";

const limits = { licence: 3, left: 1, right: 1 };
const seeds = 12;

/** Who believes to hold what: from being granted until it gives it back, or is told that it has lost it. */
class Beliefs {
  readonly held = new Map<string, HeldUnits>();
  readonly tokens = new Set<number>();

  begin(holder: string, lease: HeldUnits): void {
    expect(this.tokens.has(lease.token)).toBe(false);
    this.tokens.add(lease.token);
    this.held.set(holder, lease);
    lease.signal.addEventListener("abort", () => this.held.delete(holder));
    for (const [name, limit] of Object.entries(limits)) {
      const inUse = [...this.held.values()].reduce((sum, { units }) => sum + (units[name] ?? 0), 0);
      expect(inUse).toBeLessThanOrEqual(limit);
    }
  }
}

function demandOf(random: Random): Record<string, number> {
  const draw = (below: number): number => Math.floor(random.next() * below);
  if (draw(2) === 0) return { licence: 1 + draw(3) };
  const locks = draw(2) === 0 ? { left: 1, right: 1 } : { right: 1, left: 1 };
  return draw(2) === 0 ? { [draw(2) === 0 ? "left" : "right"]: 1 } : { ...locks, licence: 1 };
}

async function run(seed: number): Promise<void> {
  const random = seededRandom(seed);
  const draw = (below: number): number => Math.floor(random.next() * below);
  const cluster = await UnitsCluster.start(
    { groups: { warehouse: { units: limits } }, leaseMs: 20_000 },
    seed,
  );
  const { clock, network } = cluster;
  const beliefs = new Beliefs();
  const faults: unknown[] = [];
  const work: Promise<void>[] = [];
  let served = 0;

  const use = async (holder: string): Promise<void> => {
    const units = demandOf(random);
    const lasting = draw(30_000);
    const held = await cluster.acquire(draw(2) === 0 ? "d" : "e", holder, units);
    beliefs.begin(holder, held);
    await new Promise<void>((resolve) => void clock.schedule(lasting, resolve));
    beliefs.held.delete(holder);
    await held.release();
    served += 1;
  };

  for (let turn = 0; turn < 40; turn += 1) {
    work.push(use(`h${turn}`).catch((thrown) => void faults.push(thrown)));
    if (draw(8) === 0) network.isolate(["a", "b", "c", "d", "e"][draw(5)] ?? "");
    if (draw(4) === 0) network.heal();
    await clock.advance(draw(4000));
  }
  // The end of one of the hosts, most often the one that matters.
  cluster.kill(draw(3) === 0 ? "a" : cluster.ownerOf("warehouse"));
  network.heal();
  await cluster.end(Promise.all(work), 1_200_000);
  expect(faults).toEqual([]);
  expect(served).toBe(40);
  await clock.advance(1000);
  expect(await cluster.usage()).toMatchObject({ waiters: 0 });
}

test.for(Array.from({ length: seeds }, (_, index) => index + 1))(
  "whoever is cut off or lost, no more than there is is held, and everyone is served (seed %i)",
  async (seed) => await run(seed),
);
