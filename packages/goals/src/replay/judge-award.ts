import {
  announce,
  closeBidding,
  nextStep,
  openAuction,
  receiveAwardAnswer,
  receiveBid,
} from "@troupe/coordination";
import { lotOf } from "../coordinator/lots.ts";
import type { GoalRecord } from "../goal/records.ts";
import type { GoalState } from "../goal/state.ts";
import { compared, different, given, type Judgement } from "./judgement.ts";
import { whyNotYet } from "./starts.ts";

type Awarded = Extract<GoalRecord, { type: "awarded" }>;

/** Room for the last digits of scores, which are logarithms. */
const rounding = 1e-9;

/** Whether the tasks of an award could begin, and whether the auction's own rules choose its winner. */
export function judgeAward(record: Awarded, state: GoalState): Judgement {
  const [first, ...others] = record.tasks.flatMap((id) => state.tasks[id] ?? []);
  const isSecondCopy =
    first?.status === "awarded" && first.speculateAfter !== undefined && others.length === 0;
  const early = isSecondCopy ? undefined : whyNotYet(record.tasks, state);
  if (early !== undefined || first === undefined) return different(early ?? "it names no task");
  const { name, attempt } = lotOf([first, ...others]);
  const lot = compared({ attempt: record.attempt, lot: record.lot }, { attempt, lot: name }, "");
  if (lot.verdict === "different") return lot;
  return record.bids.length === 0 ? judgeWithoutBids(record) : judgeWinner(record);
}

/** What only one agent offers is given to it at once; who was there to offer it is not in the journal. */
function judgeWithoutBids({ winner, price }: Awarded): Judgement {
  const free = compared({ price }, { price: 0 }, "");
  return free.verdict === "different" ? free : given(`only ${winner} offered to do it`);
}

/**
 * Holds the auction again, with the bids that are recorded. Of bidders that declined, those of the last
 * round are the last: a winner that declined as well did so when the task was announced before.
 */
function judgeWinner({ lot, bids, declined, winner, price }: Awarded): Judgement {
  const announcement = announce(
    { id: lot },
    bids.map(({ bidder }) => bidder),
  );
  let net = openAuction(announcement);
  for (const bid of bids) net = receiveBid(net, { auction: lot, ...bid }).net;
  net = closeBidding(net);
  for (const { bidder, score } of bids) {
    const found = net.bids.find((bid) => bid.bidder === bidder)?.score;
    const isFound =
      found !== undefined && Math.abs(found - score) <= rounding * Math.max(1, Math.abs(score));
    if (!isFound) return compared({ [bidder]: score }, { [bidder]: found }, "");
  }
  const unwilling = new Set(declined.map(({ bidder }) => bidder));
  for (;;) {
    const step = nextStep(net);
    if (step.do !== "award") return different("nobody who bid was left to win it");
    const { bidder } = step.bid;
    if (bidder !== winner && unwilling.has(bidder)) {
      net = receiveAwardAnswer(net, bidder, { accepted: false, reason: "" });
      continue;
    }
    const { bids: all } = net;
    return compared(
      { winner, price },
      { winner: bidder, price: step.price },
      all.length === 1 ? "the only bid" : `the best of ${all.length} bids`,
    );
  }
}
