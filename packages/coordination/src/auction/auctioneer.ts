import {
  type Actor,
  AskError,
  type Cancel,
  defineActor,
  ensureError,
  type Ref,
  type TraceContext,
  traced,
} from "@troupe/actor";
import { InterruptedError } from "../errors.ts";
import { impostor } from "../impostor.ts";
import { type Announcement, roundId } from "./announcement.ts";
import {
  type ContractNet,
  closeBidding,
  nextRound,
  nextStep,
  openAuction,
  receiveAwardAnswer,
  receiveBid,
  receiveRefusal,
} from "./contract-net.ts";
import { type AuctionOutcome, auctionOutcome } from "./outcome.ts";
import {
  type AuctioneerMessages,
  auctioneerProtocol,
  type BidderMessages,
  bidderProtocol,
} from "./protocol.ts";

/** How often an award is put to a bidder that does not answer. */
const awardTries = 2;

/** What an auctioneer needs to know. */
export interface AuctioneerAssignment {
  readonly announcement: Announcement;
  readonly conversation: string | undefined;
  readonly capability: string;
  readonly task: unknown;
  readonly order: unknown;
  /** How long bidders have in each round. */
  readonly deadlineMs: number;
  /** How long a winner has to accept, each time it is asked. */
  readonly awardMs: number;
  /** Addresses of the bidders. */
  readonly bidders: ReadonlyMap<string, string>;
  /** What the messages to bidders are part of. */
  readonly trace: TraceContext;
  /** Called once with the outcome, or with the error if the auctioneer stops before there is one. */
  readonly report: (outcome: AuctionOutcome | InterruptedError) => void;
}

/**
 * Holds one auction and stops. Announces, takes sealed bids until all have answered or the deadline,
 * awards to the best, then to the next best, announces again when nobody is left, and reports.
 *
 * Deadlines come straight from the clock and not through the mailbox: a flood of bids cannot keep the
 * bidding from closing, and nobody can close it with a forged message.
 */
export function auctioneer(assignment: AuctioneerAssignment): Actor<AuctioneerMessages> {
  return defineActor(auctioneerProtocol, (context) => {
    const { announcement, conversation, capability, task, order, report } = assignment;
    const { deadlineMs, awardMs } = assignment;
    const bidders = new Map(
      [...assignment.bidders].map(([bidder, address]) => [
        bidder,
        traced(context.ref(bidderProtocol, address), assignment.trace),
      ]),
    );
    let net: ContractNet = openAuction(announcement);
    /** Who has been asked to take the task and has not answered. */
    let awarding: string | undefined;
    let over = false;
    let closing: Cancel = () => {};

    context.onStop(() => {
      closing();
      if (awarding !== undefined) {
        bidders.get(awarding)?.tell("reject", { auction: roundId(announcement.id, net.round) });
      }
      if (!over) report(new InterruptedError("auction", announcement.id));
    });

    const announceRound = (): void => {
      const deadline = context.clock.now() + deadlineMs;
      closing = context.clock.schedule(deadlineMs, () => {
        net = closeBidding(net);
        proceed();
      });
      for (const ref of bidders.values()) {
        ref.tell("announce", {
          auction: roundId(announcement.id, net.round),
          ...(conversation === undefined ? {} : { conversation }),
          capability,
          task,
          deadline,
          weights: announcement.weights,
          pricing: announcement.pricing,
          ...(announcement.reserve === undefined ? {} : { reserve: announcement.reserve }),
          requirements: announcement.requirements,
          auctioneer: context.self.address,
        });
      }
    };

    const award = (bidder: string, price: number): void => {
      awarding = bidder;
      const auction = roundId(announcement.id, net.round);
      const body = { auction, task, price, ...(order === undefined ? {} : { order }) };
      context.pipe(putAward(bidders.get(bidder), body, awardMs), (settled) => {
        awarding = undefined;
        const answer = settled.ok ? settled.value : declinedBy(settled.error);
        // Its acceptance may be on the way or lost: whoever is passed over must let go of the task.
        if (!answer.accepted) bidders.get(bidder)?.tell("reject", { auction });
        net = receiveAwardAnswer(
          net,
          bidder,
          answer.accepted ? { accepted: true } : { accepted: false, reason: answer.reason ?? "" },
        );
        proceed();
      });
    };

    const proceed = (): void => {
      const step = nextStep(net);
      if (over || awarding !== undefined || step.do === "wait") return;
      closing();
      switch (step.do) {
        case "award":
          award(step.bid.bidder, step.price);
          return;
        case "announce":
          net = nextRound(net);
          announceRound();
          return;
        case "end": {
          over = true;
          const lost = net.bids.filter(
            ({ bidder }) =>
              !net.passedOver.includes(bidder) && !(step.awarded && step.bid.bidder === bidder),
          );
          for (const { bidder } of lost) {
            bidders.get(bidder)?.tell("reject", { auction: roundId(announcement.id, net.round) });
          }
          report(auctionOutcome(net, step, conversation));
          context.stop();
        }
      }
    };

    if (announcement.bidders.length > 0) announceRound();
    else context.pipe(Promise.resolve(), proceed);

    return {
      bid: (bid) => {
        const received = receiveBid(
          net,
          bid,
          impostor(context.sender, assignment.bidders.get(bid.bidder)),
        );
        net = received.net;
        if (received.refusal !== undefined) {
          context.log("debug", "bid refused", {
            auction: bid.auction,
            bidder: bid.bidder,
            why: received.refusal,
          });
        }
        proceed();
      },
      refuse: (refusal) => {
        const forger = impostor(context.sender, assignment.bidders.get(refusal.bidder));
        if (forger !== undefined) {
          const { auction, bidder } = refusal;
          context.log("warn", "refusal in another's name", { auction, bidder, sender: forger });
          return;
        }
        net = receiveRefusal(net, refusal);
        proceed();
      },
    };
  });
}

type AwardAnswer = { readonly accepted: boolean; readonly reason?: string | undefined };

/** Asks until there is an answer: one that was lost on its way back is given again. */
async function putAward(
  bidder: Ref<BidderMessages> | undefined,
  body: { auction: string; task: unknown; order?: unknown; price: number },
  awardMs: number,
): Promise<AwardAnswer> {
  if (bidder === undefined) return { accepted: false, reason: "not invited" };
  for (let tries = 1; ; tries++) {
    try {
      return await bidder.ask("award", body, { withinMs: awardMs });
    } catch (thrown) {
      const unanswered =
        thrown instanceof AskError && (thrown.stage === "mailbox" || thrown.stage === "reply");
      if (!unanswered || tries >= awardTries) throw thrown;
    }
  }
}

function declinedBy(thrown: Error): AwardAnswer {
  const error = ensureError(thrown);
  return { accepted: false, reason: `no answer to the award: ${error.message}` };
}
