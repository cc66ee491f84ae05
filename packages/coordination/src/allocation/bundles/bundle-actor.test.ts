import { type ActorSystem, createActorSystem, silentLog, type Transport } from "@troupe/actor";
import { InMemoryNetwork, seededRandom, VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import { bundleActor } from "./bundle-actor.ts";
import { idOf, randomGraph, randomSpecs } from "./fleet.test-data.ts";
import { bundleProtocol } from "./protocol.ts";

/** Agents with a node each, that share out tasks over a network which loses, repeats and delays. */
class Fleet {
  readonly clock = new VirtualClock();
  readonly network: InMemoryNetwork;
  readonly count: number;
  readonly tasks: number;
  readonly #systems: ActorSystem[];

  constructor(seed: number, loss: number) {
    const random = seededRandom(seed);
    this.network = new InMemoryNetwork({ clock: this.clock, random });
    this.count = 3 + Math.floor(random.next() * 4);
    this.tasks = 3 + Math.floor(random.next() * 6);
    const graph = randomGraph(random, this.count);
    const address = (index: number): string => `${idOf(index)}/agent`;
    const clock = this.clock;
    this.#systems = graph.map((_, index) => {
      const transport = this.network.connect(idOf(index));
      const faulty: Transport = {
        ...transport,
        publish: (...all) => {
          const copies = random.next() < loss ? 0 : random.next() < 0.2 ? 2 : 1;
          for (let copy = 0; copy < copies; copy += 1) {
            clock.schedule(Math.floor(random.next() * 80), () => transport.publish(...all));
          }
        },
      };
      const ports = {
        transport: faulty,
        clock,
        random: seededRandom(seed + index),
        log: silentLog,
      };
      return createActorSystem({ node: idOf(index), ports, membership: { heartbeatMs: 500 } });
    });
    this.spawn = (): void => {
      for (const [index, spec] of randomSpecs(
        random,
        this.count,
        this.tasks,
        "additive",
      ).entries()) {
        const near = [...(graph[index] ?? [])];
        const neighbours = new Map(near.map((other) => [idOf(other), address(other)]));
        this.#systems[index]?.spawn(bundleActor({ ...spec, most: this.tasks, neighbours }), {
          name: "agent",
        });
      }
    };
  }

  /** Once nodes know each other. */
  readonly spawn: () => void;

  async holdings(index: number) {
    const system = this.#systems[index] as ActorSystem;
    const asked = system
      .ref(bundleProtocol, `${idOf(index)}/agent`)
      .ask("holdings", {}, { withinMs: 100 });
    await this.clock.advance(1);
    return asked;
  }

  async stop(index: number): Promise<void> {
    await this.#systems[index]?.stopActor({ address: `${idOf(index)}/agent` });
  }

  async expectAgreement(among: readonly number[], where: string): Promise<void> {
    const all = [];
    for (const index of among) all.push({ index, ...(await this.holdings(index)) });
    for (const { index, path, winners } of all) {
      expect(winners, where).toEqual(all[0]?.winners);
      // Everybody may take everything and gains by everything: nothing is left over, nothing is had twice.
      for (const [task, winner] of winners.entries()) {
        expect(among.map(idOf), where).toContain(winner);
        expect(path.includes(task), where).toBe(winner === idOf(index));
      }
    }
  }
}

test("over a network that loses, repeats and delays, all agree on who does what", async () => {
  for (let seed = 1; seed <= 25; seed += 1) {
    const fleet = new Fleet(seed, 0.2);
    await fleet.clock.advance(3000);
    fleet.spawn();
    await fleet.clock.advance(30_000);
    const everybody = Array.from({ length: fleet.count }, (_, index) => index);
    await fleet.expectAgreement(everybody, `seed ${seed}`);
    expect((await fleet.holdings(0)).unchangedMs).toBeGreaterThan(5000);
  }
});

test("what an agent had that stops is done by others", async () => {
  for (let seed = 1; seed <= 25; seed += 1) {
    const fleet = new Fleet(seed, 0);
    await fleet.clock.advance(3000);
    fleet.spawn();
    await fleet.clock.advance(10_000);
    // The last of the tree: the others still hang together.
    const last = fleet.count - 1;
    await fleet.stop(last);
    await fleet.clock.advance(10_000);
    const others = Array.from({ length: last }, (_, index) => index);
    await fleet.expectAgreement(others, `seed ${seed}`);
  }
});
