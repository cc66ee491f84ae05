import type { SystemEvent } from "@troupe/actor";
import { between, happens, pick } from "../../faults/chance.ts";
import type { SimulatedNode } from "../node.ts";
import type { Course, Scenario } from "../scenario.ts";
import type { World } from "../world.ts";
import { type TeamSetting, team, workerProtocol } from "./supervision/actors.ts";
import { RestartWatch, type WorkerSupervision } from "./supervision/restart-watch.ts";
import { WorkLedger } from "./supervision/work-ledger.ts";

const names = ["first", "second", "third"];
/** When, after the faults, all workers should be back. */
const recoveredMs = 80_000;

/** Workers that fail under a supervisor, with a rule drawn from the seed. */
export const supervision: Scenario = {
  name: "supervision",
  protocol: "actor",
  description: "restarts follow the rule; no message is lost or run too often, none in quarantine",
  nodes: ["a"],
  faults: {
    pause: { times: 4, forMs: [50, 3000] },
    clocks: { skewMs: 5000, drift: 0.01 },
  },
  faultyMs: 30_000,
  calmMs: 100_000,
  actions: 120,
  begin: (world) => new SupervisionCourse(world),
};

class SupervisionCourse implements Course {
  readonly #world: World;
  readonly #place: TeamSetting;
  readonly #ledger: WorkLedger;
  readonly #watch: RestartWatch;
  /** The supervisor itself failed too often, and its workers with it. */
  #isGone = false;

  constructor(world: World) {
    const { random } = world;
    this.#world = world;
    const supervision = drawSupervision(world);
    const poisonAfter = between(random, 1, 3);
    this.#ledger = new WorkLedger(world, poisonAfter);
    this.#watch = new RestartWatch(world, supervision, names, () => this.#node.life.clock);
    this.#place = {
      world,
      ledger: this.#ledger,
      watch: this.#watch,
      supervision,
      poisonAfter,
      capacity: pick(random, [12, 10_000]),
      names,
      setAside: new Set(),
      failingSetups: new Set(),
    };
  }

  boot({ life: { system } }: SimulatedNode): void {
    system.observe((event) => this.#observe(event));
    system.spawn(team(this.#place), { name: "team" });
  }

  act(): void {
    const { random } = this.#world;
    const kind = random.next();
    const worker = pick(random, names);
    if (kind < 0.65) this.#work(worker, between(random, 1, 5));
    else if (kind < 0.75) this.#tell(worker).tell("pipe", { delayMs: between(random, 1, 2000) });
    else if (kind < 0.85) this.#tell(worker).tell("takeUp", {});
    else if (kind < 0.9) this.#place.failingSetups.add(worker);
    else this.#settleQuarantined();
  }

  afterStep(): void {
    this.#watch.afterStep();
  }

  calm(): void {
    this.#place.failingSetups.clear();
    this.#world.clock.schedule(recoveredMs, () => {
      for (const worker of names) this.#tell(worker).tell("takeUp", {});
    });
    this.#world.clock.schedule(recoveredMs + 5000, () => this.#lastRound());
  }

  end(): void {
    this.#ledger.end();
  }

  get #node(): SimulatedNode {
    return this.#world.nodes[0] as SimulatedNode;
  }

  #tell(worker: string) {
    return this.#node.life.system.ref(workerProtocol, `a/team/${worker}`);
  }

  #work(worker: string, pieces: number): void {
    const { random } = this.#world;
    for (let piece = 0; piece < pieces; piece += 1) {
      const failures = happens(random, 0.05) ? between(random, 1, 4) : 0;
      const slowMs = happens(random, 0.3) ? between(random, 1, 300) : 0;
      const aside = happens(random, 0.1);
      const id = this.#ledger.send(worker);
      this.#tell(worker).tell("work", { id, failures, slowMs, aside });
    }
  }

  #lastRound(): void {
    if (this.#isGone) return;
    for (const worker of names) {
      const id = this.#ledger.send(worker);
      this.#tell(worker).tell("work", { id, failures: 0, slowMs: 0, aside: false });
      this.#world.clock.schedule(5000, () => {
        const isDone = this.#ledger.fateOf(id) === "done";
        this.#world.require(
          isDone,
          "a worker works again when its troubles are over",
          () => worker,
        );
      });
    }
  }

  #observe(event: SystemEvent): void {
    this.#watch.observe(event);
    if (event.kind === "dead-letter") this.#ledger.dead(event);
    if (event.kind === "stopped" && event.actor === "a/team") this.#isGone = true;
    if (event.kind !== "quarantined" || event.type !== "work") return;
    const entry = this.#node.life.system.quarantine.list().find(({ id }) => id === event.id);
    if (entry === undefined) this.#world.violate("quarantine keeps what it announces", event.id);
    else this.#ledger.quarantined(idOf(entry.body));
  }

  /** Somebody looks at the quarantine, and replays or discards. */
  #settleQuarantined(): void {
    const { random } = this.#world;
    const { quarantine } = this.#node.life.system;
    const entries = quarantine.list().filter(({ type }) => type === "work");
    if (entries.length === 0) return;
    const { id, body } = pick(random, entries);
    const isReplay = happens(random, 0.7);
    if (isReplay) this.#ledger.replayed(idOf(body));
    else this.#ledger.discarded(idOf(body));
    const first = isReplay ? quarantine.replay(id) : quarantine.discard(id);
    const again = isReplay ? quarantine.replay(id) : quarantine.discard(id);
    this.#world.require(first && !again, "what left quarantine is not in it any more", () => id);
  }
}

function idOf(body: unknown): number {
  return (body as { readonly id: number }).id;
}

function drawSupervision({ random }: World): WorkerSupervision {
  const minMs = between(random, 20, 200);
  return {
    strategy: pick(random, ["one-for-one", "one-for-all", "rest-for-one"] as const),
    intensity: { restarts: between(random, 2, 8), withinMs: between(random, 1000, 10_000) },
    backoff: { minMs, maxMs: minMs * between(random, 1, 8), jitter: random.next() * 0.5 },
  };
}
