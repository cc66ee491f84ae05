/** Resolves at the next change of what is observed, or when `signal` is aborted. */
export function untilChanged(
  observed: { observe(listener: () => void): () => void },
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const wake = (): void => {
      cancel();
      signal.removeEventListener("abort", wake);
      resolve();
    };
    const cancel = observed.observe(wake);
    signal.addEventListener("abort", wake);
  });
}
