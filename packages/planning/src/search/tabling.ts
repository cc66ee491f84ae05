import type { Call, Entry } from "./agenda.ts";
import { BindingCursor } from "./binding-cursor.ts";
import type { Frame } from "./compiled-condition.ts";
import { type CompiledMethod, frameFor } from "./compiled-problem.ts";
import type { State } from "./fact-table.ts";
import type { Deed, Turns } from "./search-types.ts";

/** Names of executed steps that already stand for calls. */
interface Reused {
  /** An executed step, or a task that goes on as it was begun. */
  readonly step: string;
  readonly isTask?: true;
  readonly before: Reused | undefined;
}

/** All that the future depends on, besides what is left to do. */
export interface Situation {
  readonly state: State;
  readonly reused: Reused | undefined;
  /** Whether a new action was applied (1), and whether one changed the facts (2). */
  readonly fresh: 0 | 1 | 2;
  readonly steps: number;
}

/** What of a situation is not facts, as a number; 0 for a new plan. */
export function situationHash({ reused, fresh }: Pick<Situation, "reused" | "fresh">): number {
  let steps = 0;
  let tasks = 0;
  for (let each = reused; each !== undefined; each = each.before) {
    if (each.isTask === true) tasks++;
    else steps++;
  }
  return (tasks * 65_537 + steps) * 3 + fresh;
}

/** Items between two pauses. */
const itemsPerTurn = 256;

/** What tabling needs from the search. */
export interface TablingPorts {
  readonly ways: (
    at: Situation,
    action: Call,
  ) => readonly (Situation & { readonly deeds: Deed | undefined })[];
  readonly children: (call: Call, method: CompiledMethod, frame: Frame) => readonly Call[];
  /** Whether time is up. */
  readonly expired: () => boolean;
  /** Counts one node and says whether a limit is reached. */
  readonly spent: () => "nodes" | "time" | undefined;
  /** Told of each end that all entries can come to. True ends the tabling. */
  readonly reached: (end: Situation, deeds: Deed | undefined) => boolean;
}

/** How one entry was done. */
type Part =
  | { readonly kind: "deed"; readonly deed: Deed }
  | { readonly kind: "outcome"; readonly outcome: Outcome };

/** One way a task can end, and how. Refers only to outcomes that were known before. */
interface Outcome {
  readonly end: Situation;
  readonly method: CompiledMethod | undefined;
  readonly frame: Frame;
  readonly parts: Parts | undefined;
}

/** Parts so far, latest first. */
interface Parts {
  readonly part: Part;
  readonly before: Parts | undefined;
}

/** All that a task begun in one situation can come to. */
interface Table {
  readonly outcomes: Outcome[];
  readonly known: Set<string>;
  readonly waiting: Item[];
}

/** A row of entries done up to some point. */
interface Item {
  readonly table: Table;
  readonly method: CompiledMethod | undefined;
  readonly frame: Frame;
  readonly entries: readonly Entry[];
  readonly done: number;
  readonly at: Situation;
  readonly parts: Parts | undefined;
}

/**
 * Finds out what a row of tasks can come to by keeping, for each task and situation, a table of all its ends.
 *
 * A task that contains itself waits for its own table instead of being decomposed again, so this ends for
 * every recursion over finitely many facts, and finds a plan if there is one. It explores everything in breadth,
 * which is why it is the fallback and not the search.
 */
export class Tabling {
  readonly #ports: TablingPorts;
  readonly #tables = new Map<string, Table>();
  readonly #items: Item[] = [];

  constructor(ports: TablingPorts) {
    this.#ports = ports;
  }

  /** @returns the limit that ended it, if any */
  *run(start: Situation, entries: readonly Entry[]): Turns<"nodes" | "time" | undefined> {
    const top: Table = { outcomes: [], known: new Set(), waiting: [] };
    const { state, reused, fresh, steps } = start;
    this.#items.push({
      table: top,
      method: undefined,
      frame: [],
      entries,
      done: 0,
      at: { state, reused, fresh, steps },
      parts: undefined,
    });
    let told = 0;
    for (let next = 0; next < this.#items.length; next++) {
      const limit = this.#ports.spent();
      if (limit !== undefined) return limit;
      if (next % itemsPerTurn === itemsPerTurn - 1) {
        const ended = yield;
        if (ended !== undefined) return ended;
      }
      const item = this.#items[next];
      if (item !== undefined) this.#advance(item);
      for (; told < top.outcomes.length; told++) {
        const outcome = top.outcomes[told];
        if (outcome === undefined) continue;
        if (this.#ports.reached(outcome.end, this.#deeds(outcome, entries))) return undefined;
      }
    }
    return undefined;
  }

  #advance(item: Item): void {
    const entry = item.entries[item.done];
    if (entry === undefined) return this.#complete(item);
    if (entry.kind === "guard") {
      if (!entry.test(item.at.state, [])) return;
      const deed: Deed = { kind: "pass", task: entry.task, before: undefined };
      return this.#follow(item, item.at, { kind: "deed", deed });
    }
    if (entry.symbol.kind === "action") {
      for (const way of this.#ports.ways(item.at, entry)) {
        const { state, reused, fresh, steps, deeds } = way;
        if (deeds === undefined) continue;
        this.#follow(item, { state, reused, fresh, steps }, { kind: "deed", deed: deeds });
      }
      return;
    }
    const table = this.#tableOf(entry, entry.symbol.methods, item.at);
    table.waiting.push(item);
    for (const outcome of [...table.outcomes]) {
      this.#follow(item, outcome.end, { kind: "outcome", outcome });
    }
  }

  #follow(item: Item, at: Situation, part: Part): void {
    const steps = part.kind === "deed" && part.deed.kind === "step" ? item.at.steps + 1 : at.steps;
    this.#items.push({
      ...item,
      done: item.done + 1,
      at: { ...at, steps },
      parts: { part, before: item.parts },
    });
  }

  #complete({ table, method, frame, at, parts }: Item): void {
    const key = situationKey(at);
    if (table.known.has(key)) return;
    table.known.add(key);
    const outcome: Outcome = { end: at, method, frame, parts };
    table.outcomes.push(outcome);
    for (const waiting of [...table.waiting]) {
      this.#follow(waiting, at, { kind: "outcome", outcome });
    }
  }

  #tableOf(call: Call, methods: readonly CompiledMethod[], at: Situation): Table {
    const key = `${call.symbol.id} ${call.args.join(" ")} ${call.reuse} ${situationKey(at)}`;
    const known = this.#tables.get(key);
    if (known !== undefined) return known;
    const table: Table = { outcomes: [], known: new Set(), waiting: [] };
    this.#tables.set(key, table);
    for (const method of methods) {
      const frame = frameFor(method, call.args);
      if (frame === undefined) continue;
      const cursor = new BindingCursor(method.program, at.state, frame, this.#ports.expired);
      while (cursor.next()) {
        const own = [...cursor.frame];
        const entries = this.#ports.children(call, method, own);
        this.#items.push({ table, method, frame: own, entries, done: 0, at, parts: undefined });
      }
    }
    return table;
  }

  /** The deeds of an outcome; every use of a table's outcome gets calls of its own. */
  #deeds(outcome: Outcome, entries: readonly Entry[]): Deed | undefined {
    let latest: Deed | undefined;
    const stack: { readonly entry: Entry; readonly part: Part }[] = [];
    const push = (of: Outcome, under: readonly Entry[]) => {
      let i = under.length;
      for (let each = of.parts; each !== undefined; each = each.before) {
        const entry = under[--i];
        if (entry !== undefined) stack.push({ entry, part: each.part });
      }
    };
    push(outcome, entries);
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const { entry, part } = top;
      if (part.kind === "deed") {
        const { deed } = part;
        if (deed.kind === "pass") latest = { ...deed, before: latest };
        else if (entry.kind === "call") latest = { ...deed, call: entry, before: latest };
        continue;
      }
      const { method, frame } = part.outcome;
      if (method === undefined || entry.kind !== "call") continue;
      const children = this.#ports.children(entry, method, frame);
      latest = { kind: "decompose", call: entry, method, frame, children, before: latest };
      push(part.outcome, children);
    }
    return latest;
  }
}

function situationKey(at: Situation): string {
  return `${at.state.a} ${at.state.b} ${situationHash(at)}`;
}
