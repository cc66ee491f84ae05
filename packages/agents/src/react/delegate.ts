import { ensureError } from "@troupe/actor";
import { z } from "zod";
import { ApprovalNeededError } from "../errors.ts";
import { defineTool, type Tool } from "../tool.ts";
import type { Above, AgentPorts, AgentSpec } from "./agent-spec.ts";
import type { runAgent } from "./run-agent.ts";

/**
 * Gives parts of the work to agents of the same kind, one level below, all at once. They pay from the
 * purse of the agent above; one that comes to nothing does not keep the others from it.
 *
 * @param run how such an agent is run
 */
export function delegateTool(
  spec: AgentSpec,
  ports: AgentPorts,
  above: Above,
  run: typeof runAgent,
): Tool {
  const { output: _output, experience: _experience, ...below } = spec;
  return defineTool({
    type: "delegate",
    purpose: "gives parts of the work to other agents like you, which work at the same time",
    input: z.strictObject({ tasks: z.array(z.unknown()).min(1).max(spec.limits.maxFanOut) }),
    quality: (found) => {
      const ended = found as readonly { readonly ok: boolean }[];
      return ended.filter(({ ok }) => ok).length / ended.length;
    },
    run: async ({ tasks }, job) => {
      const ended = await Promise.allSettled(
        tasks.map((input, index) => {
          const { approvals: _above, ...rest } = job;
          const own = { ...rest, task: `${job.task}-${index}` };
          return run(below, ports, { job: own, input }, above);
        }),
      );
      job.signal.throwIfAborted();
      return ended.map((end) => {
        if (end.status === "fulfilled") return { ok: true, result: end.value.result };
        const error = ensureError(end.reason);
        const retryable = "retryable" in error && error.retryable === true;
        // The whole step is done again: those that have ended, end the same way.
        if (retryable || !("code" in error)) throw error;
        if (error instanceof ApprovalNeededError) {
          return { ok: false, error: "only the agent that gave the work may ask people" };
        }
        return { ok: false, error: error.message };
      });
    },
  }) as Tool;
}
