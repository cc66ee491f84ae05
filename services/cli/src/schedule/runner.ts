import { type Actor, defineActor, defineProtocol, message } from "@troupe/actor";
import { z } from "zod";
import { conductorProtocol } from "./conductor-protocol.ts";
import type { Pace } from "./pace.ts";

/** What runners advertise, and are found by. */
export const runnerCapability = "workflow-runner";

const work = z.object({ run: z.number().int(), ms: z.number().min(0), conductor: z.string() });

/** An actor that takes as long as it is told to. */
export const runnerProtocol = defineProtocol("runner", {
  /** A run that takes so long; it begins when those before it have ended. */
  work: message(work),
  done: message(z.object({})),
});

interface UnderWay extends z.output<typeof work> {
  readonly began: number;
}

/**
 * One worker: busy for the time of one task, then reports its end and how long it really took.
 *
 * @param pace of the process it runs in
 */
export function runner(pace: Pace): Actor<(typeof runnerProtocol)["messages"]> {
  return defineActor(runnerProtocol, (context) => {
    const waiting: z.output<typeof work>[] = [];
    let current: UnderWay | undefined;

    const end = ({ run, ms, conductor, began }: UnderWay): void => {
      const took = Math.max(0, context.clock.monotonic() - began);
      pace.took(ms, took);
      context.ref(conductorProtocol, conductor).tell("finished", { run, ms: took });
    };
    const next = (): void => {
      current = undefined;
      for (let asked = waiting.shift(); asked !== undefined; asked = waiting.shift()) {
        const began = context.clock.monotonic();
        const delay = pace.delayFor(asked.ms);
        if (delay > 0) {
          current = { ...asked, began };
          return context.timers.once("task", delay, "done", {});
        }
        end({ ...asked, began });
      }
    };
    return {
      work: (asked) => {
        waiting.push(asked);
        if (current === undefined) next();
      },
      done: () => {
        if (current !== undefined) end(current);
        next();
      },
    };
  });
}
