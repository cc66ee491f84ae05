import { type Clock, pause } from "@troupe/actor";
import { defineTool, type Tool } from "@troupe/agents";
import type { TaskType } from "@troupe/orchestration";
import { z } from "zod";
import { approvalType } from "../../goal/task-book.ts";

/** Longest wait of a task, milliseconds. */
const longestWaitMs = 3_600_000;

/** A task that people do: it asks, and what it is answered with decides how the goal goes on. */
export const approvalTaskType: TaskType = {
  type: approvalType,
  purpose: "waits until a person has approved; the goal holds no process meanwhile",
  input: z.strictObject({ question: z.string().min(1).max(2000).optional() }),
};

/** What every node can do for any flow. */
export function basicTools(clock: Clock): readonly Tool[] {
  return [
    defineTool({
      type: "pass",
      purpose: "finds out what it is given: brings results together, or does nothing",
      input: z.unknown(),
      cache: { version: "1" },
      run: async (input) => input,
    }),
    defineTool({
      type: "wait",
      purpose: "lets time pass",
      input: z.strictObject({ ms: z.number().min(0).max(longestWaitMs) }),
      run: async ({ ms }, { signal }) => {
        await pause(clock, ms, signal);
        signal.throwIfAborted();
        return { waitedMs: ms };
      },
    }),
  ];
}
