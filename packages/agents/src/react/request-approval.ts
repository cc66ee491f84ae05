import { z } from "zod";
import { ApprovalNeededError } from "../errors.ts";
import { defineTool, type Job, type Tool } from "../tool.ts";
import type { Step } from "./step.ts";

const approvalAction = "request_approval";

/**
 * Asks a person. Until the answer is there the run holds nothing: it has ended with the question, and
 * is begun again, wherever, once the goal has the answer.
 *
 * @param steps what the agent has done: so many of its questions are answered
 */
export function askTool(
  agent: string,
  { approvals = [] }: Job,
  steps: () => readonly Step[],
): Tool {
  return defineTool({
    type: approvalAction,
    purpose: "asks a person for approval, and waits for the answer, days if need be",
    input: z.strictObject({ question: z.string().min(1).max(2000) }),
    run: async ({ question }) => {
      const asked = steps().filter(({ action }) => action === approvalAction).length;
      const answer = approvals[asked];
      if (answer === undefined) throw new ApprovalNeededError(agent, question);
      return answer;
    },
  }) as Tool;
}
