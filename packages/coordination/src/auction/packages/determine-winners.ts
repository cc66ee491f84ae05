import type { Space } from "./lot.ts";

/** One thing a bidder would do: a part of the lot, and what it asks for it, an integer. */
export interface PricedPart {
  /** As a number of the lot's `Space`. */
  readonly part: number;
  /** What it asks for it. */
  readonly cost: number;
}

/** A bidder and what it would do: any one of its options, or nothing. */
export interface Bundles {
  readonly bidder: string;
  readonly options: readonly PricedPart[];
}

/** A bidder that does a part of the lot. */
export interface Win extends PricedPart {
  readonly bidder: string;
  /** What it is paid under Vickrey, Clarke and Groves' rule. */
  readonly vickrey: number;
}

/** Who does what at the least total cost. */
export interface Winners {
  readonly wins: readonly Win[];
  /** What the winners ask for, and what it costs to do without the rest. */
  readonly cost: number;
}

/**
 * Exact winner determination: of all ways to give each bidder at most one of its options, without giving anything
 * twice, one of the least total cost, where what nobody does costs its reserve. Among equals, earlier
 * bidders win, and work is bought rather than done without.
 *
 * Payments are Vickrey's (1961), Clarke's (1971) and Groves' (1973): a winner is paid what it asked for plus what
 * the rest would lose without it. Asking for the true costs is then the best strategy whatever the others ask, nobody is
 * paid less than it asks for, and nobody more than the reserve of what it does.
 *
 * Dynamic programming over parts, from both ends so that leaving one bidder out takes no new run: the time grows as
 * `bidders * options * parts`, where there are units + 1 parts, or 2 to the number of items.
 *
 * @param taken a part of the lot that is not given any more
 */
export function determineWinners(space: Space, bidders: readonly Bundles[], taken = 0): Winners {
  const ahead = costsAhead(space, bidders);
  const cost = ahead[0]?.[taken] ?? Number.POSITIVE_INFINITY;
  const wins: Win[] = [];
  let part = taken;
  let before = new Float64Array(space.all + 1).fill(Number.POSITIVE_INFINITY);
  before[taken] = 0;
  for (const [at, { bidder, options }] of bidders.entries()) {
    const after = ahead[at + 1] ?? before;
    const best = bestOption(space, options, after, part);
    if (best !== undefined) {
      const without = before.reduce(
        (least, sofar, where) => Math.min(least, sofar + (after[where] ?? 0)),
        Number.POSITIVE_INFINITY,
      );
      wins.push({ ...best, bidder, vickrey: without - (cost - best.cost) });
      part = space.join(part, best.part) ?? part;
    }
    before = withOneMore(space, before, options);
  }
  return { wins, cost };
}

/**
 * For each number of bidders that are over, what it costs at least to go on to the end from each part that is given
 * by then.
 */
function costsAhead(space: Space, bidders: readonly Bundles[]): readonly Float64Array[] {
  let ahead = Float64Array.from({ length: space.all + 1 }, (_, part) => space.costOfRest(part));
  const made = [ahead];
  for (const { options } of bidders.toReversed()) {
    const after = ahead;
    ahead = after.map((cost, part) => {
      const best = bestOption(space, options, after, part);
      return best === undefined ? cost : costWith(space, best, after, part);
    });
    made.push(ahead);
  }
  return made.toReversed();
}

/** The option that makes it cheaper to go on from this part; undefined when none does. */
function bestOption(
  space: Space,
  options: readonly PricedPart[],
  after: Float64Array,
  part: number,
): PricedPart | undefined {
  let least = after[part] ?? Number.POSITIVE_INFINITY;
  let best: PricedPart | undefined;
  for (const option of options) {
    const cost = costWith(space, option, after, part);
    // At the same cost it is bought rather than done without, and from the earlier bidder.
    if (cost < least || (cost === least && best === undefined)) {
      least = cost;
      best = option;
    }
  }
  return best;
}

function costWith(
  space: Space,
  { part: more, cost }: PricedPart,
  after: Float64Array,
  part: number,
) {
  const joined = space.join(part, more);
  return joined === undefined
    ? Number.POSITIVE_INFINITY
    : cost + (after[joined] ?? Number.POSITIVE_INFINITY);
}

/** The least costs of having given exactly each part, when one more bidder may do one of its options. */
function withOneMore(space: Space, before: Float64Array, options: readonly PricedPart[]) {
  const after = before.slice();
  for (const option of options) {
    for (const [part, cost] of before.entries()) {
      const joined = space.join(part, option.part);
      if (joined === undefined) continue;
      after[joined] = Math.min(after[joined] ?? Number.POSITIVE_INFINITY, cost + option.cost);
    }
  }
  return after;
}
