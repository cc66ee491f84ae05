import {
  atomText,
  type Condition,
  conditionText,
  substituteCondition,
  type Task,
} from "../domain/condition.ts";
import type { Blockage } from "../plan/problem.ts";
import type { Call, Guard } from "./agenda.ts";
import { furthestFailure } from "./binding-cursor.ts";
import type { Program } from "./binding-program.ts";
import type { Frame } from "./compiled-condition.ts";
import { type CompiledProblem, frameFor } from "./compiled-problem.ts";
import type { State } from "./fact-table.ts";
import type { Symbols } from "./symbols.ts";

/** Where a search got stuck, kept small: explained only when it turns out to be the furthest. */
export type Stuck =
  | { readonly kind: "call"; readonly call: Call; readonly state: State; readonly steps: number }
  | { readonly kind: "guard"; readonly guard: Guard; readonly steps: number }
  | { readonly kind: "refused" | "loop"; readonly call: Call; readonly steps: number }
  | {
      readonly kind: "goal";
      readonly condition: Condition;
      readonly steps: number;
      /** Whether all tasks were accomplished, or some were left that could not help. */
      readonly ended: boolean;
    };

/** Says which task or method failed on which condition. */
export function explain(stuck: Stuck, problem: CompiledProblem): Blockage {
  const afterSteps = stuck.steps;
  const after = `after ${afterSteps} ${afterSteps === 1 ? "step" : "steps"}`;
  if (stuck.kind === "goal") {
    const { condition } = stuck;
    const text = stuck.ended
      ? `all tasks were accomplished ${after}, but the goal was not: ${conditionText(condition)}`
      : `nothing left to do ${after} can bring about the goal: ${conditionText(condition)}`;
    return { kind: "goal", condition, afterSteps, text };
  }
  const call = stuck.kind === "guard" ? stuck.guard.call : stuck.call;
  const task: Task = [call.symbol.name, ...problem.symbols.names(call.args)];
  const name = atomText(task);
  switch (stuck.kind) {
    case "refused":
      return { kind: "refused", task, afterSteps, text: `${name} ${after} is not to be used` };
    case "loop":
      return { kind: "loop", task, afterSteps, text: `${name} ${after} leads only back to itself` };
    case "guard": {
      const text = `${name} ${after} can no longer be done by method '${stuck.guard.method}'`;
      return { kind: "no-method", task, afterSteps, text };
    }
  }
  const { symbol, args } = call;
  if (symbol.kind === "action") {
    const found = furthestFailure(symbol.program, stuck.state, [...args]);
    const { slots } = symbol.scope;
    const condition = named(symbol.program, found?.source ?? -1, [...args], slots, problem.symbols);
    const text = `action ${name} ${after} needs ${wording(condition)}`;
    return { kind: "condition", task, condition, afterSteps, text };
  }
  let best:
    | { method: string; condition: Condition; depth: number; pulled: string | undefined }
    | undefined;
  for (const method of symbol.methods) {
    const frame = frameFor(method, args);
    if (frame === undefined) continue;
    const found = furthestFailure(method.program, stuck.state, frame);
    if (found === undefined) continue;
    const depth = found.frame.filter((value) => value >= 0).length;
    if (best !== undefined && best.depth >= depth) continue;
    const own = method.method.preconditions.length;
    best = {
      method: method.method.name,
      condition: named(
        method.program,
        found.source,
        found.frame,
        method.scope.slots,
        problem.symbols,
      ),
      depth,
      pulled: found.source < own ? undefined : method.pulled[found.source - own]?.from,
    };
  }
  if (best === undefined) {
    return {
      kind: "no-method",
      task,
      afterSteps,
      text: `task ${name} ${after} has no method that fits`,
    };
  }
  const { method, condition, pulled } = best;
  const why = pulled === undefined ? "" : ` for its subtask '${pulled}'`;
  const text = `task ${name} ${after}: method '${method}' needs ${wording(condition)}${why}`;
  return { kind: "condition", task, method, condition, afterSteps, text };
}

/** The condition with the names of the objects bound so far. */
function named(
  program: Program,
  source: number,
  frame: Frame,
  slots: ReadonlyMap<string, number>,
  symbols: Symbols,
): Condition {
  const condition = program.conditions[source] ?? { and: [] };
  const binding = new Map<string, string>();
  for (const [variable, slot] of slots) {
    const value = frame[slot] ?? -1;
    if (value >= 0) binding.set(variable, symbols.name(value));
  }
  return substituteCondition(condition, binding);
}

/** An empty conjunction stands for the types of the parameters. */
function wording(condition: Condition): string {
  const types = !Array.isArray(condition) && "and" in condition && condition.and.length === 0;
  return types ? "arguments of other types" : conditionText(condition);
}

/** Everything that was tried led back to what had been tried. */
export const unexplained = {
  kind: "no-method",
  task: [""],
  afterSteps: 0,
  text: "every decomposition leads back to itself",
} as const;
