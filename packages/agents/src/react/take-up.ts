import { retryFenced } from "@troupe/actor";
import { openTrail } from "../trail/trail.ts";
import type { AgentPorts, AgentSpec, AgentTask } from "./agent-spec.ts";

export type Trail = Awaited<ReturnType<typeof openTrail>>;

/** How often it is tried to take up a run that others append to. */
const takeUpTries = 5;

/**
 * Opens the trail of a run and makes it this one's: who had it before can add nothing more.
 *
 * @throws FencedError when others take it up at the same time, again and again
 */
export async function takeUp(
  { name: agent, experience }: AgentSpec,
  ports: AgentPorts,
  { job, input }: AgentTask,
  depth: number,
): Promise<Trail> {
  return retryFenced(
    async () => {
      const trail = await openTrail({ ...ports, goal: job.goal, task: job.task });
      if (trail.state.end !== undefined) return trail;
      if (trail.state.begun) await trail.append({ type: "resumed" });
      else {
        const habits = await experience?.habits();
        const known = habits === undefined ? {} : { habits };
        await trail.append({ type: "began", agent, depth, input, ...known });
      }
      return trail;
    },
    { tries: takeUpTries },
  );
}
