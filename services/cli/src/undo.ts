import type { Io } from "./io.ts";

/** What has been begun and must be ended, last first, however the course goes. */
export class Undo {
  readonly #io: Io;
  readonly #steps: (() => void | Promise<void>)[] = [];

  constructor(io: Io) {
    this.#io = io;
  }

  /**
   * @param step ends something in good order
   * @param atOnce ends it without waiting, when a second Ctrl-C comes before `step` is done
   */
  push(step: () => void | Promise<void>, atOnce: () => void = () => {}): void {
    const forget = this.#io.onSecondInterrupt(atOnce);
    this.#steps.push(async () => {
      try {
        await step();
      } finally {
        forget();
      }
    });
  }

  /** Ends everything; a step that fails does not keep the others from being taken. */
  async run(): Promise<void> {
    const errors: unknown[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, "stopping was not clean");
  }
}

/** Does something that begins things, and ends them in any case. What cannot be ended is said on standard error. */
export async function endingAll<T>(io: Io, act: (undo: Undo) => Promise<T>): Promise<T> {
  const undo = new Undo(io);
  try {
    return await act(undo);
  } finally {
    // What came of it matters more than how well it was cleared away.
    await undo.run().catch((error: AggregateError) => {
      for (const { message } of error.errors) io.err.write(`troupe: while stopping: ${message}\n`);
    });
  }
}
