import type { CostMatrix } from "./cost-matrix.ts";
import type { Terms } from "./terms.ts";

/**
 * The persons of one bidder: what they ask, what they believe the prices to be, and what they hold.
 *
 * Persons bid one after the other on the prices as their fellows have raised them (Gauss-Seidel); bidders bid side
 * by side (Jacobi). This is the block auction of D. P. Bertsekas and D. A. Castañon, "Parallel synchronous and
 * asynchronous implementations of the auction algorithm", Parallel Computing 17, 1991. Prices only rise within
 * a phase, so bids that were computed on old prices keep every winner within `epsilon` of its best.
 */
export interface Block {
  readonly persons: number;
  readonly objects: number;
  /** In parts, row by row; `stride` cells from one row to the next, 0 when all persons share one. */
  readonly costs: Float64Array;
  readonly stride: number;
  /** By object, in parts. */
  readonly prices: Float64Array;
  /** By person; -1: none. */
  readonly objectOf: Int32Array;
  /** By object; -1: none of this block. */
  readonly personOf: Int32Array;
  /** Persons without an object, the next to bid last. */
  readonly waiting: number[];
  /** Added to a person's number for where it begins to look, so that those who are indifferent choose differently. */
  readonly offset: number;
}

/** What the auctioneer asks of a block in one round. */
export interface Call {
  /** It is the first of this block. */
  readonly isFirst: boolean;
  /** By how much a bid goes beyond the bidder's margin, parts. */
  readonly epsilon: number;
  /** A phase begins: who is no longer within `epsilon` of its best gives up what it holds. */
  readonly begins: boolean;
  /** What has changed since the last call: object, price, object, price, ... */
  readonly prices: readonly number[];
  /** Objects of this block that others have outbid it for. */
  readonly lost: readonly number[];
}

/** What a block answers. */
export interface Bids {
  /** Objects given up because a phase began. */
  readonly released: readonly number[];
  /** Object, price, object, price, ...: the last bid of the block for each. */
  readonly offers: readonly number[];
  /** Bids made among its own persons on the way. */
  readonly bids: number;
}

/** Most costs that a block looks at in one call, so that its thread is soon free again: some 20 ms. */
const mostLooks = 1e7;

/** @param first number of its first person among those of all bidders */
export function openBlock(matrix: CostMatrix, terms: Terms, first: number): Block {
  const { rows, columns, cells } = matrix;
  const { objects, least, scale, absent = 0 } = terms;
  const costs = new Float64Array(rows * objects);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const cost = cells[row * columns + column] as number;
      costs[row * objects + column] =
        cost === Number.POSITIVE_INFINITY ? absent : (cost - least) * scale;
    }
  }
  return emptyHanded(rows, costs, objects, objects, first);
}

/** Persons that do nothing, whatever they hold: as many as make up for the agents that are fewer than the tasks. */
export function openIdleBlock(persons: number, { objects }: Terms, first: number): Block {
  return emptyHanded(persons, new Float64Array(objects), 0, objects, first);
}

function emptyHanded(
  persons: number,
  costs: Float64Array,
  stride: number,
  objects: number,
  offset: number,
): Block {
  return {
    persons,
    objects,
    costs,
    stride,
    prices: new Float64Array(objects),
    objectOf: new Int32Array(persons).fill(-1),
    personOf: new Int32Array(objects).fill(-1),
    waiting: Array.from({ length: persons }, (_, index) => persons - 1 - index),
    offset,
  };
}

/** Takes in what has happened, lets every person bid that has nothing, and says for what at which price. */
export function bid(block: Block, call: Call): Bids {
  const { prices, personOf, objectOf, waiting } = block;
  takePrices(block, call.prices);
  for (const object of call.lost) {
    const person = personOf[object] ?? -1;
    if (person < 0) continue;
    personOf[object] = -1;
    objectOf[person] = -1;
    waiting.push(person);
  }
  const released = call.begins ? release(block, call.epsilon) : [];
  const raised = new Set<number>();
  const limit = Math.max(1, Math.floor(mostLooks / block.objects));
  const bids = bidInTurn(block, call.epsilon, limit, raised);
  const offers: number[] = [];
  for (const object of raised) offers.push(object, prices[object] as number);
  return { released, offers, bids };
}

/** What came of the auction for each person of a block, in parts. */
export interface Appraisal {
  /** What it holds; -1: nothing yet. */
  readonly objects: readonly number[];
  /** What it asks for that, without the price. */
  readonly costs: readonly number[];
  /** The least of cost and price over all objects. Together with the prices these bound every assignment from below. */
  readonly outlays: readonly number[];
}

/** What the persons have come to at the final prices. */
export function appraise(block: Block, prices: readonly number[]): Appraisal {
  takePrices(block, prices);
  const { costs, stride, objectOf } = block;
  const objects = [...objectOf];
  return {
    objects,
    costs: objects.map((object, person) => costs[person * stride + object] ?? 0),
    outlays: objects.map((_, person) => leastOutlay(block, person)),
  };
}

function takePrices({ prices }: Block, changes: readonly number[]): void {
  for (let at = 0; at + 1 < changes.length; at += 2) {
    prices[changes[at] as number] = changes[at + 1] as number;
  }
}

function leastOutlay({ costs, prices, stride, objects }: Block, person: number): number {
  const base = person * stride;
  let least = Number.POSITIVE_INFINITY;
  for (let object = 0; object < objects; object += 1) {
    const outlay = (costs[base + object] as number) + (prices[object] as number);
    if (outlay < least) least = outlay;
  }
  return least;
}

/** Who is further than `epsilon` from its best gives up its object, at the price that it has. */
function release(block: Block, epsilon: number): readonly number[] {
  const { costs, prices, stride, personOf, objectOf, waiting } = block;
  const released: number[] = [];
  for (let person = 0; person < block.persons; person += 1) {
    const object = objectOf[person] as number;
    if (object < 0) continue;
    const outlay = (costs[person * stride + object] as number) + (prices[object] as number);
    if (outlay <= leastOutlay(block, person) + epsilon) continue;
    objectOf[person] = -1;
    personOf[object] = -1;
    waiting.push(person);
    released.push(object);
  }
  return released;
}

function bidInTurn(block: Block, epsilon: number, limit: number, raised: Set<number>): number {
  const { costs, prices, stride, objects, personOf, objectOf, waiting, offset } = block;
  let bids = 0;
  while (bids < limit) {
    const person = waiting.pop();
    if (person === undefined) break;
    const base = person * stride;
    const start = (person + offset) % objects;
    let least = Number.POSITIVE_INFINITY;
    let next = Number.POSITIVE_INFINITY;
    let choice = start;
    let until = objects;
    let object = start;
    for (let half = 0; half < 2; half += 1) {
      for (; object < until; object += 1) {
        const outlay = (costs[base + object] as number) + (prices[object] as number);
        if (outlay >= next) continue;
        if (outlay < least) {
          next = least;
          least = outlay;
          choice = object;
        } else next = outlay;
      }
      object = 0;
      until = start;
    }
    // With one object there is no second best to go by.
    const margin = next === Number.POSITIVE_INFINITY ? 0 : next - least;
    prices[choice] = (prices[choice] as number) + margin + epsilon;
    raised.add(choice);
    const before = personOf[choice] as number;
    if (before >= 0) {
      objectOf[before] = -1;
      waiting.push(before);
    }
    personOf[choice] = person;
    objectOf[person] = choice;
    bids += 1;
  }
  return bids;
}
