import { sequenceOf } from "../domain/ordering.ts";
import type { Test } from "./compiled-condition.ts";
import type { CompiledSymbol } from "./compiled-problem.ts";
import { type Goals, union } from "./goal-reach.ts";
import { hashTuple, join, seedA, seedB } from "./hashing.ts";
import type { Openings } from "./openings.ts";

interface Hashed {
  /** Two halves of the fingerprint of what it is. */
  readonly a: number;
  readonly b: number;
}

/** A task or action that is still to be done. */
export interface Call extends Hashed {
  readonly kind: "call";
  /** Number of this occurrence; the same task elsewhere has another. */
  readonly id: number;
  readonly symbol: CompiledSymbol;
  readonly args: readonly number[];
  /** Least value that accomplishing it can add to a plan. */
  readonly bound: number;
  /** What it may bring about of the problem's goal. */
  readonly reach: Goals;
  readonly openings: Openings | undefined;
  /** Step of an earlier plan that this is; it is taken over as it stands. */
  readonly keep: string | undefined;
  /** Whether executed steps of an earlier plan may stand for its actions. */
  readonly reuse: boolean;
}

/** The place where an earlier plan had chosen a method, whose precondition must still hold. */
export interface Guard extends Hashed {
  readonly kind: "guard";
  /** Name of the earlier plan's task. */
  readonly task: string;
  readonly call: Call;
  readonly method: string;
  readonly test: Test;
}

export type Entry = Call | Guard;

/** What is still to be done. Never changed in place, but that the search counts how often it came to it. */
export interface Agenda extends Hashed {
  arrivals: number;
  readonly bound: number;
  /** What all that is left may bring about of the problem's goal. */
  readonly reach: Goals;
  readonly empty: boolean;
  /** The entries that may come next. */
  readonly ready: readonly Entry[];
  /**
   * The agenda with others in the place of a ready entry.
   *
   * @param order pairs of indices into `entries`; `undefined` for one row
   */
  replace(
    entry: Entry,
    entries: readonly Entry[],
    order: readonly (readonly [number, number])[] | undefined,
  ): Agenda;
}

/** The end of every sequence. */
export class NothingLeft implements Agenda {
  arrivals = 0;
  readonly a = 0;
  readonly b = 0;
  readonly bound = 0;
  readonly reach: Goals;
  readonly empty = true;
  readonly ready = [];

  /** @param none an empty set of goals */
  constructor(none: Goals) {
    this.reach = none;
  }

  replace(_: Entry, entries: readonly Entry[]): Agenda {
    return sequence(entries, this);
  }
}

/** Entries in one row: a linked list whose tails are shared. */
class Sequence implements Agenda {
  arrivals = 0;
  readonly a: number;
  readonly b: number;
  readonly bound: number;
  readonly reach: Goals;
  readonly empty = false;
  readonly head: Entry;
  readonly #rest: Agenda;

  constructor(head: Entry, rest: Agenda) {
    this.head = head;
    this.#rest = rest;
    this.a = join(join(rest.a, head.a), seedA);
    this.b = join(join(rest.b, head.b), seedB);
    this.bound = rest.bound + (head.kind === "call" ? head.bound : 0);
    this.reach = head.kind === "call" ? union(head.reach, rest.reach) : rest.reach;
  }

  get ready(): readonly Entry[] {
    return [this.head];
  }

  replace(_: Entry, entries: readonly Entry[]): Agenda {
    return sequence(entries, this.#rest);
  }
}

export function sequence(entries: readonly Entry[], rest: Agenda): Agenda {
  let agenda = rest;
  for (const entry of entries.toReversed()) agenda = new Sequence(entry, agenda);
  return agenda;
}

/** Entries of which some must wait for others. */
class Network implements Agenda {
  arrivals = 0;
  readonly a: number;
  readonly b: number;
  readonly bound: number;
  readonly reach: Goals;
  readonly empty: boolean;
  readonly #entries: readonly Entry[];
  /** For each entry the indices of those it waits for, in rising order. */
  readonly #waits: readonly (readonly number[])[];
  readonly #none: Goals;

  constructor(entries: readonly Entry[], waits: readonly (readonly number[])[], none: Goals) {
    this.#none = none;
    this.#entries = entries;
    this.#waits = waits;
    this.empty = entries.length === 0;
    let [a, b, bound, reach] = [0, 0, 0, none];
    entries.forEach((entry, i) => {
      const wait = waits[i] ?? [];
      a = hashTuple(a, entry.a, wait);
      b = hashTuple(b, entry.b, wait);
      if (entry.kind !== "call") return;
      bound += entry.bound;
      reach = union(entry.reach, reach);
      a = join(a, entry.openings?.a ?? 0);
      b = join(b, entry.openings?.b ?? 0);
    });
    this.a = a;
    this.b = b;
    this.bound = bound;
    this.reach = reach;
  }

  get ready(): readonly Entry[] {
    return this.#entries.filter((_, i) => this.#waits[i]?.length === 0);
  }

  replace(
    entry: Entry,
    entries: readonly Entry[],
    order: readonly (readonly [number, number])[] | undefined,
  ): Agenda {
    const at = this.#entries.indexOf(entry);
    const count = entries.length;
    const inside = waitsOf(count, order).map((wait) => wait.map((i) => i + at));
    const waits = this.#waits.map((wait) => replaced(wait, at, count));
    return new Network(
      this.#entries.toSpliced(at, 1, ...entries),
      waits.toSpliced(at, 1, ...inside),
      this.#none,
    );
  }
}

/** Indices in rising order after `count` entries have come into the place of the one at `at`. */
function replaced(wait: readonly number[], at: number, count: number): readonly number[] {
  const last = wait.at(-1);
  if (last === undefined || last < at) return wait;
  const next: number[] = [];
  for (const i of wait) {
    if (i < at) next.push(i);
    else if (i > at) next.push(i + count - 1);
    else for (let j = 0; j < count; j++) next.push(at + j);
  }
  return next;
}

/**
 * An agenda in which entries wait for each other only as `order` says; `undefined` puts them in one row.
 *
 * @param none an empty set of goals
 */
export function network(
  entries: readonly Entry[],
  order: readonly (readonly [number, number])[] | undefined,
  none: Goals,
): Agenda {
  return new Network(entries, waitsOf(entries.length, order), none);
}

function waitsOf(
  count: number,
  order: readonly (readonly [number, number])[] | undefined,
): readonly (readonly number[])[] {
  if (order === undefined) return Array.from({ length: count }, (_, i) => (i === 0 ? [] : [i - 1]));
  const waits = Array.from({ length: count }, () => new Set<number>());
  for (const [earlier, later] of order) waits[later]?.add(earlier);
  return waits.map((wait) => [...wait].sort((left, right) => left - right));
}

/** Entries one after the other, as their order has it; as they are where it goes in a circle. */
export function inRow(
  entries: readonly Entry[],
  order: readonly (readonly [number, number])[],
): readonly Entry[] {
  const row = sequenceOf(entries.length, order);
  return "cycle" in row ? entries : row.order.flatMap((i) => entries[i] ?? []);
}
