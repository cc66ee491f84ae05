import type { Budget } from "./budget.ts";
import { Configurations } from "./configurations.ts";
import { EventList } from "./event-list.ts";
import type { History } from "./history.ts";
import type { Model } from "./model.ts";
import type { SearchLimit } from "./verdict.ts";

/** How the search of one partition ended. Operations are given by their index. */
export type SearchResult =
  | { readonly ended: "placed"; readonly order: readonly number[] }
  | { readonly ended: "stuck"; readonly order: readonly number[]; readonly unplaced: number }
  | { readonly ended: "limit"; readonly limit: SearchLimit };

/** An operation that may be placed next, and where it leads. */
interface Candidate<State> {
  readonly call: number;
  readonly state: State;
}

/** A configuration on the path, by the operation placed last, and the ways on not yet tried. */
interface Step<State> {
  /** 0 for the start, where nothing is placed. */
  readonly call: number;
  readonly candidates: readonly Candidate<State>[];
  tried: number;
}

/**
 * Depth-first search for an order of one object's operations (Wing & Gong 1993), each
 * configuration entered once (Lowe 2017).
 */
export function search<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
  budget: Budget,
): SearchResult {
  const events = new EventList(history);
  const configurations = new Configurations<State>(model, history);
  configurations.meet(model.initial);
  const path: Step<State>[] = [
    { call: 0, candidates: candidatesFor(model, history, events, model.initial), tried: 0 },
  ];
  const placed = (): number[] => path.slice(1).map(({ call }) => events.operationOf(call));
  let awaited = history.filter(({ return: returned }) => returned !== undefined).length;
  let stuck = { at: 0, order: [] as readonly number[], unplaced: -1 };

  while (awaited > 0) {
    const step = path.at(-1) as Step<State>;
    const candidate = step.candidates[step.tried];
    if (candidate !== undefined) {
      step.tried += 1;
      const { call, state } = candidate;
      configurations.toggle(events.operationOf(call));
      if (!configurations.meet(state)) {
        configurations.toggle(events.operationOf(call));
        continue;
      }
      const limit = budget.spend();
      if (limit !== undefined) return { ended: "limit", limit };
      events.lift(call);
      if (events.returns(call)) awaited -= 1;
      path.push({ call, candidates: candidatesFor(model, history, events, state), tried: 0 });
      continue;
    }
    const at = events.firstReturn();
    // Events are numbered in time: a later return is progress that more operations need not be.
    if (at > stuck.at || (at === stuck.at && path.length - 1 > stuck.order.length)) {
      stuck = { at, order: placed(), unplaced: events.operationOf(at) };
    }
    path.pop();
    if (path.length === 0) return { ended: "stuck", ...stuck };
    configurations.toggle(events.operationOf(step.call));
    events.unlift(step.call);
    if (events.returns(step.call)) awaited += 1;
  }
  return { ended: "placed", order: placed() };
}

/**
 * What may be placed next: calls before the first return still awaited, the most urgent first.
 *
 * One that only reads is placed at once without alternatives when the state explains it: whatever
 * order has it later is also one with it here.
 */
function candidatesFor<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
  events: EventList,
  state: State,
): readonly Candidate<State>[] {
  const returning: Candidate<State>[] = [];
  const pending: Candidate<State>[] = [];
  for (let call = events.first(); call !== 0 && !events.isReturn(call); call = events.after(call)) {
    const { input, output } = history[events.operationOf(call)] as History<Input, Output>[number];
    if (events.returns(call)) {
      const states = model.step(state, input, output);
      const only = model.isReadOnly?.(input, output) === true;
      for (const next of states) {
        if (only) return [{ call, state: next }];
        returning.push({ call, state: next });
      }
    } else {
      for (const next of model.step(state, input, undefined)) pending.push({ call, state: next });
    }
  }
  returning.sort((one, other) => events.returnOf(one.call) - events.returnOf(other.call));
  return [...returning, ...pending];
}
