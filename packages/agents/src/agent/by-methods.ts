import { type Clock, ensureError } from "@troupe/actor";
import type { Learner } from "../reflection/learner.ts";
import type { Job, Tool } from "../tool.ts";
import type { Method } from "./define-agent.ts";

/** Methods of one capability, and what chooses among them. */
export interface Methods {
  readonly methods: Readonly<Record<string, Method>>;
  readonly situation: (input: unknown) => string;
  readonly learner: Learner;
  readonly clock: Clock;
}

/**
 * Does a task by the first of several methods that succeeds, in the order that experience suggests, and
 * learns from how it went. Fails as the last method did.
 */
export function byMethods({ methods, situation, learner, clock }: Methods): Tool["run"] {
  return async (input: unknown, job: Job) => {
    const kind = situation(input);
    const order = await learner.order(kind, Object.keys(methods));
    const tried: { method: string; ok: boolean; durationMs: number }[] = [];
    const began = clock.monotonic();
    const learn = (ok: boolean): Promise<void> =>
      learner.learn({ situation: kind, tried, ok, durationMs: clock.monotonic() - began });
    let failure: unknown;
    for (const name of order) {
      const method = methods[name];
      if (method === undefined) continue;
      const startedAt = clock.monotonic();
      const end = (ok: boolean): void => {
        tried.push({ method: name, ok, durationMs: clock.monotonic() - startedAt });
      };
      try {
        const found = await method(input, job);
        end(true);
        job.span.set({ "troupe.agent.method": name, "troupe.agent.methods_tried": tried.length });
        await learn(true);
        return found;
      } catch (thrown) {
        // Who is told to stop has not failed.
        job.signal.throwIfAborted();
        end(false);
        failure = ensureError(thrown);
      }
    }
    await learn(false);
    throw failure;
  };
}
