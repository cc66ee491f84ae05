import { type AnyRoutingStrategy, anyOf } from "./strategy.ts";

/**
 * Each member in turn, in the order of addresses.
 *
 * The first is chosen by chance, so that many routers don't all begin with the same. The turn is
 * kept by address, not by position: members that come or go make nobody miss a turn.
 */
export function roundRobin(): AnyRoutingStrategy {
  return ({ random }) => {
    let last: string | undefined;
    return (members) => {
      const after = last;
      last =
        after === undefined
          ? anyOf(members, random)
          : (members.find((member) => member > after) ?? (members[0] as string));
      return last;
    };
  };
}
