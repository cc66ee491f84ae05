import type { GoalEvent } from "@troupe/goals";
import type { Progress } from "./progress.ts";
import { counted, formatDuration, formatShare } from "./quantity.ts";
import { labelOf, listed } from "./task-label.ts";
import { padStart, printable } from "./text.ts";

/**
 * One decision as one plain line, for logs and pipes.
 *
 * @param progress the goal with this decision taken into account
 */
export function eventLine({ at, record }: GoalEvent, progress: Progress): string {
  const { state } = progress;
  const label = (id: string): string => labelOf(id, state.tasks);
  const elapsed = padStart(((at - state.acceptedAt) / 1000).toFixed(2), 8);
  const say = (verb: string, rest: string): string =>
    `${elapsed} s  ${verb.padEnd(11)} ${rest}`.trimEnd();
  switch (record.type) {
    case "accepted":
      return say("accepted", `goal ${state.id} (${printable(state.goal.kind)}) by ${record.node}`);
    case "resumed": {
      const why = record.sequence === undefined ? ": the node before it is gone" : "";
      return say("resumed", `by ${record.node}${why}`);
    }
    case "suspended":
      return say("asleep", "until people have answered");
    case "task-dropped":
      return say(record.outcome, `${label(record.task)}, because of ${label(record.because)}`);
    case "approval-requested":
      return say("asks", `${label(record.task)}: ${printable(record.question)}`);
    case "approval-given": {
      const note = record.note === undefined ? "" : `: ${printable(record.note)}`;
      const verb = record.approved ? "approved" : "rejected";
      return say(verb, `${label(record.task)} by ${printable(record.by)}${note}`);
    }
    case "compensating":
      return say(
        "undoing",
        `${counted(record.tasks.length, "task")} before the goal ends as ${record.outcome}`,
      );
    case "awarded":
      return say(
        "awarded",
        `${lot(record.tasks.map(label))} to ${record.winner}${priceOf(record)}${record.attempt > 1 ? `, attempt ${record.attempt}` : ""}`,
      );
    case "task-done":
      return say("done", `${label(record.task)} in ${formatDuration(record.durationMs)}`);
    case "task-failed": {
      const { classified, error, answer } = record;
      const after = {
        retry: "it is tried again",
        replan: "the plan is repaired",
        "give-up": "no other way",
      };
      // A class that says nothing, and its strategy, explain nothing either.
      const { class: kind, strategy } = classified;
      const as = kind === "unknown" ? "" : `${kind}, ${strategy}: `;
      return say(
        "task failed",
        `${label(record.task)}: ${printable(error.message)} (${as}${after[answer]})`,
      );
    }
    case "deliberated":
      return say(
        "agreed",
        `${counted(record.proposals.length, "analyst")}, ${counted(record.votes.length, "vote")}, ${formatShare(record.confidence, 1)} sure`,
      );
    case "conferred": {
      const settled = Object.entries(record.agreement).map(([question, answer]) =>
        printable(`${question}: ${typeof answer === "string" ? answer : JSON.stringify(answer)}`),
      );
      return say(
        "agreed",
        `${listed(settled)}; ${counted(record.votes.length, "vote")}, ${formatShare(record.confidence, 1)} sure`,
      );
    }
    case "planned":
      return say(
        "planned",
        `${counted(record.tasks.length, "task")}, ${record.criticalPath.length} on the critical path, ${formatShare(record.confidence, 1)} likely to succeed as it is`,
      );
    case "replanned": {
      const names = (ids: readonly string[]): string => listed(ids.map(label));
      const changes = [
        ...(record.contingency === undefined
          ? []
          : [`by contingency '${printable(record.contingency)}'`]),
        `kept ${record.kept.length}`,
        ...(record.added.length > 0 ? [`added ${names(record.added)}`] : []),
        ...(record.removed.length > 0 ? [`removed ${names(record.removed)}`] : []),
      ];
      return say("replanned", `${changes.join(", ")}; because ${printable(record.cause)}`);
    }
    case "cancel-requested":
      return say(
        "cancelling",
        `${printable(record.reason)}${record.by === undefined ? "" : `, by ${printable(record.by)}`}`,
      );
    case "finished":
      return say(record.partial === true ? "partial" : "succeeded", `goal ${state.id}`);
    case "failed":
      return say("failed", printable(record.error.message));
    case "cancelled":
      return say("cancelled", printable(record.reason));
    case "expired":
      return say("expired", `goal ${state.id}, ${record.outcome}; its history is removed`);
  }
}

/** Most tasks of a lot that are named. */
const namedTasks = 3;

function lot(tasks: readonly string[]): string {
  if (tasks.length <= namedTasks) return listed(tasks);
  return `${tasks.slice(0, namedTasks).join(", ")} and ${tasks.length - namedTasks} more`;
}

/** Who alone could do it was not asked for a price. */
function priceOf({ price, bids }: Extract<GoalEvent["record"], { type: "awarded" }>): string {
  return bids.length === 0 ? "" : ` at ${price.toFixed(2)} of ${counted(bids.length, "bid")}`;
}
