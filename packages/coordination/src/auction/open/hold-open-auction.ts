import type { ActorContext, Definitions } from "@troupe/actor";
import { z } from "zod";
import { checkSpec } from "../../check-spec.ts";
import type { SessionRecord } from "../../session/chair.ts";
import {
  type Addressee,
  partiesSchema,
  partyLimit,
  type SessionSpec,
  sessionShape,
} from "../../session/conduct.ts";
import type { Course } from "../../session/course.ts";
import { holdSession } from "../../session/hold-session.ts";
import { dutch } from "./dutch.ts";
import { english } from "./english.ts";
import { openAuctioneer } from "./open-auctioneer.ts";
import type { OpenAuctionOutcome } from "./outcome.ts";
import type { OpenBidderMessages } from "./protocol.ts";
import type { OpenOffer, Quote } from "./question.ts";
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
  const checked = checkSpec(specSchema, "auction", spec.id, {
    ...spec,
    bidders: bidders.map(({ member }) => member),
  });
  const { id, answerMs, recalls } = checked;
  const { capability, order } = spec;
  const terms = openTerms(id, spec.terms);
  const hold = <State>(course: Course<State, Quote, OpenOffer, OpenAuctionOutcome>) =>
    holdSession(
      context,
      {
        what: "auction",
        kind: "open-auction",
        name: `auction ${capability}`,
        spec,
        answerMs,
        recalls,
        parties: bidders,
        course,
        attributes: { pricing: terms.kind, bidders: bidders.length },
        succeeded: ({ awarded }) => awarded,
        describe: (outcome) => ({
          awarded: outcome.awarded,
          rounds: outcome.steps,
          bids: outcome.offers.length,
          refused: outcome.refusedCount,
          declined: outcome.declined.length,
          ...(outcome.awarded
            ? { winner: outcome.winner, price: outcome.price }
            : { reason: outcome.reason }),
        }),
      },
      (chairing) => openAuctioneer({ ...chairing, capability }),
    );
  return terms.kind === "english"
    ? hold(english(terms, checked.bidders, order))
    : hold(dutch(terms, checked.bidders, order));
}
