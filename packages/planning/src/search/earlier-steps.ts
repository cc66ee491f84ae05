import type { Call } from "./agenda.ts";
import type { Frame } from "./compiled-condition.ts";
import { type CompiledMethod, type CompiledProblem, frameFor } from "./compiled-problem.ts";
import { type Begun, callKey, type SearchOptions } from "./search-types.ts";
import type { Situation } from "./tabling.ts";

/** Whether an action may not be used here, on account of what failed or is banned. */
export function isRefused(
  { banned, barred }: SearchOptions,
  { fresh }: Situation,
  action: string,
  args: () => readonly string[],
  kept: boolean,
): boolean {
  const isBarred =
    barred !== undefined &&
    !kept &&
    fresh < 2 &&
    barred.action === action &&
    args().every((each, i) => each === barred.args[i]);
  return isBarred || banned?.(action, args()) === true;
}

/** An executed step that may stand for the action: nothing new may come before it. */
export function reusableStep(
  { executed }: SearchOptions,
  { fresh, reused }: Situation,
  action: string,
  args: readonly string[],
): string | undefined {
  if (fresh > 0) return undefined;
  const taken = takenOf(reused);
  return executed?.get(callKey(action, args))?.find((each) => !taken.has(each));
}

/**
 * How a task goes on as one that was begun, if one was. What its method and the steps that are executed needed, they
 * needed when they began: it need not be true any more. Nothing new may come before it: that would have come too late.
 */
export function begunWay(
  { begun }: SearchOptions,
  problem: CompiledProblem,
  { fresh, reused }: Situation,
  { symbol, args }: Call,
  methods: readonly CompiledMethod[],
): { readonly begun: Begun; readonly method: CompiledMethod; readonly frame: Frame } | undefined {
  if (begun === undefined || fresh > 0) return undefined;
  const taken = takenOf(reused);
  const { symbols } = problem;
  const known = begun
    .get(callKey(symbol.name, symbols.names(args)))
    ?.find(({ id }) => !taken.has(id));
  const method = methods.find((each) => each.method.name === known?.method);
  const frame = method === undefined ? undefined : frameFor(method, args);
  if (known === undefined || method === undefined || frame === undefined) return undefined;
  for (const [variable, value] of Object.entries(known.binding)) {
    frame[method.scope.slot(variable)] = symbols.object(value);
  }
  return { begun: known, method, frame };
}

function takenOf(reused: Situation["reused"]): ReadonlySet<string> {
  const taken = new Set<string>();
  for (let each = reused; each !== undefined; each = each.before) taken.add(each.step);
  return taken;
}
