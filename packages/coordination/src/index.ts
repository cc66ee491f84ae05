export type {
  Announcement,
  AnnouncementSpec,
  Pricing,
  Requirements,
  Weights,
} from "./auction/announcement.ts";
export { announce } from "./auction/announcement.ts";
export type {
  AuctionFailure,
  BidRefusal,
  ContractNet,
  NextStep,
  Reasoned,
  RefusedBid,
} from "./auction/contract-net.ts";
export {
  closeBidding,
  nextRound,
  nextStep,
  openAuction,
  receiveAwardAnswer,
  receiveBid,
  receiveRefusal,
} from "./auction/contract-net.ts";
export type { AuctionSpec, Bidder } from "./auction/hold-auction.ts";
export { holdAuction } from "./auction/hold-auction.ts";
export type { AuctionOutcome, AuctionRecord } from "./auction/outcome.ts";
export { auctionOutcome } from "./auction/outcome.ts";
export type { Asked } from "./auction/price.ts";
export { firstPrice, secondPrice } from "./auction/price.ts";
export type { AuctioneerMessages, Bid, BidderMessages } from "./auction/protocol.ts";
export {
  auctioneerMessages,
  auctioneerProtocol,
  bidderMessages,
  bidderProtocol,
} from "./auction/protocol.ts";
export type { Offer, ScoredBid } from "./auction/score.ts";
export { compareBids, scoreOffer } from "./auction/score.ts";
export { EmptyElectorateError, InterruptedError, InvalidSpecError } from "./errors.ts";
export type {
  FieldAgreement,
  FieldAgreementSpec,
  FieldVote,
  SettledField,
} from "./schema-consensus/agree-on-fields.ts";
export { agreeOnFields } from "./schema-consensus/agree-on-fields.ts";
export type {
  AgreedField,
  Alternative,
  ContestedField,
  FieldProposal,
  MergedProposals,
  ProposedField,
} from "./schema-consensus/merge.ts";
export { mergeProposals } from "./schema-consensus/merge.ts";
export type { Voter, VoteSpec } from "./vote/hold-vote.ts";
export { holdVote } from "./vote/hold-vote.ts";
export type { VoteOutcome } from "./vote/outcome.ts";
export { outcomeOf } from "./vote/outcome.ts";
export type { Poll, PollSpec, Seat } from "./vote/poll.ts";
export { openPoll } from "./vote/poll.ts";
export type { Ballot, CalledVote, TellerMessages, VoterMessages } from "./vote/protocol.ts";
export { tellerMessages, tellerProtocol, voterMessages, voterProtocol } from "./vote/protocol.ts";
export type { Rule, Support, TieRule } from "./vote/rule.ts";
export { defaultRule, passes } from "./vote/rule.ts";
export type { RankedBallot, RunoffRound } from "./vote/runoff.ts";
export { instantRunoff } from "./vote/runoff.ts";
export type { Refusal, RefusedBallot, Tally } from "./vote/tally.ts";
export { closeTally, emptyTally, receiveBallot, silentSeats } from "./vote/tally.ts";
export type { NoConsensusReason, Verdict } from "./vote/verdict.ts";
export { verdict } from "./vote/verdict.ts";
