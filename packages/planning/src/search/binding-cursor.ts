import {
  type Check,
  compareConstant,
  compareSlot,
  type Level,
  type Program,
} from "./binding-program.ts";
import { boundValue, type Frame } from "./compiled-condition.ts";
import type { Rows, State, Tuple } from "./fact-table.ts";

/** Rows between two questions whether time is up. */
const rowsPerCheck = 1 << 15;

/** Goes through the bindings that satisfy a program, one at a time, in a fixed order. */
export class BindingCursor {
  /** The current binding. Copy it to keep it. */
  readonly frame: Frame;
  readonly #program: Program;
  readonly #state: State;
  readonly #rows: Rows[] = [];
  readonly #next: number[] = [];
  readonly #expired: () => boolean;
  #started = false;
  #done = false;
  #looked = 0;

  /**
   * @param frame values of the variables bound beforehand; taken over and changed
   * @param expired asked every many thousand rows; true ends it as if there were no more bindings
   */
  constructor(program: Program, state: State, frame: Frame, expired: () => boolean) {
    this.#program = program;
    this.#state = state;
    this.frame = frame;
    this.#expired = expired;
  }

  /** Moves to the next binding. False when there is none left. */
  next(): boolean {
    if (this.#done) return false;
    const { levels, first } = this.#program;
    const last = levels.length - 1;
    let at = last;
    if (!this.#started) {
      this.#started = true;
      if (!this.#pass(first)) return this.#end();
      if (last < 0) {
        this.#done = true;
        return true;
      }
      at = 0;
      this.#open(0);
    }
    while (at >= 0) {
      if (this.#looked >= rowsPerCheck) {
        this.#looked = 0;
        if (this.#expired()) break;
      }
      if (!this.#advance(at)) at--;
      else if (at === last) return true;
      else this.#open(++at);
    }
    return this.#end();
  }

  #end(): false {
    this.#done = true;
    return false;
  }

  #open(at: number): void {
    const level = this.#program.levels[at];
    if (level === undefined) return;
    const table = level.fixed ?? this.#state.tables[level.predicate];
    const rows =
      level.keyTerm === undefined
        ? table?.all()
        : table?.bucket(boundValue(level.keyTerm, this.frame));
    this.#rows[at] = rows ?? [];
    this.#next[at] = 0;
  }

  #advance(at: number): boolean {
    const level = this.#program.levels[at];
    const rows = this.#rows[at];
    if (level === undefined || rows === undefined) return false;
    let i = this.#next[at] ?? 0;
    let found = false;
    while (!found && i < rows.length) {
      const row = rows[i++];
      found = row !== undefined && take(level, row, this.frame) && this.#pass(level.checks);
    }
    this.#looked += i - (this.#next[at] ?? 0) + 1;
    this.#next[at] = i;
    return found;
  }

  #pass(checks: readonly Check[]): boolean {
    for (const check of checks) if (!check.test(this.#state, this.frame)) return false;
    return true;
  }
}

/** Gives the row's values to the level's variables; false when it contradicts what is bound. */
function take(level: Level, row: Tuple, frame: Frame): boolean {
  const { modes, terms } = level;
  for (let i = 0; i < terms.length; i++) {
    const term = terms[i] ?? 0;
    const value = row[i] ?? -1;
    const mode = modes[i];
    if (mode === compareConstant) {
      if (~term !== value) return false;
    } else if (mode === compareSlot) {
      if (frame[term] !== value) return false;
    } else frame[term] = value;
  }
  return true;
}

/** The condition on which the search for a binding got no further, and the binding at that point. */
export function furthestFailure(
  program: Program,
  state: State,
  frame: Frame,
): { readonly source: number; readonly frame: Frame } | undefined {
  let best: { readonly source: number; readonly frame: Frame; readonly depth: number } | undefined;
  const failed = (source: number, depth: number) => {
    if (best === undefined || depth > best.depth) best = { source, frame: [...frame], depth };
  };
  const pass = (checks: readonly Check[], depth: number): boolean => {
    for (const [i, check] of checks.entries()) {
      if (check.test(state, frame)) continue;
      failed(check.source, depth + (i + 1) / (checks.length + 1));
      return false;
    }
    return true;
  };
  let looked = 0;
  const descend = (at: number): boolean => {
    const level = program.levels[at];
    if (level === undefined) return true;
    const table = level.fixed ?? state.tables[level.predicate];
    const rows =
      (level.keyTerm === undefined
        ? table?.all()
        : table?.bucket(boundValue(level.keyTerm, frame))) ?? [];
    let any = false;
    for (const row of rows) {
      if (looked++ > rowsLookedAt) return false;
      const before = [...frame];
      if (take(level, row, frame)) {
        any = true;
        if (pass(level.checks, at + 1) && descend(at + 1)) return true;
      }
      frame.splice(0, frame.length, ...before);
    }
    if (!any) failed(level.source, at + 1);
    return false;
  };
  if (pass(program.first, 0) && descend(0)) return undefined;
  return best;
}

/** Rows after which the explanation of a failure is good enough. */
const rowsLookedAt = 10_000;
