import { fatalFailure } from "./dropped-tasks.ts";
import { hasEnded } from "./phases.ts";
import type { GoalState, PendingRepair } from "./state.ts";

/** Something that the coordinator should do now about the goal as a whole. */
export type Step =
  | { readonly do: "deliberate" }
  | { readonly do: "plan" }
  | { readonly do: "finish" }
  /** Analysts are asked about a failure before the plan is repaired for it. */
  | { readonly do: "confer"; readonly failure: PendingRepair }
  /** Not before the moment that the failure names: whoever takes the step waits until then. */
  | { readonly do: "repair"; readonly failure: PendingRepair }
  | { readonly do: "cancel"; readonly reason: string }
  /** The goal cannot succeed because of a task. */
  | { readonly do: "give-up"; readonly task: string }
  /** The goal ends whichever node takes it up. */
  | { readonly do: "abandon" }
  /** All that was done is undone. */
  | { readonly do: "end-compensation" };

/** What a kind of goal decides about its course. */
export interface Course {
  /** Whether analysts agree on something before the plan is made. */
  readonly deliberates: boolean;
  /** Whether the goal ends as soon as it cannot succeed, instead of doing what still can be done. */
  readonly failFast: boolean;
}

/**
 * How often a goal is taken over, with no task under way and nothing decided in between, before it is
 * abandoned: what it does next ends every node that does it, and would do so for ever. Where a task was
 * awarded the loss is counted as the task's own.
 */
const takeoverLimit = 8;

/**
 * What follows from the decisions so far, beside the work on tasks. Depends on nothing else, so that
 * a coordinator on another node, reading the same journal, goes on with the same step.
 */
export function nextStep(state: GoalState, course: Course): Step | undefined {
  if (state.phase === "unknown" || hasEnded(state)) return undefined;
  const { waiting, awarded, asked } = state.counts;
  const isAllSettled = waiting + awarded + asked === 0;
  const isHopeless = state.takeovers >= takeoverLimit && awarded === 0;
  if (state.phase === "compensating") {
    return isAllSettled || isHopeless ? { do: "end-compensation" } : undefined;
  }
  if (state.cancelRequested !== undefined) return { do: "cancel", reason: state.cancelRequested };
  if (isHopeless) return { do: "abandon" };
  const [failure] = state.pendingRepairs;
  if (failure !== undefined) {
    const isOpen = failure.confers === true && state.conferred?.[failure.task] === undefined;
    return { do: isOpen ? "confer" : "repair", failure };
  }
  const fatal = course.failFast || isAllSettled ? fatalFailure(state) : undefined;
  if (fatal !== undefined) return { do: "give-up", task: fatal.id };
  if (!isAllSettled) return undefined;
  if (state.phase === "analysing") return { do: course.deliberates ? "deliberate" : "plan" };
  return { do: state.phase === "planning" ? "plan" : "finish" };
}
