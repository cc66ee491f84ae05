import { InvalidCostsError } from "../../errors.ts";
import type { CostMatrix } from "./cost-matrix.ts";

/** What a bidder tells of itself before the auction: how many agents it stands for, and in which range they ask. */
export interface Entry {
  readonly agents: number;
  /** Lowest and highest cost of an agent for a task that it can do; `least > most` when they can do none. */
  readonly least: number;
  readonly most: number;
  /** Whether there is a task that one of them cannot do. */
  readonly lacking: boolean;
}

/**
 * On what all bidders of one auction compute alike.
 *
 * The auction has as many persons as objects. Where there are more tasks than agents, persons are added that do
 * nothing; where there are fewer, objects that stand for idling. Either costs everybody the same, so that the best
 * assignment of the whole is the best of its real part. Money is counted from the least cost on in parts of
 * `1 / scale`, so that the finest `epsilon`, one part, is below `1 / objects`.
 */
export interface Terms {
  /** Real tasks: the first of the objects. */
  readonly tasks: number;
  /** Tasks and idling. */
  readonly objects: number;
  /** Subtracted from every cost. */
  readonly least: number;
  /** Parts in one unit of cost: `objects + 1`. */
  readonly scale: number;
  /** Widest difference between two costs, in parts. */
  readonly span: number;
  /**
   * What a task costs, in parts, that an agent cannot do: more than any assignment without it can save. Not there when
   * everybody can do everything.
   */
  readonly absent?: number;
}

/** Widest difference of costs in parts: prices then stay below 2^52 and all sums of two are exact. */
export const widestSpan = 2 ** 46;

/**
 * Draws up the terms for the bidders that have entered.
 *
 * @throws InvalidCostsError when the costs are too far apart to compute exactly: `(most - least) * (n + 1)` must be
 *   at most 2^46 for n the larger number of agents and tasks, and about `n` times that much when some
 *   agent cannot do some task; and a whole assignment must be a safe integer
 */
export function drawUpTerms(tasks: number, entries: readonly Entry[]): Terms {
  const agents = entries.reduce((sum, entry) => sum + entry.agents, 0);
  const objects = Math.max(tasks, agents);
  const able = entries.filter(({ least, most }) => least <= most);
  const least = able.length === 0 ? 0 : Math.min(...able.map((entry) => entry.least));
  const most = able.length === 0 ? 0 : Math.max(...able.map((entry) => entry.most));
  const scale = objects + 1;
  const range = most - least;
  const lacking = entries.some((entry) => entry.lacking);
  const span = (lacking ? range * scale + 1 : range) * scale;
  if (span > widestSpan || Math.max(-least, most) * objects > Number.MAX_SAFE_INTEGER) {
    const limit = `the widest range that is exact for ${objects} agents and tasks`;
    const gaps = lacking ? " of which some are missing" : "";
    throw new InvalidCostsError(
      "the whole",
      `costs from ${least} to ${most}${gaps} exceed ${limit}: measure in a coarser unit`,
    );
  }
  return { tasks, objects, least, scale, span, ...(lacking ? { absent: span } : {}) };
}

/** What a bidder enters that stands for these rows. */
export function entryOf({ rows, cells }: CostMatrix): Entry {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  let lacking = false;
  for (let at = 0; at < cells.length; at += 1) {
    const cost = cells[at] as number;
    if (cost === Number.POSITIVE_INFINITY) lacking = true;
    else {
      if (cost < least) least = cost;
      if (cost > most) most = cost;
    }
  }
  const able = least <= most;
  return { agents: rows, least: able ? least : 1, most: able ? most : 0, lacking };
}
