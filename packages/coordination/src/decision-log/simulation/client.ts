import type { Random } from "@troupe/actor";
import { between, happens, pick } from "../../simulation/chance.ts";
import type { Answer } from "../raft/state.ts";
import type { Chronicle, LogInput, LogOutput } from "./chronicle.ts";
import type { Cluster } from "./cluster.ts";
import type { Machine } from "./machine.ts";

/** How long a client waits for one answer, mostly and seldom, and how long it tries, milliseconds. */
const answerMs = 120;
const longAnswerMs = 900;
const patienceMs = 1500;

/** One who proposes and reads, one thing after the other, as `RaftLog` does. */
export class Client {
  readonly name: string;
  readonly #cluster: Cluster;
  readonly #chronicle: Chronicle;
  readonly #random: Random;
  /** Ids that any client has proposed. */
  readonly #ids: string[];
  #leader: string | undefined;
  #count = 0;
  /** Operations begun at or after this are to be answered. */
  readonly #open = new Map<number, number>();

  constructor(name: string, cluster: Cluster, chronicle: Chronicle, ids: string[]) {
    this.name = name;
    this.#cluster = cluster;
    this.#chronicle = chronicle;
    this.#random = cluster.random;
    this.#ids = ids;
  }

  /** Goes on until a moment, with pauses of chance. */
  work(untilMs: number): void {
    const { agenda } = this.#cluster;
    agenda.after(between(this.#random, 0, 250), () => {
      if (agenda.now > untilMs) return;
      this.#begin(() => this.work(untilMs));
    });
  }

  /** What was begun from a moment on, and is not answered. */
  unanswered(fromMs: number): number {
    return [...this.#open.values()].filter((began) => began >= fromMs).length;
  }

  #begin(then: () => void): void {
    const { agenda } = this.#cluster;
    const input = this.#draw();
    const returned = this.#chronicle.call(this.name, input);
    this.#count += 1;
    const operation = this.#count;
    this.#open.set(operation, agenda.now);
    if (happens(this.#random, 0.05)) this.#transfer();
    this.#attempt(input, agenda.now + patienceMs, (output) => {
      if (output !== undefined) {
        this.#open.delete(operation);
        returned(output);
      }
      then();
    });
  }

  #draw(): LogInput {
    if (happens(this.#random, 0.35)) return { kind: "read" };
    if (this.#ids.length > 0 && happens(this.#random, 0.15)) {
      return { kind: "propose", id: pick(this.#random, this.#ids) };
    }
    const id = `${this.name}-${this.#count}`;
    this.#ids.push(id);
    return { kind: "propose", id };
  }

  #transfer(): void {
    const to = pick(this.#random, this.#cluster.machines).name;
    this.#target().ask(
      (request) => ({ kind: "transfer", request, to }),
      () => {},
    );
  }

  #target(): Machine {
    const { machines } = this.#cluster;
    if (happens(this.#random, 0.3)) {
      // Of those who all believe to lead, the one that should know better.
      const leaders = machines.filter(({ state }) => state?.role === "leader");
      const [oldest] = leaders.sort((a, b) => (a.state?.term ?? 0) - (b.state?.term ?? 0));
      if (oldest !== undefined) return oldest;
    }
    const known = machines.find(({ name }) => name === this.#leader);
    return known ?? pick(this.#random, machines);
  }

  /** Asks one replica after the other until there is an answer, or no patience left. */
  #attempt(input: LogInput, until: number, done: (output: LogOutput | undefined) => void): void {
    const { agenda, links } = this.#cluster;
    if (agenda.now >= until) return done(undefined);
    const machine = this.#target();
    let isOver = false;
    const again = (leader: string | undefined, afterMs: number): void => {
      if (isOver) return;
      isOver = true;
      this.#leader = leader;
      agenda.after(afterMs, () => this.#attempt(input, until, done));
    };
    const hear = (answer: Answer): void => {
      if (isOver) return;
      if (answer.kind === "not-leader") return again(answer.leader, 5);
      if (answer.kind === "busy") return again(this.#leader, 20);
      if (answer.kind === "transferring") return;
      isOver = true;
      this.#leader = machine.name;
      done(answer.kind === "decided" ? answer.index : answer.decided.kept.map(({ id }) => id));
    };
    const waitMs = happens(this.#random, 0.3) ? longAnswerMs : answerMs;
    agenda.after(waitMs, () => again(undefined, 0));
    links.carry(this.name, machine.name, () => {
      machine.ask(
        (request) =>
          input.kind === "read"
            ? { kind: "read", request }
            : { kind: "propose", request, id: input.id, entry: input.id, bytes: input.id.length },
        (answer) => links.carry(machine.name, this.name, () => hear(answer)),
      );
    });
  }
}
