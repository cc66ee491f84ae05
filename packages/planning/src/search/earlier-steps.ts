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
 * A begun task that the task may go on as. What its method and the steps that are executed needed, they needed when
 * they began: it need not be true any more. Nothing new may come before it, since that would have come too late.
 */
export function begunTask(
  { begun }: SearchOptions,
  { fresh, reused }: Situation,
  task: string,
  args: () => readonly string[],
): Begun | undefined {
  if (begun === undefined || fresh > 0) return undefined;
  const taken = takenOf(reused);
  return begun.get(callKey(task, args()))?.find(({ id }) => !taken.has(id));
}

function takenOf(reused: Situation["reused"]): ReadonlySet<string> {
  const taken = new Set<string>();
  for (let each = reused; each !== undefined; each = each.before) taken.add(each.step);
  return taken;
}
