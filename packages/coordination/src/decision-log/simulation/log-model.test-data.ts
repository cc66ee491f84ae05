import { checkLinearizable, type Model, type Verdict } from "@troupe/testkit";
import type { LogInput, LogOperation, LogOutput } from "./chronicle.ts";

/** A log as its last id, and through it all before. */
interface LogState {
  readonly length: number;
  readonly id: string;
  readonly previous: LogState | undefined;
  readonly key: number;
}

/** A decision log used by one caller at a time: an id is appended once, a read gives all ids in order. */
function logModel(): Model<LogState, LogInput, LogOutput> {
  const successors = new Map<string, LogState>();
  const initial: LogState = { length: 0, id: "", previous: undefined, key: 0 };
  const append = (previous: LogState, id: string): LogState => {
    const name = `${previous.key} ${id}`;
    const known = successors.get(name);
    if (known !== undefined) return known;
    const state = { length: previous.length + 1, id, previous, key: successors.size + 1 };
    successors.set(name, state);
    return state;
  };
  return {
    initial,
    key: ({ key }) => key,
    isReadOnly: ({ kind }) => kind === "read",
    step(state, input, output) {
      if (input.kind === "read") {
        return output === undefined || holds(state, output as readonly string[]) ? [state] : [];
      }
      const known = find(state, input.id);
      const next = known === undefined ? append(state, input.id) : state;
      const index = known?.length ?? next.length;
      return output === undefined || output === index ? [next] : [];
    },
  };
}

function find(state: LogState, id: string): LogState | undefined {
  let at: LogState | undefined = state;
  while (at !== undefined && at.id !== id) at = at.previous;
  return at;
}

function holds(state: LogState, ids: readonly string[]): boolean {
  if (ids.length !== state.length) return false;
  let at: LogState | undefined = state;
  while (at !== undefined && at.length > 0) {
    if (ids[at.length - 1] !== at.id) return false;
    at = at.previous;
  }
  return true;
}

/** Wing and Gong's check, with Lowe's memo, of what clients of a decision log saw. */
export function checkLog(operations: readonly LogOperation[]): Verdict<LogInput, LogOutput> {
  return checkLinearizable(logModel(), operations);
}
