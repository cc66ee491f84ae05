import type { Call } from "./agenda.ts";
import type { State } from "./fact-table.ts";
import { hashTuple, join } from "./hashing.ts";

/** Knot tasks that are open above a call, each with the facts in which it was opened. */
export interface Openings {
  readonly a: number;
  readonly b: number;
  readonly above: Openings | undefined;
}

/** The openings that hold for the parts of a call that is decomposed in these facts. */
export function openingsWithin(call: Call, state: State): Openings | undefined {
  if (call.symbol.kind !== "task" || !call.symbol.knot) return call.openings;
  return { ...openingOf(call, state), above: call.openings };
}

/** The same task open in the same facts above the call, if it is more than `allowed` times. */
export function openedBefore(call: Call, state: State, allowed: number): Openings | undefined {
  const { a, b } = openingOf(call, state);
  let count = 0;
  for (let each = call.openings; each !== undefined; each = each.above) {
    if (each.a === a && each.b === b && ++count > allowed) return each;
  }
  return undefined;
}

/** What makes two openings the same: task, arguments and facts. */
export function openingOf({ symbol, args }: Call, state: State): Pick<Openings, "a" | "b"> {
  return {
    a: join(hashTuple(state.a, symbol.id, args), state.b),
    b: join(hashTuple(state.b, symbol.id, args), state.a),
  };
}
