/** One operation of a concurrent history, from its call to its return. */
export interface Operation<Input, Output> {
  /** Who called it. It serves the reader of a verdict; the check goes by times alone. */
  readonly process: string | number;
  /** When it was called, in any unit, as long as one clock or counter served the history. */
  readonly call: number;
  /**
   * When it returned. Undefined when its outcome is unknown (the caller crashed or gave up): it may
   * then take effect at any time after its call, or never.
   */
  readonly return?: number | undefined;
  readonly input: Input;
  /**
   * What it returned. Undefined when that is not known, which allows every answer; it is not looked
   * at when the operation never returned.
   */
  readonly output?: Output | undefined;
}

/**
 * Operations in any order. One that is known to have had no effect is left out. A return and a call
 * of the same time count as concurrent, so a counter (as {@link HistoryRecorder} has) finds more
 * than a coarse clock.
 */
export type History<Input, Output> = readonly Operation<Input, Output>[];

/**
 * Refuses times that are no order.
 *
 * @throws RangeError when a time is not finite, or a return is before its call
 */
export function checkTimes(history: History<unknown, unknown>): void {
  for (const [index, { process, call, return: returned = call }] of history.entries()) {
    if (Number.isFinite(call) && Number.isFinite(returned) && returned >= call) continue;
    throw new RangeError(
      `operation ${index} of process ${process} returns at ${returned}, called at ${call}`,
    );
  }
}
