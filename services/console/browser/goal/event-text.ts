import type { GoalRecord } from "@troupe/goals";
import { duration, several } from "../format.ts";

/** What was decided, in a sentence. */
export function eventText(record: GoalRecord): string {
  switch (record.type) {
    case "accepted":
      return `accepted on ${record.node}`;
    case "resumed":
      return `taken up by ${record.node}`;
    case "suspended":
      return "sleeps until people answer";
    case "awarded": {
      const what =
        record.tasks.length === 1 ? record.tasks[0] : several(record.tasks.length, "task");
      const bids = several(record.bids.length, "bid");
      return `${what}: auction won by ${record.winner} for ${record.price.toPrecision(3)} (${bids}), attempt ${record.attempt}`;
    }
    case "task-done":
      return `${record.task}: done by ${record.by} in ${duration(record.durationMs)}`;
    case "task-failed":
      return `${record.task}: failed, ${record.error.message}; ${record.classified.class}, answer: ${record.answer}`;
    case "task-dropped":
      return `${record.task}: ${record.outcome} because of ${record.because}`;
    case "approval-requested":
      return `${record.task}: asks people: ${record.question}`;
    case "approval-given":
      return `${record.task}: ${record.approved ? "approved" : "rejected"} by ${record.by}${record.note === undefined ? "" : `: ${record.note}`}`;
    case "deliberated":
      return `agreed with ${several(record.proposals.length, "proposal")} and ${several(record.votes.length, "vote")}, confidence ${record.confidence.toFixed(2)}`;
    case "conferred": {
      const settled = Object.entries(record.agreement).map(
        ([what, answer]) =>
          `${what}: ${typeof answer === "string" ? answer : JSON.stringify(answer)}`,
      );
      return `agreed on what was found: ${settled.join(", ")}, with ${several(record.votes.length, "vote")}, confidence ${record.confidence.toFixed(2)}`;
    }
    case "planned":
      return `planned ${several(record.tasks.length, "task")}, confidence ${record.confidence.toFixed(2)}`;
    case "replanned":
      return `replanned (${record.class}): ${record.cause}; ${record.kept.length} kept, ${record.removed.length} removed, ${record.added.length} added`;
    case "cancel-requested":
      return `cancellation asked for${record.by === undefined ? "" : ` by ${record.by}`}: ${record.reason}`;
    case "compensating":
      return `undoes ${several(record.tasks.length, "task")}`;
    case "finished":
      return record.partial === true ? "finished in part" : "finished";
    case "failed":
      return `failed: ${record.error.message}`;
    case "cancelled":
      return `cancelled: ${record.reason}`;
    case "expired":
      return `its history has expired; it had ${record.outcome}`;
  }
}
