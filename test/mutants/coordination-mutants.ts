import type { Mutant } from "./mutants.ts";

const coordination = "coordination/src";
const vote = `${coordination}/vote`;
const auction = `${coordination}/auction`;
const allocation = `${coordination}/allocation`;

/** Bugs of votes, auctions, contract nets and allocations. */
export const coordinationMutants: readonly Mutant[] = [
  {
    bug: "a member's second ballot counts as well",
    file: `${vote}/tally.ts`,
    search: "  if (first !== undefined) return sayTheSame",
    replace: "  if (first === null) return sayTheSame",
    scenario: "vote",
  },
  {
    bug: "a ballot counts whoever sent it in a member's name",
    file: `${vote}/tally.ts`,
    // Either of the two keeps forgers out.
    search: `  if (impostor !== undefined) return "forged";
  if (ballot.digest !== seat.digest) return "wrong-digest";
`,
    replace: "",
    scenario: "vote",
  },
  {
    bug: "ballots of another round count",
    file: `${vote}/tally.ts`,
    search: `  if (ballot.round !== poll.round) return "wrong-round";\n`,
    replace: "\n",
    scenario: "vote",
  },
  {
    bug: "a threshold is a share of the ballots that came, not of the electorate",
    file: `${vote}/verdict.ts`,
    search: "  const { poll } = tally;\n  const missing = missingSupport(tally);",
    replace: `  const here = tally.poll.total.weight - missingSupport(tally).weight;
  const poll = { ...tally.poll, total: { ...tally.poll.total, weight: tally.closed ? here : tally.poll.total.weight } };
  const missing = missingSupport(tally);`,
    scenario: "vote",
  },
  {
    bug: "a vote is decided while rivals could still win",
    file: `${vote}/verdict.ts`,
    search: '    if (!final) return { status: "open" };\n    return untie(',
    replace: "    return untie(",
    scenario: "vote",
  },
  {
    bug: "heads are not counted where they have to be",
    file: `${vote}/rule.ts`,
    search: "        2 * support.members > electorate.members\n",
    replace: "        2 * support.members >= 0\n",
    scenario: "vote",
  },
  {
    bug: "a vote whose members are silent does not end",
    file: `${vote}/teller.ts`,
    search: "        tally = closeTally(tally);\n        settle();\n        context.stop();",
    replace: "        settle();",
    scenario: "vote",
  },
  {
    bug: "two thirds are half",
    file: `${vote}/rule.ts`,
    search: "      return rule.of * support.weight >= rule.votes * electorate.weight;\n",
    replace: "      return 2 * support.weight >= electorate.weight;\n",
    scenario: "vote-liar",
  },
  {
    bug: "the winner of a second-price auction is paid its own cost",
    file: `${auction}/price.ts`,
    search: "  return limits.length === 0 ? winner.cost : Math.min(...limits);",
    replace: "  return limits.length === 0 ? winner.cost : winner.cost;",
    scenario: "auction",
  },
  {
    bug: "the reserve does not bound the second price",
    file: `${auction}/price.ts`,
    search: "  if (reserve !== undefined) limits.push(reserve);\n",
    replace: "\n",
    scenario: "auction",
  },
  {
    bug: "bids above the reserve are considered",
    file: `${auction}/contract-net.ts`,
    search: "bid.cost > announcement.reserve) return",
    replace: "bid.cost > announcement.reserve * 1e9) return",
    scenario: "auction",
  },
  {
    bug: "in an English auction an offer need not undercut",
    file: `${auction}/open/english.ts`,
    search: "price >= 0 && price <= ceiling(state, terms);",
    replace: "price >= 0;",
    scenario: "auction",
  },
  {
    bug: "a Dutch auction goes on with the next price after somebody took one",
    file: `${auction}/open/dutch.ts`,
    search: "    price: Math.min(price + step, reserve),",
    replace: "    price: price + step,",
    scenario: "auction",
  },
  {
    bug: "a portion that was declined is taken for accepted",
    file: `${auction}/packages/package-auction.ts`,
    search: `answers.get(bidder)?.kind === "accept");`,
    replace: `answers.get(bidder)?.kind !== "pass");`,
    scenario: "auction",
  },
  {
    bug: "answers with another's name on them are taken",
    file: `${coordination}/session/session.ts`,
    search: `  if (impostor !== undefined || seat.token !== reply.token) return "forged";\n`,
    replace: "\n",
    scenario: "auction",
  },
  {
    bug: "a winner that declines has the task all the same",
    file: `${auction}/contract-net.ts`,
    search: `  if (answer.accepted) return { ...net, phase: "accepted" };`,
    replace: `  if (answer !== undefined) return { ...net, phase: "accepted" };`,
    scenario: "contract-net",
  },
  {
    bug: "who was passed over is not on record",
    file: `${auction}/contract-net.ts`,
    search: "    declined: [...net.declined, { bidder, reason: answer.reason }],\n",
    replace: "\n",
    scenario: "contract-net",
  },
  {
    bug: "bids of the round before count in the next",
    file: `${auction}/contract-net.ts`,
    search: `    phase: "bidding",\n    bids: [],\n`,
    replace: `    phase: "bidding",\n`,
    scenario: "contract-net",
  },
  {
    bug: "the worst bid wins",
    file: `${auction}/score.ts`,
    search: "    a.score - b.score ||",
    replace: "    b.score - a.score ||",
    scenario: "contract-net",
  },
  {
    bug: "an auction whose bidders are silent waits for ever",
    file: `${auction}/auctioneer.ts`,
    search: "        net = closeBidding(net);\n        proceed();",
    replace: "        proceed();",
    scenario: "contract-net",
  },
  {
    bug: "a bidder that is gone keeps its place in the auction",
    file: `${allocation}/auctioneer.ts`,
    search: "this.#lines = this.#lines.filter((_, at) => !faults.has(at));",
    replace: "this.#lines = this.#lines.filter((_, at) => !faults.has(at + 1));",
    scenario: "allocation-auction",
  },
  {
    bug: "an agent keeps tasks that another has bid more for",
    file: `${allocation}/bundles/bundle-agent.ts`,
    search: "  if (lost < 0) return;",
    replace: "  if (lost < 99) return;",
    scenario: "allocation-bundles",
  },
  {
    bug: "what agents believe is told only when it changes",
    file: `${allocation}/bundles/bundle-actor.ts`,
    search: `    context.timers.every("spread", spreadMs, "spread", {});\n`,
    replace: "\n",
    scenario: "allocation-bundles",
  },
];

/** Bugs of agreement besides those of its own lists. */
export const agreementMutants: readonly Mutant[] = [
  {
    bug: "a replica enters views whose leader proves nothing",
    file: `${coordination}/byzantine/view-change.ts`,
    search: "  if (!isProvenNewView(turn, message)) {",
    replace: "  if (message.view < 0 && !isProvenNewView(turn, message)) {",
    scenario: "pbft",
  },
  {
    bug: "a Raft candidate counts votes that were refused",
    file: `${coordination}/decision-log/raft/election.ts`,
    search: "    if (term > state.term) turn.becomeFollower(term);\n    return;\n",
    replace:
      "    if (term > state.term) turn.becomeFollower(term);\n    if (term > state.term) return;\n",
    scenario: "raft-core",
  },
];
