export type { AllocationBidder, AllocationSpec } from "./allocation/allocate.ts";
export { allocate } from "./allocation/allocate.ts";
export type { CostMatrix } from "./allocation/assignment/cost-matrix.ts";
export { costMatrix } from "./allocation/assignment/cost-matrix.ts";
export type { Pair, Settlement } from "./allocation/assignment/settlement.ts";
export type { Assignment } from "./allocation/assignment/solve-assignment.ts";
export { solveAssignment } from "./allocation/assignment/solve-assignment.ts";
export type { Award, Bidding } from "./allocation/bidding.ts";
export { allocationBidder, allocationBidding } from "./allocation/bidding.ts";
export type { BundleActorSpec } from "./allocation/bundles/bundle-actor.ts";
export { bundleActor } from "./allocation/bundles/bundle-actor.ts";
export type { BundleAgent, BundleAgentSpec, View } from "./allocation/bundles/bundle-agent.ts";
export {
  buildBundle,
  createBundleAgent,
  depart,
  nextView,
} from "./allocation/bundles/bundle-agent.ts";
export { hear } from "./allocation/bundles/hear.ts";
export { bundleProtocol } from "./allocation/bundles/protocol.ts";
export type { CapacityProblem } from "./allocation/capacity/problem.ts";
export { checkProblem } from "./allocation/capacity/problem.ts";
export type {
  CapacityOptions,
  CapacityOutcome,
} from "./allocation/capacity/solve-with-capacities.ts";
export {
  PlacementSearch,
  solveWithCapacities,
} from "./allocation/capacity/solve-with-capacities.ts";
export type { AllocationOutcome, AllocationRecord, RemovedBidder } from "./allocation/outcome.ts";
export type { AllocationBidderMessages } from "./allocation/protocol.ts";
export { allocationBidderMessages, allocationBidderProtocol } from "./allocation/protocol.ts";
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
export type { Agreed } from "./byzantine/agree.ts";
export { agree, startAgreementClient, startReplica } from "./byzantine/agree.ts";
export type { AgreementClientOptions } from "./byzantine/client-actor.ts";
export { agreementClientActor } from "./byzantine/client-actor.ts";
export type { Equivocation } from "./byzantine/equivocation.ts";
export { isEquivocation } from "./byzantine/equivocation.ts";
export type {
  GroupLimits,
  Member,
  ReplicaGroup,
  ReplicaGroupSpec,
  StateMachine,
} from "./byzantine/group.ts";
export { defineReplicaGroup } from "./byzantine/group.ts";
export type { Request } from "./byzantine/messages.ts";
export type {
  AgreementClientMessages,
  ReplicaMessages,
  Standing,
} from "./byzantine/protocol.ts";
export { agreementClientProtocol, replicaProtocol } from "./byzantine/protocol.ts";
export type { ReplicaOptions } from "./byzantine/replica.ts";
export { replicaActor } from "./byzantine/replica.ts";
export type { KeyPair, Signatures } from "./byzantine/signatures.ts";
export { ed25519Signatures, newKeyPair } from "./byzantine/signatures.ts";
export type { Decision, Notice } from "./byzantine/state.ts";
export {
  EmptyElectorateError,
  InterruptedError,
  InvalidSpecError,
  OperationFailedError,
  UndecidedError,
} from "./errors.ts";
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
