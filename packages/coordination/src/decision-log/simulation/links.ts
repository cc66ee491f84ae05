import type { Random } from "@troupe/actor";
import { happens } from "../../simulation/chance.ts";
import type { Agenda } from "./agenda.ts";

/** How a direction of a link treats messages, besides its usual delay. */
export interface Trouble {
  readonly drop: number;
  readonly duplicate: number;
  readonly delayMs: number;
}

/** Longest way of a message, milliseconds, where nothing is wrong. */
const usualMs = 4;

/** Ways between machines, each direction for itself. A delay of chance lets messages overtake each other. */
export class Links {
  readonly #agenda: Agenda;
  readonly #random: Random;
  readonly #cuts = new Map<string, number>();
  readonly #troubles = new Map<string, Trouble>();

  constructor(agenda: Agenda, random: Random) {
    this.#agenda = agenda;
    this.#random = random;
  }

  carry(from: string, to: string, arrive: () => void): void {
    const way = `${from} ${to}`;
    if ((this.#cuts.get(way) ?? 0) > 0) return;
    const { drop = 0, duplicate = 0, delayMs = usualMs } = this.#troubles.get(way) ?? {};
    if (happens(this.#random, drop)) return;
    const copies = happens(this.#random, duplicate) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      this.#agenda.after(0.2 + this.#random.next() * delayMs, arrive);
    }
  }

  /** Nothing gets from one to the other. Returns the end of it. */
  cut(from: string, to: string): () => void {
    const way = `${from} ${to}`;
    const add = (more: number): void => {
      this.#cuts.set(way, (this.#cuts.get(way) ?? 0) + more);
    };
    add(1);
    return () => add(-1);
  }

  /** Messages get lost, come twice, or come late and out of order. Returns the end of it. */
  trouble(from: string, to: string, trouble: Trouble): () => void {
    const way = `${from} ${to}`;
    this.#troubles.set(way, trouble);
    return () => {
      this.#troubles.delete(way);
    };
  }
}
