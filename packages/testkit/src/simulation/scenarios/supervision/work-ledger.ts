import type { SystemEvent } from "@troupe/actor";
import type { World } from "../../world.ts";

type Fate = "waiting" | "done" | "quarantined" | "discarded";

interface Work {
  readonly worker: string;
  fate: Fate;
  /** Times its handler began since it was sent, or replayed. */
  runs: number;
  order: number;
}

/** What became of every piece of work: each ends once, and is run no more often than may be. */
export class WorkLedger {
  readonly #world: World;
  readonly #poisonAfter: number;
  readonly #work = new Map<number, Work>();
  /** The latest piece of work that was begun for the first time, by worker. */
  readonly #latest = new Map<string, number>();
  #dead = 0;

  constructor(world: World, poisonAfter: number) {
    this.#world = world;
    this.#poisonAfter = poisonAfter;
  }

  /** @returns the number of the new piece of work */
  send(worker: string): number {
    const id = this.#work.size + 1;
    this.#work.set(id, { worker, fate: "waiting", runs: 0, order: id });
    this.#world.trace.add("sent", worker, id);
    return id;
  }

  /** A handler begins with it. Returns how often one has by now. */
  begins(worker: string, id: number): number {
    const work = this.#of(id);
    work.runs += 1;
    this.#world.trace.add("run", worker, id, work.runs);
    const wrong = (invariant: string): void =>
      this.#world.violate(invariant, `${worker}, work ${id}, run ${work.runs}`);
    if (work.worker !== worker) wrong("a message reaches whom it was sent to");
    if (work.fate === "done") wrong("what was handled is not handled again");
    if (work.fate === "quarantined") wrong("what is in quarantine is not run");
    if (work.fate === "discarded") wrong("what was discarded is not run");
    if (work.runs > this.#poisonAfter) wrong("a message fails as often as it may, and no more");
    if (work.runs === 1 && work.order > 0) {
      if (work.order < (this.#latest.get(worker) ?? 0))
        wrong("restarts keep the order of messages");
      this.#latest.set(worker, work.order);
    }
    return work.runs;
  }

  /** It was set aside before it was begun in earnest, so that it loses its place. */
  stashed(id: number): void {
    const work = this.#of(id);
    work.runs = 0;
    work.order = 0;
  }

  done(id: number): void {
    this.#of(id).fate = "done";
    this.#world.trace.add("done", id);
  }

  quarantined(id: number): void {
    const work = this.#of(id);
    this.#world.require(
      work.fate === "waiting",
      "a message is quarantined once",
      () => `work ${id} was ${work.fate}`,
    );
    work.fate = "quarantined";
  }

  discarded(id: number): void {
    this.#of(id).fate = "discarded";
  }

  /** It was taken out of quarantine, for another try. */
  replayed(id: number): void {
    const work = this.#of(id);
    work.fate = "waiting";
    work.runs = 0;
    work.order = 0;
  }

  dead({ type }: Extract<SystemEvent, { kind: "dead-letter" }>): void {
    if (type === "work") this.#dead += 1;
  }

  fateOf(id: number): Fate {
    return this.#of(id).fate;
  }

  /** With all mailboxes empty, what is not accounted for is lost. */
  end(): void {
    const waiting = [...this.#work].filter(([, { fate }]) => fate === "waiting");
    this.#world.require(
      waiting.length === this.#dead,
      "a message is handled, quarantined or a dead letter",
      () => `${waiting.map(([id]) => id).join()} unaccounted for, with ${this.#dead} dead letters`,
    );
  }

  #of(id: number): Work {
    const work = this.#work.get(id);
    if (work === undefined) throw new RangeError(`there is no work ${id}`);
    return work;
  }
}
