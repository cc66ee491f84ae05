/** Something that grows with each change, and that can be waited for: how readers know that there is news. */
export class Changes {
  #revision = 0;
  readonly #waiting = new Set<() => void>();

  /** How many changes there have been. */
  get revision(): number {
    return this.#revision;
  }

  /** Says that something has changed. @returns the new revision */
  tell(): number {
    this.#revision += 1;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
    return this.#revision;
  }

  /** Resolves once the revision is above `revision`, or when `signal` is aborted. */
  async after(revision: number, signal: AbortSignal): Promise<void> {
    if (this.#revision > revision || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener("abort", wake);
    });
  }
}
