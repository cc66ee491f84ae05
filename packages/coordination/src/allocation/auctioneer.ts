import {
  type Actor,
  type ActorContext,
  defineActor,
  type TraceContext,
  traced,
} from "@troupe/actor";
import { InterruptedError } from "../errors.ts";
import type { Settlement } from "./assignment/settlement.ts";
import { BidderLine } from "./bidder-line.ts";
import type { Award } from "./bidding.ts";
import type { AllocationOutcome, RemovedBidder } from "./outcome.ts";
import { allocationAuctioneerProtocol, allocationBidderProtocol } from "./protocol.ts";
import { Sitting } from "./sitting.ts";

/** What the auctioneer of an allocation needs to know. */
export interface AllocationAssignment {
  readonly id: string;
  /** As bidders are told. */
  readonly tasks: readonly unknown[];
  readonly answerMs: number;
  readonly deadlineMs: number;
  /** Addresses of the bidders. */
  readonly bidders: ReadonlyMap<string, string>;
  readonly trace: TraceContext;
  /** Called once with the outcome, or with the error if there is none. */
  readonly report: (outcome: AllocationOutcome | Error) => void;
}

type Auctioneer = ActorContext<typeof allocationAuctioneerProtocol.messages>;

/**
 * Holds one allocation and stops. What it books is that of the `Market`; here it is asked, waited and answered.
 *
 * A bidder that is gone, silent or faulty is taken out with all its agents, and the auction begins anew among the
 * others: each such sitting has one bidder less, so that it ends.
 */
export function auctioneer(
  assignment: AllocationAssignment,
): Actor<typeof allocationAuctioneerProtocol.messages> {
  return defineActor(allocationAuctioneerProtocol, (context) => {
    const { id, report } = assignment;
    const course = new Course(context, assignment);
    let over = false;
    const cancel = context.clock.schedule(assignment.deadlineMs, () => course.expire());
    context.onStop(() => {
      cancel();
      course.expire();
      if (!over) report(new InterruptedError("allocation", id));
    });
    context.pipe(course.hold(), (settled) => {
      over = true;
      report(settled.ok ? settled.value : settled.error);
      context.stop();
    });
    return {};
  });
}

/** One allocation on its way. */
class Course {
  readonly #assignment: AllocationAssignment;
  readonly #removed: RemovedBidder[] = [];
  #lines: readonly BidderLine[];
  #expired = false;
  #sittings = 0;
  #rounds = 0;
  #bids = 0;

  constructor(context: Auctioneer, assignment: AllocationAssignment) {
    const { bidders, answerMs, trace } = assignment;
    this.#assignment = assignment;
    this.#lines = [...bidders].map(([member, address]) => {
      const ref = traced(context.ref(allocationBidderProtocol, address), trace);
      const line = new BidderLine(member, ref, answerMs);
      context.watch({ address }, (why) => line.close(new Error(`it is gone (${why})`)));
      return line;
    });
  }

  /** The time is over: nobody is waited for any more. */
  expire(): void {
    this.#expired = true;
    for (const line of this.#lines) line.close(new Error("the time is over"));
  }

  async hold(): Promise<AllocationOutcome> {
    const { id, tasks } = this.#assignment;
    while (this.#lines.length > 0) {
      this.#sittings += 1;
      // What a bidder still says about an earlier sitting is about nothing in this one.
      const name = this.#sittings === 1 ? id : `${id}/${this.#sittings}`;
      const sitting = new Sitting(name, tasks, this.#lines);
      let settlement: Settlement | undefined;
      try {
        settlement = await sitting.hold();
      } finally {
        if (settlement === undefined) sitting.dismiss();
      }
      this.#rounds += sitting.rounds;
      this.#bids += sitting.bids;
      if (settlement !== undefined) return this.#award(sitting, settlement);
      if (this.#expired) return { ...this.#record(), settled: false, reason: "deadline" };
      if (sitting.faults.size === 0) break;
      this.#remove(sitting);
    }
    return { ...this.#record(), settled: false, reason: "no-bidders" };
  }

  #remove(sitting: Sitting): void {
    const { faults } = sitting;
    for (const [at, reason] of faults) {
      const member = this.#lines[at]?.member ?? "";
      this.#removed.push({ member, agents: sitting.agentsOf(at), reason });
    }
    this.#lines = this.#lines.filter((_, at) => !faults.has(at));
  }

  #award(sitting: Sitting, { pairs, ...settlement }: Settlement): AllocationOutcome {
    const won = this.#lines.map((): Award[] => []);
    const named = pairs.map(({ task, cost, ...pair }) => {
      const { bidder, agent } = sitting.ownerOf(pair.agent);
      won[bidder]?.push({ agent, task, cost });
      return { member: this.#lines[bidder]?.member ?? "", agent, task, cost };
    });
    for (const [at, { ref }] of this.#lines.entries()) {
      ref.tell("award", { allocation: sitting.name, awards: won[at] ?? [] });
    }
    return { ...this.#record(), settled: true, pairs: named, ...settlement };
  }

  #record() {
    return {
      allocation: this.#assignment.id,
      sittings: this.#sittings,
      rounds: this.#rounds,
      bids: this.#bids,
      removed: this.#removed,
    };
  }
}
