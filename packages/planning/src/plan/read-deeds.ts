import type { CompiledProblem } from "../search/compiled-problem.ts";
import type { Deed } from "../search/search-types.ts";
import type { DraftStep } from "./draft.ts";
import type { PlanTask } from "./plan.ts";

/** Gives out identifiers that were never given before. */
export class Names {
  readonly #taken: Set<string>;
  readonly #next = new Map<string, number>();

  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  /** The name itself, or with the first free number. */
  take(name: string): string {
    let number = this.#next.get(name) ?? 1;
    let id = number === 1 ? name : `${name}-${number}`;
    while (this.#taken.has(id)) id = `${name}-${++number}`;
    this.#next.set(name, number + 1);
    this.#taken.add(id);
    return id;
  }
}

/** A search's deeds as steps and tasks with names. */
export interface ReadDeeds {
  /** Steps that the search added or took over, in order. */
  readonly steps: readonly DraftStep[];
  readonly decomposition: readonly PlanTask[];
  /** Name of each call, by its number. */
  readonly nameOf: ReadonlyMap<number, string>;
  /** How many steps lie before each task of the earlier plan that was passed. */
  readonly passed: ReadonlyMap<string, number>;
}

/** Names from an earlier plan. */
export interface EarlierNames {
  /** Of tasks, by number of the call. */
  readonly task?: ReadonlyMap<number, string>;
  /** Of a step that does the same and has not begun, taken out of those there are. */
  readonly step?: (action: string, args: readonly string[]) => string | undefined;
}

/** @param before steps that lie before the first one here */
export function readDeeds(
  deeds: readonly Deed[],
  problem: CompiledProblem,
  names: Names,
  before: number,
  earlier: EarlierNames = {},
): ReadDeeds {
  const steps: DraftStep[] = [];
  const nameOf = new Map<number, string>();
  const open: { readonly deed: Extract<Deed, { kind: "decompose" }>; readonly at: number }[] = [];
  const passed = new Map<string, number>();
  for (const deed of deeds) {
    if (deed.kind === "pass") {
      passed.set(deed.task, before + steps.length);
      continue;
    }
    const { call } = deed;
    const args = problem.symbols.names(call.args);
    const { name } = call.symbol;
    if (deed.kind === "reuse") nameOf.set(call.id, deed.step);
    else if (deed.kind === "step") {
      const id = call.keep ?? earlier.step?.(name, args) ?? names.take(name);
      nameOf.set(call.id, id);
      steps.push({ id, action: name, args });
    } else {
      nameOf.set(call.id, earlier.task?.get(call.id) ?? names.take(name));
      open.push({ deed, at: deed.decidedAt ?? before + steps.length });
    }
  }
  const decomposition = open.map(({ deed, at }): PlanTask => {
    const { call, method, frame, children } = deed;
    return {
      id: nameOf.get(call.id) ?? "",
      task: call.symbol.name,
      args: problem.symbols.names(call.args),
      method: method.method.name,
      binding: Object.fromEntries(
        method.method.parameters.map((each) => [
          each.name,
          problem.symbols.name(frame[method.scope.slot(each.name)] ?? -1),
        ]),
      ),
      children: children.map((each) => nameOf.get(each.id) ?? ""),
      at,
    };
  });
  return { steps, decomposition, nameOf, passed };
}
