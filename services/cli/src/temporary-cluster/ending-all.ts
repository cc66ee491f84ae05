import type { Io } from "../io.ts";
import { Undo } from "../up/undo.ts";

/** Does something that begins things, and ends them in any case. What cannot be ended is said on standard error. */
export async function endingAll<T>(io: Io, act: (undo: Undo) => Promise<T>): Promise<T> {
  const undo = new Undo();
  try {
    return await act(undo);
  } finally {
    // What came of it matters more than how well it was cleared away.
    await undo.run().catch((error: AggregateError) => {
      for (const { message } of error.errors) io.err.write(`troupe: while stopping: ${message}\n`);
    });
  }
}
