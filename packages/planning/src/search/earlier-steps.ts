import { callKey, type SearchOptions } from "./search-types.ts";
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
  const taken = new Set<string>();
  for (let each = reused; each !== undefined; each = each.before) taken.add(each.step);
  return executed?.get(callKey(action, args))?.find((each) => !taken.has(each));
}
