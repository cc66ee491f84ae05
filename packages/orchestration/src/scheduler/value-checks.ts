import { InvalidValueError } from "../errors.ts";
import type { GoalSpec, RetryPolicy, TaskSpec } from "./goal-spec.ts";
import type { Resources } from "./resources.ts";
import type { SchedulerSettings } from "./state.ts";

/** @throws InvalidValueError naming the first value of the settings that cannot be */
export function checkSettings(settings: SchedulerSettings): void {
  const { capacity, timeout, grace, patience } = settings;
  checkCapacity(capacity);
  check("settings", "timeout", timeout, isPositive, "a number above 0");
  check("settings", "grace", grace, isAmount, "a number from 0");
  check("settings", "patience", patience, isCount, "a whole number from 0");
}

/** @throws InvalidValueError naming an amount that cannot be */
export function checkCapacity(capacity: Resources): void {
  checkResources("settings", "capacity", capacity);
}

/** @throws InvalidValueError naming the first value of a goal or its tasks that cannot be */
export function checkGoal({ id, share, tasks }: GoalSpec): void {
  check(`goal '${id}'`, "share", share, isPositive, "a number above 0");
  for (const task of tasks) checkTask(task);
}

function checkTask({ id, duration, timeout, speculateAfter, resources, retry }: TaskSpec): void {
  const place = `task '${id}'`;
  check(place, "duration", duration, isAmount, "a number from 0");
  check(place, "timeout", timeout, isPositive, "a number above 0");
  check(place, "speculateAfter", speculateAfter, isPositive, "a number above 0");
  if (resources !== undefined) checkResources(place, "resources", resources);
  if (retry !== undefined) checkRetry(place, retry);
}

function checkRetry(place: string, { limit, delay, factor, longest, jitter }: RetryPolicy): void {
  check(place, "retry.limit", limit, isCount, "a whole number from 0");
  check(place, "retry.delay", delay, isAmount, "a number from 0");
  check(place, "retry.factor", factor, isPositive, "a number above 0");
  check(place, "retry.longest", longest, isAmount, "a number from 0");
  check(place, "retry.jitter", jitter, isShare, "a number from 0 to 1");
}

/** @throws InvalidValueError naming the first amount that is no whole number from 0 */
export function checkResources(place: string, field: string, resources: Resources): void {
  for (const [name, amount] of Object.entries(resources)) {
    check(place, `${field}.${name}`, amount, isCount, "a whole number from 0 (use a smaller unit)");
  }
}

/** @throws InvalidValueError when there is a value, and it is not right */
export function check(
  place: string,
  field: string,
  value: number | undefined,
  isRight: (value: number) => boolean,
  expected: string,
): void {
  if (value !== undefined && !isRight(value)) {
    throw new InvalidValueError(place, field, value, expected);
  }
}

export const isAmount = (value: number): boolean => Number.isFinite(value) && value >= 0;
export const isPositive = (value: number): boolean => Number.isFinite(value) && value > 0;
export const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const isShare = (value: number): boolean => value >= 0 && value <= 1;
