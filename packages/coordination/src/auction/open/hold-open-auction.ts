import type { Actor, ActorContext, Definitions, TraceContext } from "@troupe/actor";
import { z } from "zod";
import { checkSpec } from "../../check-spec.ts";
import type { InterruptedError } from "../../errors.ts";
import type { SessionRecord } from "../../session/chair.ts";
import {
  type Addressee,
  conduct,
  partiesSchema,
  partyLimit,
  type SessionSpec,
  seat,
  sessionShape,
} from "../../session/conduct.ts";
import { dutch } from "./dutch.ts";
import { english } from "./english.ts";
import { openAuctioneer } from "./open-auctioneer.ts";
import type { OpenAuctionOutcome } from "./outcome.ts";
import type { OpenAuctioneerMessages, OpenBidderMessages } from "./protocol.ts";
import { type OpenTermsSpec, openTerms } from "./terms.ts";

const specSchema = z.object({ ...sessionShape, bidders: partiesSchema(0, partyLimit) });

/** What is auctioned in the open, and how. */
export interface OpenAuctionSpec extends SessionSpec {
  readonly terms: OpenTermsSpec;
  /** What the work takes; names the span. */
  readonly capability: string;
  /** What the winner needs to know, JSON data: goes with the award only. */
  readonly order?: unknown;
}

/**
 * Finds somebody to do a task by an open auction: reverse English (the price falls as long as somebody undercuts), or
 * reverse Dutch (it rises until somebody takes it).
 *
 * An ephemeral auctioneer, child of the calling actor, does the work. A quote that is not answered within `answerMs`
 * puts its bidder out; a winner that declines or is silent is passed over. The longest it can take is
 * `(quotes + 2 * bidders + 1) * answerMs`, where quotes are the prices from the first to the last, a step apart.
 *
 * @param bidders at most 1000; offers by others, or in another's name, are refused with evidence
 * @throws InvalidSpecError when the spec is wrong or a bidder is named twice
 * @throws InterruptedError when the calling actor stops first
 */
export async function holdOpenAuction<D extends Definitions>(
  context: ActorContext<D>,
  spec: OpenAuctionSpec,
  bidders: readonly Addressee<OpenBidderMessages>[],
): Promise<OpenAuctionOutcome & SessionRecord> {
  const names = bidders.map(({ member }) => member);
  const { id, answerMs, recalls } = checkSpec(specSchema, "auction", spec.id, {
    ...spec,
    bidders: names,
  });
  const { conversation, subject, capability, order } = spec;
  const terms = openTerms(id, spec.terms);
  const actorFor = (
    report: (ended: (OpenAuctionOutcome & SessionRecord) | InterruptedError) => void,
    trace: TraceContext,
  ): Actor<OpenAuctioneerMessages> => {
    const shared = {
      id,
      conversation,
      subject,
      capability,
      answerMs,
      recalls,
      parties: seat(context, names),
      addresses: new Map(bidders.map(({ member, ref }) => [member, ref.address])),
      trace,
      report,
    };
    return terms.kind === "english"
      ? openAuctioneer({ ...shared, course: english(terms, names, order) })
      : openAuctioneer({ ...shared, course: dutch(terms, names, order) });
  };
  return conduct(
    context,
    {
      kind: "open-auction",
      name: `auction ${capability}`,
      attributes: {
        "troupe.auction": id,
        "troupe.auction.pricing": terms.kind,
        "troupe.auction.bidders": names.length,
        ...(conversation === undefined ? {} : { "troupe.conversation": conversation }),
      },
      trace: spec.trace,
      succeeded: (outcome) => outcome.awarded,
      describe: (outcome) => ({
        "troupe.auction.awarded": outcome.awarded,
        "troupe.auction.rounds": outcome.steps,
        "troupe.auction.bids": outcome.offers.length,
        "troupe.auction.refused": outcome.refusedCount,
        "troupe.auction.declined": outcome.declined.length,
        ...(outcome.awarded
          ? { "troupe.auction.winner": outcome.winner, "troupe.auction.price": outcome.price }
          : { "troupe.auction.reason": outcome.reason }),
      }),
    },
    actorFor,
  );
}
