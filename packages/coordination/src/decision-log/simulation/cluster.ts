import type { Random } from "@troupe/actor";
import { between, happens, pick } from "../../simulation/chance.ts";
import type { RaftGroup } from "../raft/group.ts";
import type { PeerMessage } from "../raft/messages.ts";
import type { RaftState } from "../raft/state.ts";
import type { Agenda } from "./agenda.ts";
import type { Chronicle, Judge } from "./chronicle.ts";
import { Links } from "./links.ts";
import { Machine, type Step, type Surroundings } from "./machine.ts";
import { RaftWatch } from "./raft-watch.ts";

/** A kind of fault: how often, how long, and what it does. */
type Fault = readonly [kind: string, times: number, mostMs: number, begin: () => () => void];

/** All machines of a group, what goes wrong with them, and who watches. */
export class Cluster implements Surroundings {
  readonly agenda: Agenda;
  readonly random: Random;
  readonly links: Links;
  readonly machines: readonly Machine[];
  readonly #watch: RaftWatch;
  readonly #chronicle: Chronicle;
  readonly #judge: Judge;
  #disturbedUntil = 0;
  /** Whether all draw the same election time-out. */
  #equalLuck = false;

  /** How many leaders fall silent when it hurts: in some simulations none, in some most. */
  readonly #muteShare: number;

  constructor(
    group: RaftGroup,
    parts: {
      readonly agenda: Agenda;
      readonly random: Random;
      readonly chronicle: Chronicle;
      readonly judge: Judge;
    },
  ) {
    this.agenda = parts.agenda;
    this.random = parts.random;
    this.links = new Links(parts.agenda, parts.random);
    this.#muteShare = pick(parts.random, [0, 0.3, 0.8]);
    this.#chronicle = parts.chronicle;
    this.#judge = parts.judge;
    this.#watch = new RaftWatch(parts.judge);
    this.machines = group.replicas.map(({ name }) => new Machine({ group, name }, this));
  }

  send(from: string, to: string, message: PeerMessage): void {
    if (message.kind === "vote" && message.granted && !message.pre) {
      this.#watch.voted(from, message.term, to);
      this.#perhapsRestart(from);
    }
    const machine = this.machine(to);
    this.links.carry(from, to, () => machine?.take({ kind: "message", message }));
  }

  chance(): number {
    const chance = this.random.next();
    return this.#equalLuck ? 0.5 : chance;
  }

  machine(name: string): Machine | undefined {
    return this.machines.find((one) => one.name === name);
  }

  get #isDisturbed(): boolean {
    return this.agenda.now < this.#disturbedUntil;
  }

  /** The worst moment to be restarted is just after a vote. */
  #perhapsRestart(name: string): void {
    if (!this.#isDisturbed || !happens(this.random, 0.2)) return;
    this.agenda.after(0, () => {
      const machine = this.machine(name);
      machine?.crash();
      this.agenda.after(1, () => machine?.start());
    });
  }

  /**
   * A leader's worst moments to fall silent, for some or for all, and to be restarted: when it begins, so
   * that what it stored may be stored nowhere else, and when it has just committed something.
   */
  #perhapsMute(name: string, before: RaftState, after: RaftState): void {
    if (!this.#isDisturbed || after.role !== "leader") return;
    const isNew = before.role !== "leader";
    if (!isNew && after.commit === before.commit) return;
    if (!happens(this.random, isNew ? this.#muteShare : this.#muteShare / 4)) return;
    const forMs = between(this.random, 50, 500);
    for (const { name: other } of this.machines) {
      if (happens(this.random, isNew ? 0.6 : 1)) {
        this.agenda.after(forMs, this.links.cut(name, other));
      }
    }
    this.agenda.after(between(this.random, 1, 60), () => {
      const machine = this.machine(name);
      machine?.crash();
      this.agenda.after(between(this.random, 1, 300), () => machine?.start());
    });
  }

  stepped({ name, life }: Machine, { before, after, outputs }: Step): void {
    this.#watch.stepped(name, before, after, outputs);
    for (const decision of outputs.decisions) this.#chronicle.followed(name, life, decision);
    this.#perhapsMute(name, before, after);
  }

  /** Puts faults of all kinds into the time up to `untilMs`. Returns how many. */
  disturb(untilMs: number): number {
    this.#disturbedUntil = untilMs;
    let count = 0;
    for (const [kind, times, mostMs, begin] of this.#faults()) {
      for (let bout = between(this.random, 0, times); bout > 0; bout -= 1) {
        const forMs = between(this.random, 10, mostMs);
        count += 1;
        this.agenda.after(between(this.random, 0, untilMs - forMs), () => {
          this.#judge.trace.add("fault", Math.round(this.agenda.now), kind, forMs);
          this.agenda.after(forMs, begin());
        });
      }
    }
    return count;
  }

  /** The machine that leads, as far as it knows, in the newest term; or any. */
  #leaderOrAny(): Machine {
    const leaders = this.machines.filter(({ state }) => state?.role === "leader");
    const newest = leaders.sort((a, b) => (b.state?.term ?? 0) - (a.state?.term ?? 0))[0];
    return newest ?? pick(this.random, this.machines);
  }

  #oneOf(): Machine {
    return happens(this.random, 0.4) ? this.#leaderOrAny() : pick(this.random, this.machines);
  }

  #faults(): readonly Fault[] {
    const { random, links } = this;
    const names = this.machines.map(({ name }) => name);
    const nothing = (): void => {};
    return [
      ["partition", 3, 1200, () => this.#separate(names.filter(() => happens(random, 0.5)))],
      ["isolated leader", 3, 1200, () => this.#isolate(this.#leaderOrAny())],
      ["one way", 4, 1200, () => links.cut(pick(random, names), pick(random, names))],
      [
        "trouble",
        12,
        1500,
        () =>
          links.trouble(pick(random, names), pick(random, names), {
            drop: random.next() * 0.5,
            duplicate: random.next() * 0.5,
            delayMs: random.next() * 250,
          }),
      ],
      [
        "pause",
        3,
        900,
        () => {
          const machine = this.#oneOf();
          machine.pause();
          return () => machine.resume();
        },
      ],
      [
        "crash",
        6,
        700,
        () => {
          const machine = this.#oneOf();
          machine.crash();
          return () => machine.start();
        },
      ],
      [
        "power loss",
        1,
        400,
        () => {
          for (const machine of this.machines) machine.crash();
          return () => {
            for (const machine of this.machines) machine.start();
          };
        },
      ],
      [
        "equal luck",
        3,
        1200,
        () => {
          this.#equalLuck = true;
          return () => {
            this.#equalLuck = false;
          };
        },
      ],
      [
        "slow disk",
        3,
        1000,
        () => {
          const machine = this.#oneOf();
          machine.slow(80);
          return () => machine.slow(2);
        },
      ],
      [
        "clock jump",
        3,
        20,
        () => {
          pick(random, this.machines).jump(between(random, 1, 2000));
          return nothing;
        },
      ],
    ];
  }

  /** Cut off, and perhaps without a sense of how long that lasts. */
  #isolate(machine: Machine): () => void {
    machine.lateTimers(happens(this.random, 0.5));
    const end = this.#separate([machine.name]);
    return () => {
      machine.lateTimers(false);
      end();
    };
  }

  #separate(side: readonly string[]): () => void {
    const names = this.machines.map(({ name }) => name);
    const others = names.filter((name) => !side.includes(name));
    const ends = side.flatMap((one) =>
      others.flatMap((other) => [this.links.cut(one, other), this.links.cut(other, one)]),
    );
    return () => {
      for (const end of ends) end();
    };
  }
}
