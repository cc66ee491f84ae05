import type { Counter, Histogram, Meter } from "@troupe/actor";
import type { Placed } from "../coordinator/auction.ts";
import type { GoalPhase } from "../goal/phases.ts";
import type { GoalRecord } from "../goal/records.ts";
import type { GoalState } from "../goal/state.ts";

/** Task types told apart; people make them up in flows. What comes later counts together as `other`. */
const typeLimit = 100;

/** Upper bounds of durations that can be a moment or days, seconds. */
const longBoundaries = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 21_600, 86_400];

/** Measures what becomes of the goals of one node, by what is stored of them: each record counts where it is stored. */
export class GoalMeter {
  readonly #instruments: ReturnType<typeof instrumentsOf>;
  /** The goals coordinated here, and where they stand. */
  readonly #phases = new Map<string, GoalPhase>();
  readonly #types = new Set<string>();

  constructor(meter: Meter) {
    this.#instruments = instrumentsOf(meter);
    meter.observe(
      "troupe.goals",
      { description: "Goals that this node coordinates, by state", unit: "{goal}" },
      () => this.#standings(),
    );
  }

  accepted(kind: string): void {
    this.#instruments.accepted.add(1, { kind });
  }

  resumed(kind: string): void {
    this.#instruments.resumed.add(1, { kind });
  }

  /** This node coordinates a goal from here on, or knows where it stands now. */
  stands({ id, phase }: Pick<GoalState, "id" | "phase">): void {
    this.#phases.set(id, phase);
  }

  /** This node does not coordinate the goal any more. */
  left(goal: string): void {
    this.#phases.delete(goal);
  }

  /** Records of a goal have been stored by this node, and have led to `state`. */
  stored(records: readonly GoalRecord[], state: GoalState): void {
    for (const record of records) this.#count(record, state);
    this.stands(state);
  }

  /** An auction for a lot has ended after so many seconds. */
  auctioned(type: string, attempt: number, outcome: Placed, seconds: number): void {
    const { auctions, reawards, auctionDuration } = this.#instruments;
    const known = this.#known(type);
    auctions.add(1, { type: known, outcome: outcome.awarded ? "won" : outcome.reason });
    auctionDuration.record(seconds, { outcome: outcome.awarded ? "won" : "lost" });
    const passedOn = outcome.awarded && (attempt > 1 || outcome.declined.length > 0);
    if (passedOn) reawards.add(1, { type: known });
  }

  /** The analysts have settled what they were asked, or could not, after so many seconds. */
  deliberated(seconds: number, succeeded: boolean): void {
    this.#instruments.deliberation.record(seconds, { outcome: succeeded ? "settled" : "failed" });
  }

  #count(record: GoalRecord, { goal: { kind }, acceptedAt, updatedAt, tasks }: GoalState): void {
    const { ended, duration, suspended, replannings, votes } = this.#instruments;
    switch (record.type) {
      case "finished":
      case "failed":
      case "cancelled": {
        const outcome = record.type === "finished" ? "succeeded" : record.type;
        ended.add(1, { kind, outcome });
        return duration.record(Math.max(0, updatedAt - acceptedAt) / 1000, { kind, outcome });
      }
      case "suspended":
        return suspended.add(1, { kind });
      case "replanned":
        return replannings.add(1, { kind, class: record.class });
      case "task-done": {
        const type = this.#known(tasks[record.task]?.type ?? "unknown");
        this.#instruments.tasks.add(1, { type, outcome: "done" });
        return this.#instruments.taskDuration.record(record.durationMs / 1000, { type });
      }
      case "task-failed": {
        const type = this.#known(tasks[record.task]?.type ?? "unknown");
        return this.#instruments.tasks.add(1, { type, outcome: record.answer });
      }
      case "deliberated":
        for (const { decided } of record.votes) {
          votes.add(1, { outcome: decided === undefined ? "undecided" : "decided" });
        }
        return;
      default:
    }
  }

  #standings() {
    const sums = new Map<GoalPhase, number>();
    for (const phase of this.#phases.values()) sums.set(phase, (sums.get(phase) ?? 0) + 1);
    return [...sums].map(([state, value]) => ({ value, attributes: { state } }));
  }

  #known(type: string): string {
    if (this.#types.has(type)) return type;
    if (this.#types.size >= typeLimit) return "other";
    this.#types.add(type);
    return type;
  }
}

function instrumentsOf(meter: Meter) {
  const count = (name: string, description: string, unit: string): Counter =>
    meter.counter(name, { description, unit });
  const time = (name: string, description: string, boundaries?: number[]): Histogram =>
    meter.histogram(name, {
      description,
      unit: "s",
      ...(boundaries === undefined ? {} : { boundaries }),
    });
  return {
    accepted: count("troupe.goals.accepted", "Goals taken in", "{goal}"),
    resumed: count("troupe.goals.resumed", "Goals taken over from another coordinator", "{goal}"),
    suspended: count(
      "troupe.goals.suspended",
      "Goals that went to sleep until people answer",
      "{goal}",
    ),
    ended: count("troupe.goals.ended", "Goals that have ended, by outcome", "{goal}"),
    duration: time(
      "troupe.goal.duration",
      "Time from the acceptance of a goal to its end",
      longBoundaries,
    ),
    replannings: count("troupe.goals.replanned", "Plans repaired, by class of failure", "{plan}"),
    tasks: count(
      "troupe.tasks.ended",
      "Attempts at tasks that have ended: done, or by what followed from the failure",
      "{task}",
    ),
    taskDuration: time(
      "troupe.task.duration",
      "Time that agents took for tasks that were done",
      longBoundaries,
    ),
    auctions: count("troupe.auctions", "Auctions of work, by outcome", "{auction}"),
    reawards: count(
      "troupe.auctions.reawarded",
      "Auctions won by another than the first choice, or for work that was awarded before",
      "{auction}",
    ),
    auctionDuration: time(
      "troupe.auction.duration",
      "Time from the announcement of work to its award",
    ),
    votes: count("troupe.votes", "Votes held, by whether they decided", "{vote}"),
    deliberation: time(
      "troupe.deliberation.duration",
      "Time that analysts take to settle what the data is, votes included",
    ),
  };
}
