/** First pause before a node that died is started again; each further one within the period doubles. */
export const firstPauseMs = 500;
export const longestPauseMs = 10_000;
/** Most restarts of one node within {@link periodMs}; then it is left alone. */
export const restartLimit = 5;
export const periodMs = 60_000;

/**
 * The pause before a node is started again.
 *
 * @param earlier when it was started again before, monotonic milliseconds, in order
 * @returns `undefined` when it has been restarted too often
 */
export function pauseBeforeRestart(earlier: readonly number[], now: number): number | undefined {
  const recent = earlier.filter((at) => now - at < periodMs).length;
  if (recent >= restartLimit) return undefined;
  return Math.min(longestPauseMs, firstPauseMs * 2 ** recent);
}
