import type { Agenda, Call } from "./agenda.ts";
import type { State } from "./fact-table.ts";
import { type Openings, openingOf } from "./openings.ts";

type Opening = Pick<Openings, "a" | "b">;

/** A task that can come to no end in some facts, unless one of these, open above it, may be opened again. */
interface DeadEnd extends Opening {
  readonly unless: readonly Opening[];
}

/** One attempt to accomplish a task, or whatever else the search has a choice in. */
export interface Attempt {
  readonly opening: Opening | undefined;
  /** What is left once the task is done. */
  readonly rest: Agenda;
  readonly arrivals: number;
  readonly cuts: number;
  /** Openings above on account of which something inside was put off. */
  unless: Set<Opening> | undefined;
  /** Whether it was given up before anything was tried, so that it teaches nothing new. */
  givenUp: boolean;
}

/**
 * Remembers tasks that fail in certain facts whatever comes after them.
 *
 * The search prunes what it has seen with the same tasks left; the same failure under another row of tasks
 * would be found anew, exponentially often where tasks recurse. A failure that came about because an opening
 * above was not repeated holds as long as that opening is above again, or is itself known to fail.
 */
export class DeadEnds {
  /** By the first half of the fingerprint; of two that share it the later is kept. */
  readonly #known = new Map<number, DeadEnd>();
  /** Nodes left out for other reasons than failure, so that nothing follows about the tasks around them. */
  #cuts = 0;

  /** A node was left out because of the tasks that come after. */
  cut(): void {
    this.#cuts++;
  }

  begin(call: Call | undefined, state: State, rest: Agenda): Attempt {
    return {
      opening: call === undefined ? undefined : openingOf(call, state),
      rest,
      arrivals: rest.arrivals,
      cuts: this.#cuts,
      unless: undefined,
      givenUp: false,
    };
  }

  /** @param around the attempt inside which this one was made */
  end(attempt: Attempt, around: Attempt | undefined): void {
    const { opening, unless } = attempt;
    const others = [...(unless ?? [])].filter(
      (each) => attempt.givenUp || opening === undefined || !same(each, opening),
    );
    if (around !== undefined) for (const each of others) note(around, each);
    const failed = attempt.rest.arrivals === attempt.arrivals && attempt.cuts === this.#cuts;
    if (opening === undefined || !failed || attempt.givenUp) return;
    this.#known.set(opening.a, { ...opening, unless: others });
  }

  /** The attempt is put off because the same task is open above it. */
  putOff(attempt: Attempt, opening: Opening): void {
    attempt.givenUp = true;
    note(attempt, opening);
  }

  /** Whether the attempt is known to fail; it is then given up. */
  isKnown(attempt: Attempt, above: Openings | undefined): boolean {
    const known = attempt.opening === undefined ? undefined : this.#find(attempt.opening);
    const used = known === undefined ? undefined : this.#hold(known, above);
    if (used === undefined) return false;
    attempt.givenUp = true;
    for (const each of used) note(attempt, each);
    return true;
  }

  /** The openings above on account of which a dead end still is one, or `undefined` when it need not be. */
  #hold(known: DeadEnd, above: Openings | undefined): readonly Opening[] | undefined {
    if (known.unless.length === 0) return [];
    const open = new Map<number, Openings>();
    for (let each = above; each !== undefined; each = each.above) open.set(each.a, each);
    const used: Opening[] = [];
    const reasons = new Set([known]);
    for (const reason of reasons) {
      for (const each of reason.unless) {
        const there = open.get(each.a);
        if (there !== undefined && same(there, each)) {
          used.push(each);
          continue;
        }
        const further = this.#find(each);
        if (further === undefined) return undefined;
        reasons.add(further);
      }
    }
    return used;
  }

  #find(opening: Opening): DeadEnd | undefined {
    const known = this.#known.get(opening.a);
    return known?.b === opening.b ? known : undefined;
  }
}

function note(attempt: Attempt, opening: Opening): void {
  attempt.unless ??= new Set();
  attempt.unless.add(opening);
}

function same(left: Opening, right: Opening): boolean {
  return left.a === right.a && left.b === right.b;
}
