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
export type { CapacityOutcome } from "./allocation/capacity/outcome.ts";
export { PlacementSearch } from "./allocation/capacity/placement-search.ts";
export type { CapacityProblem } from "./allocation/capacity/problem.ts";
export { checkProblem } from "./allocation/capacity/problem.ts";
export type { CapacityOptions } from "./allocation/capacity/solve-with-capacities.ts";
export { solveWithCapacities } from "./allocation/capacity/solve-with-capacities.ts";
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
export type { Dutch } from "./auction/open/dutch.ts";
export { dutch } from "./auction/open/dutch.ts";
export type { English } from "./auction/open/english.ts";
export { english } from "./auction/open/english.ts";
export type { OpenAuctionSpec } from "./auction/open/hold-open-auction.ts";
export { holdOpenAuction } from "./auction/open/hold-open-auction.ts";
export type {
  Declined,
  OpenAuctionOutcome,
  OpenAuctionRecord,
  PriceOffer,
} from "./auction/open/outcome.ts";
export type { OpenAuctioneerMessages, OpenBidderMessages } from "./auction/open/protocol.ts";
export {
  openAuctioneerProtocol,
  openBidderMessages,
  openBidderProtocol,
} from "./auction/open/protocol.ts";
export type { OpenOffer, Quote } from "./auction/open/question.ts";
export type { OpenTerms, OpenTermsSpec } from "./auction/open/terms.ts";
export { openTerms } from "./auction/open/terms.ts";
export type { AuctionOutcome, AuctionRecord } from "./auction/outcome.ts";
export { auctionOutcome } from "./auction/outcome.ts";
export type { Bundles, PricedPart, Win, Winners } from "./auction/packages/determine-winners.ts";
export { determineWinners } from "./auction/packages/determine-winners.ts";
export type { PackageAuctionSpec } from "./auction/packages/hold-package-auction.ts";
export { holdPackageAuction } from "./auction/packages/hold-package-auction.ts";
export type { Lot, Portion, Space } from "./auction/packages/lot.ts";
export { checkLot, spaceOf } from "./auction/packages/lot.ts";
export type {
  PackageAuction,
  PackageAward,
  PackageOutcome,
} from "./auction/packages/package-auction.ts";
export { packageAuction } from "./auction/packages/package-auction.ts";
export type {
  PackageAuctioneerMessages,
  PackageBidderMessages,
} from "./auction/packages/protocol.ts";
export {
  packageAuctioneerProtocol,
  packageBidderMessages,
  packageBidderProtocol,
} from "./auction/packages/protocol.ts";
export type {
  Package,
  PackageAnswer,
  PackagePricing,
  Tender,
} from "./auction/packages/question.ts";
export type { Asked } from "./auction/price.ts";
export { firstPrice, secondPrice } from "./auction/price.ts";
export type { AuctioneerMessages, Bid, BidderMessages } from "./auction/protocol.ts";
export {
  auctioneerProtocol,
  bidderMessages,
  bidderProtocol,
} from "./auction/protocol.ts";
export type { Offer, ScoredBid } from "./auction/score.ts";
export { compareBids, scoreOffer } from "./auction/score.ts";
export type { Agreed } from "./byzantine/agree.ts";
export { agree, startAgreementClient, startReplica } from "./byzantine/agree.ts";
export type { AgreementClientOptions } from "./byzantine/client-actor.ts";
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
export type {
  AgreementClientMessages,
  ReplicaMessages,
  Standing,
} from "./byzantine/protocol.ts";
export { agreementClientProtocol, replicaProtocol } from "./byzantine/protocol.ts";
export type { ReplicaOptions } from "./byzantine/replica.ts";
export type { KeyPair, Signatures } from "./byzantine/signatures.ts";
export { ed25519Signatures, newKeyPair } from "./byzantine/signatures.ts";
export type { Decision, Notice } from "./byzantine/state.ts";
export type { CoreObjections, CoreVerdict, Objection } from "./coalition/core.ts";
export { coreObjections, findCore } from "./coalition/core.ts";
export type { Game } from "./coalition/game.ts";
export type { SampledShapley, Sampling } from "./coalition/shapley.ts";
export { sampleShapleyValues, shapleyValues } from "./coalition/shapley.ts";
export type { ConversationEnvelope, Draft } from "./conversation/envelope.ts";
export { conversationHub } from "./conversation/hub.ts";
export type { DeliveryState, HubLimits, HubRefusal } from "./conversation/hub-state.ts";
export type { Lineage, LineageEdge, LineageNode } from "./conversation/lineage.ts";
export { lineageOf } from "./conversation/lineage.ts";
export type { HubMessages, ParticipantMessages } from "./conversation/protocol.ts";
export {
  hubProtocol,
  participantMessages,
  participantProtocol,
} from "./conversation/protocol.ts";
export type { MessageBody, MessageType, SchemaInfo } from "./conversation/vocabulary.ts";
export { vocabulary } from "./conversation/vocabulary.ts";
export type {
  Decision as LoggedDecision,
  DecisionLog,
  Follower,
  ProposeOptions,
  ReadOptions,
} from "./decision-log/decision-log.ts";
export type { JournalLogLimits, JournalLogOptions } from "./decision-log/journal/journal-log.ts";
export { journalLog } from "./decision-log/journal/journal-log.ts";
export type {
  RaftGroup,
  RaftGroupSpec,
  RaftLimits,
  RaftMember,
} from "./decision-log/raft/group.ts";
export { defineRaftGroup } from "./decision-log/raft/group.ts";
export type { RaftMessages } from "./decision-log/raft/protocol.ts";
export { raftProtocol } from "./decision-log/raft/protocol.ts";
export type { RaftLog, RaftLogOptions } from "./decision-log/raft/raft-log.ts";
export { raftLog } from "./decision-log/raft/raft-log.ts";
export type { RaftReplicaOptions } from "./decision-log/raft/replica.ts";
export { startRaftReplica } from "./decision-log/raft/replica.ts";
export type { Outputs as RaftOutputs, RaftState } from "./decision-log/raft/state.ts";
export {
  CompactedError,
  ContendedLogError,
  EmptyElectorateError,
  EntryTooLargeError,
  InterruptedError,
  InvalidSpecError,
  LogBusyError,
  LogUnavailableError,
  NotLeaderError,
  OperationFailedError,
  UndecidedError,
  UnreadableDecisionError,
} from "./errors.ts";
export type { Worker } from "./hierarchy/delegate.ts";
export { delegate, type JobSpec } from "./hierarchy/delegate.ts";
export type { RefusedReport, ReportRefusal } from "./hierarchy/delegation.ts";
export type { PartialPolicy } from "./hierarchy/job.ts";
export type { Aggregation, JobOutcome, JobRecord } from "./hierarchy/outcome.ts";
export type { Delegated, LeadMessages, WorkerMessages } from "./hierarchy/protocol.ts";
export {
  leadProtocol,
  workerMessages,
  workerProtocol,
} from "./hierarchy/protocol.ts";
export { type WorkerSpec, workerActor, workerHandlers } from "./hierarchy/worker.ts";
export type {
  MadeOffer,
  Negotiation,
  NegotiationOutcome,
} from "./negotiation/alternating-offers.ts";
export { alternatingOffers } from "./negotiation/alternating-offers.ts";
export type {
  Arbitration,
  ArbitrationOutcome,
  ArbitrationRule,
} from "./negotiation/arbitration.ts";
export { arbitration, chooseDeal } from "./negotiation/arbitration.ts";
export type { Concession } from "./negotiation/concession.ts";
export { concede } from "./negotiation/concession.ts";
export type { Deal, Issues } from "./negotiation/deal.ts";
export { dealsOf } from "./negotiation/deal.ts";
export type { Fairness, Worths } from "./negotiation/fairness.ts";
export { fairnessOf } from "./negotiation/fairness.ts";
export type {
  ArbitrationSpec,
  DealSpec,
  MediationSpec,
  NegotiationSpec,
  Negotiator,
} from "./negotiation/hold.ts";
export { arbitrate, mediate, negotiate } from "./negotiation/hold.ts";
export type { Mediation, MediationOutcome } from "./negotiation/mediation.ts";
export { mediation } from "./negotiation/mediation.ts";
export type { ChairMessages, PartyMessages } from "./negotiation/protocol.ts";
export {
  chairProtocol,
  partyMessages,
  partyProtocol,
} from "./negotiation/protocol.ts";
export type { Answer, Move, Question } from "./negotiation/question.ts";
export type { Discounts } from "./negotiation/rubinstein.ts";
export { equilibriumShare } from "./negotiation/rubinstein.ts";
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
export type { SessionRecord } from "./session/chair.ts";
export type { Addressee, SessionSpec } from "./session/conduct.ts";
export type { Course } from "./session/course.ts";
export type { Envelope } from "./session/messages.ts";
export type {
  Heard,
  Party,
  RefusedReply,
  Reply,
  ReplyRefusal,
  Session,
} from "./session/session.ts";
export {
  isStepComplete,
  openSession,
  receiveReply,
  settleStep,
  silentParties,
} from "./session/session.ts";
export type { Voter, VoteSpec } from "./vote/hold-vote.ts";
export { holdVote } from "./vote/hold-vote.ts";
export type { VoteOutcome } from "./vote/outcome.ts";
export { outcomeOf } from "./vote/outcome.ts";
export type { Poll, PollSpec, Seat } from "./vote/poll.ts";
export { openPoll } from "./vote/poll.ts";
export type { Ballot, CalledVote, TellerMessages, VoterMessages } from "./vote/protocol.ts";
export { tellerProtocol, voterMessages, voterProtocol } from "./vote/protocol.ts";
export type { Rule, Support, TieRule } from "./vote/rule.ts";
export { defaultRule, passes, tolerance } from "./vote/rule.ts";
export type { RankedBallot, RunoffRound } from "./vote/runoff.ts";
export { instantRunoff } from "./vote/runoff.ts";
export type { SchulzeCount } from "./vote/schulze.ts";
export { schulze } from "./vote/schulze.ts";
export type { Refusal, RefusedBallot, Tally } from "./vote/tally.ts";
export { closeTally, emptyTally, receiveBallot, silentSeats } from "./vote/tally.ts";
export type { NoConsensusReason, Verdict } from "./vote/verdict.ts";
export { verdict } from "./vote/verdict.ts";
