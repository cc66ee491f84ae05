import { pause } from "@troupe/actor";
import type { ReadModel } from "../model/read-model.ts";
import type { News } from "./schemas.ts";

/** Least time between two messages to a browser, milliseconds: what changes meanwhile is told together. */
const coalesceMs = 300;
/** A message at least this often, milliseconds: browsers and proxies give up on a silent stream. */
const pingMs = 15_000;
/** Goals named in one message. */
const goalLimit = 200;

/**
 * What one browser is told: first where things stand, then each time that something has changed. A browser that
 * reads slowly is told less often, and never holds up more than one message.
 *
 * @returns `undefined` stands for nothing new, so that the stream is not silent
 */
export async function* newsOf(
  model: ReadModel,
  gone: AbortSignal,
): AsyncGenerator<News | undefined> {
  const { changes, goals, ports } = model;
  let revision = changes.revision;
  yield { revision, goals: [] };
  while (!gone.aborted) {
    const patience = new AbortController();
    const cancel = ports.clock.schedule(pingMs, () => patience.abort());
    await changes.after(revision, AbortSignal.any([gone, patience.signal]));
    cancel();
    if (gone.aborted) return;
    if (changes.revision === revision) {
      yield undefined;
      continue;
    }
    const changed = goals.changedAfter(revision, goalLimit);
    revision = changes.revision;
    yield { revision, goals: [...changed] };
    await pause(ports.clock, coalesceMs);
  }
}
