import { type AnyRoutingStrategy, anyOf } from "./strategy.ts";

/** Among how many members the least busy is looked for. */
export interface LeastBusyOptions {
  /**
   * How many members, drawn by chance, are compared for each message. Default: all of them. 2
   * ("power of two choices") is nearly as even and costs the same for any number of members;
   * take it for hundreds, or when many routers share the members and would otherwise all
   * choose the same.
   */
  readonly choices?: number;
}

/**
 * The member with the fewest open asks of this router; among equals, one by chance.
 *
 * Only this router's own asks count: it can't see what others send. A tell goes to the least busy
 * member but adds nothing, since its end is not seen.
 *
 * @throws RangeError when `choices` is not a positive integer
 */
export function leastBusy({ choices }: LeastBusyOptions = {}): AnyRoutingStrategy {
  if (choices !== undefined && !(Number.isInteger(choices) && choices > 0)) {
    throw new RangeError(`leastBusy needs a positive integer of choices, not ${choices}`);
  }
  return ({ random, openAsks }) =>
    (members) => {
      let fewest = Number.POSITIVE_INFINITY;
      let idle: string[] = [];
      const compared =
        choices === undefined || choices >= members.length
          ? members
          : Array.from({ length: choices }, () => anyOf(members, random));
      for (const member of compared) {
        const open = openAsks(member);
        if (open > fewest) continue;
        if (open < fewest) idle = [];
        fewest = open;
        idle.push(member);
      }
      return anyOf(idle, random);
    };
}
