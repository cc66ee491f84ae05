import { type Actor, defineActor } from "@troupe/actor";
import { openGoalJournal } from "../goal/journal.ts";
import { type CoordinatorMessages, coordinatorProtocol } from "./protocol.ts";
import { type CoordinatorOptions, Pursuit } from "./pursuit.ts";

/** How often the workers of running tasks are asked how they are, milliseconds. */
const inspectionMs = 2000;

/**
 * Pursues one goal: does what follows from its journal, and records each decision there before
 * anything acts on it. It keeps nothing else of worth, so another coordinator goes on from the
 * journal when this one is lost; a fence on every append stops the one that was taken over.
 */
export function coordinator(options: CoordinatorOptions): Actor<CoordinatorMessages> {
  return defineActor(
    coordinatorProtocol,
    async (context) => {
      const { journal: store, goal, archive } = options;
      const journal = await openGoalJournal(store, goal, context.clock, archive);
      const pursuit = new Pursuit(context, journal, options);
      pursuit.leaveIfTakenOver();
      context.timers.every("inspection", inspectionMs, "inspect", {});
      context.self.tell("advance", {});
      return {
        advance: () => pursuit.guard(() => pursuit.advance()),
        wake: () => pursuit.guard(() => pursuit.wake()),
        store: () => pursuit.guard(() => pursuit.store()),
        inspect: () => pursuit.inspect(),
        tasksEnded: ({ lot, by, ended }) => pursuit.guard(() => pursuit.tasksEnded(lot, by, ended)),
        agentLost: ({ agent, why }) => pursuit.guard(() => pursuit.agentLost(agent, why)),
        cancel: async (asked) => ({ recorded: await pursuit.cancel(asked) }),
        approve: async (answer) => ({ recorded: await pursuit.approve(answer) }),
      };
    },
    { supervision: { strategy: "one-for-one" }, interleave: ["cancel", "approve"] },
  );
}
