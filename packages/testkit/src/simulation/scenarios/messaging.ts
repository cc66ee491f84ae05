import { between, happens, pick } from "../../faults/chance.ts";
import type { SimulatedNode } from "../node.ts";
import type { Course, Scenario } from "../scenario.ts";
import type { World } from "../world.ts";
import { driver, driverProtocol, sink } from "./messaging/actors.ts";
import { MessageLedger } from "./messaging/ledger.ts";

/** When, after the faults, the last round begins: links and membership have recovered by then. */
const recoveredMs = 15_000;
const withinOptions = [50, 400, 3000];
const slowOptions = [0, 0, 0, 5, 200];
/** Circles of asks come when the other asks have ended, and not at once: they would meet. */
const circlesAfterMs = 3000;
const circleMs = 500;
/** Longer than wall clocks differ. */
const patienceMs = 5000;
/** Tells that are sent in a row. */
const burst = 3;

/** Tells, asks and watches between nodes whose network and processes fail. */
export const messaging: Scenario = {
  name: "messaging",
  protocol: "actor",
  description: "tells come at most once and in order; every ask has one outcome, in time",
  nodes: ["a", "b", "c"],
  faults: {
    partition: { times: 3, forMs: [200, 9000] },
    oneWay: { times: 3, forMs: [200, 5000] },
    links: { times: 8, forMs: [500, 6000], drop: 0.3, delayMs: 400 },
    pause: { times: 4, forMs: [100, 12_000] },
    crash: { times: 5, forMs: [0, 9000] },
    leave: { times: 3, forMs: [0, 5000] },
    clocks: { skewMs: 2000, drift: 0.01 },
  },
  faultyMs: 30_000,
  calmMs: 30_000,
  actions: 90,
  begin: (world) => new MessagingCourse(world),
};

class MessagingCourse implements Course {
  readonly #world: World;
  readonly #ledger: MessageLedger;
  #questions = 0;

  constructor(world: World) {
    this.#world = world;
    this.#ledger = new MessageLedger(world);
  }

  boot(node: SimulatedNode): void {
    const { system, process, number } = node.life;
    system.spawn(sink(this.#world, this.#ledger), { name: "sink", capabilities: ["sink"] });
    system.spawn(
      driver(this.#world, this.#ledger, number, () => process.pausedMs),
      { name: "driver" },
    );
    // Answers to the node's former life may still be on their way.
    for (const { name } of this.#world.nodes) this.#ask(node, name, false);
  }

  act(): void {
    const { random, up, nodes } = this.#world;
    if (up.length === 0) return;
    const from = pick(random, up);
    const to = pick(random, nodes).name;
    const kind = random.next();
    if (kind < 0.5) for (let sent = 0; sent < burst; sent += 1) this.#tell(from, to, false);
    else if (kind < 0.9) this.#ask(from, to, false);
    else this.#watch(from, to);
  }

  calm(): void {
    this.#world.clock.schedule(recoveredMs, () => {
      for (const from of this.#world.nodes) {
        for (const { name } of this.#world.nodes) {
          for (let sent = 0; sent < burst; sent += 1) this.#tell(from, name, true);
          this.#ask(from, name, true);
        }
      }
    });
    for (const [turn, from] of this.#world.nodes.entries()) {
      this.#world.clock.schedule(recoveredMs + circlesAfterMs + turn * circleMs, () =>
        this.#askInCircle(from),
      );
    }
  }

  end(): void {
    const { nodes } = this.#world;
    this.#ledger.end();
    const names = nodes.map(({ name }) => name).join();
    for (const { life } of nodes) {
      const { cluster, node } = life.system;
      const advertised = cluster.find("sink").map(({ address }) => address);
      this.#world.require(
        cluster.nodes().join() === names && advertised.length === nodes.length,
        "without faults every node sees every other",
        () => `${node} sees ${cluster.nodes().join()}, and the actors ${advertised.join()}`,
      );
    }
  }

  #drive(node: SimulatedNode, order: (to: ReturnType<typeof driverOf>) => void): void {
    const { life } = node;
    life.process.run(() => order(driverOf(node)));
  }

  #tell(from: SimulatedNode, to: string, owed: boolean): void {
    this.#drive(from, (actor) => actor.tell("tell", { to, owed }));
  }

  #ask(from: SimulatedNode, to: string, owed: boolean): void {
    const { random, nodes } = this.#world;
    const hops = happens(random, 0.4) ? between(random, 1, 2) : 0;
    const path = Array.from({ length: hops }, () => pick(random, nodes).name);
    const withinMs = owed ? patienceMs : pick(random, withinOptions);
    // One that is owed and passed on would meet others on their way, and wait for them.
    const order = { to, owed, withinMs, path: owed ? [] : path, slowMs: pick(random, slowOptions) };
    this.#drive(from, (actor) => actor.tell("ask", { ...order, question: this.#question() }));
  }

  #askInCircle(from: SimulatedNode): void {
    const path = [...this.#world.nodes.map(({ name }) => name), from.name];
    const order = { to: from.name, owed: true, withinMs: patienceMs, slowMs: 0, path };
    this.#drive(from, (actor) => actor.tell("ask", { ...order, question: this.#question() }));
  }

  #question(): string {
    this.#questions += 1;
    return `q${this.#questions}`;
  }

  #watch(from: SimulatedNode, to: string): void {
    this.#questions += 1;
    const key = `w${this.#questions}`;
    this.#drive(from, (actor) => actor.tell("watch", { to, key }));
  }
}

function driverOf({ name, life }: SimulatedNode) {
  return life.system.ref(driverProtocol, `${name}/driver`);
}
