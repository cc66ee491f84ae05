import type { Actor } from "@troupe/actor";
import { defineActor } from "@troupe/actor";
import { type InMemoryNetwork, settled, VirtualClock, VirtualCluster } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { now } from "../../cluster.test-data.ts";
import { InterruptedError, InvalidSpecError } from "../../errors.ts";
import { holdOpenAuction, type OpenAuctionSpec } from "./hold-open-auction.ts";
import { type OpenBidderMessages, openAuctioneerProtocol, openBidderProtocol } from "./protocol.ts";
import type { OpenOffer, Quote } from "./question.ts";

let clock: VirtualClock;
let network: InMemoryNetwork;
let cluster: VirtualCluster;
/** What bidders were told besides quotes: `n1 won x`. */
let told: string[];

beforeEach(() => {
  cluster = new VirtualCluster({ seed: 3 });
  ({ clock, network } = cluster);
  told = [];
});

/** Undercuts by a step or takes the price as long as it covers the cost. */
const straightforward = (cost: number, quote: Quote): OpenOffer => {
  if (quote.kind === "award") return { kind: "accept" };
  if (quote.kind === "undercut") {
    return quote.most >= cost ? { kind: "offer", price: quote.most } : { kind: "pass" };
  }
  return quote.price >= cost ? { kind: "offer", price: quote.price } : { kind: "wait" };
};

/** Answers quotes with each of what `answers` makes of them. */
function bidder(
  answers: (quote: Quote) => readonly (OpenOffer & { readonly as?: string })[],
): Actor<OpenBidderMessages> {
  return defineActor(openBidderProtocol, (context) => ({
    quote: ({ chair, session, step, party, token, quote }) => {
      if (quote.kind === "award") told.push(`${party} awarded ${JSON.stringify(quote.order)}`);
      for (const { as = party, ...answer } of answers(quote)) {
        context
          .ref(openAuctioneerProtocol, chair)
          .tell("offer", { session, step, party: as, token, answer });
      }
    },
    closed: ({ session, won }) => {
      told.push(`${context.node} ${won ? "won" : "lost"} ${session}`);
    },
  }));
}
const costing = (cost: number) => bidder((quote) => [straightforward(cost, quote)]);
const silent = bidder(() => []);

const english: OpenAuctionSpec = {
  id: "x",
  capability: "clean",
  terms: { kind: "english", reserve: 100, step: 5 },
  order: { file: "x.csv" },
  answerMs: 1000,
};
const dutch: OpenAuctionSpec = {
  ...english,
  terms: { kind: "dutch", start: 0, reserve: 100, step: 5 },
};

test.each([
  ["reverse English", english, 45],
  ["reverse Dutch", dutch, 20],
] as const)(
  "a %s auction is held with actors, without waiting for anybody who answers",
  async (_, spec, price) => {
    const context = cluster.caller();
    const bidders = cluster.invite(context, openBidderProtocol, [
      costing(80),
      costing(17),
      costing(49),
    ]);
    const outcome = await now(holdOpenAuction(context, { ...spec, conversation: "c" }, bidders));
    expect(outcome).toMatchObject({
      awarded: true,
      winner: "n2",
      conversation: "c",
    });
    // Whoever is asked what another has taken meanwhile may be late with its answer.
    expect(outcome?.refused.filter(({ why }) => why !== "late")).toEqual([]);
    if (outcome?.awarded) expect(Math.abs(outcome.price - price)).toBeLessThanOrEqual(5);
    expect(clock.now()).toBe(new VirtualClock().now());
    await settled();
    expect(told.toSorted()).toEqual([
      "n1 lost x",
      'n2 awarded {"file":"x.csv"}',
      "n2 won x",
      "n3 lost x",
    ]);
    const span = cluster.tracer.spans.find(({ name }) => name === "auction clean");
    expect(span?.error).toBeUndefined();
    expect(span?.attributes).toMatchObject({
      "troupe.auction.awarded": true,
      "troupe.auction.winner": "n2",
      "troupe.auction.declined": 0,
    });
  },
);

test("a silent bidder delays only the first quote, and is out", async () => {
  const context = cluster.caller();
  const bidders = cluster.invite(context, openBidderProtocol, [costing(40), silent, costing(60)]);
  const auction = holdOpenAuction(context, english, bidders);
  await clock.advance(999);
  expect(await now(auction)).toBeUndefined();
  await clock.advance(1);
  expect(await now(auction)).toMatchObject({
    winner: "n1",
    out: [
      { bidder: "n2", why: "silent" },
      { bidder: "n3", why: "passed" },
    ],
  });
});

test("a winner whose node is cut off when it is awarded is passed over", async () => {
  const context = cluster.caller();
  const cutOff = bidder((quote) => {
    if (quote.kind === "award") network.isolate("n1");
    return [straightforward(10, quote)];
  });
  const bidders = cluster.invite(context, openBidderProtocol, [cutOff, costing(60)]);
  const auction = holdOpenAuction(context, english, bidders);
  await clock.advance(1000);
  expect(await now(auction)).toMatchObject({
    awarded: true,
    winner: "n2",
    declined: [{ bidder: "n1", reason: "no answer to the award" }],
  });
});

test("liars gain nothing: double, forged and forbidden offers are refused and kept", async () => {
  const context = cluster.caller();
  const double = bidder((quote) =>
    quote.kind === "undercut"
      ? [
          { kind: "offer", price: quote.most },
          { kind: "offer", price: 0 },
        ]
      : [{ kind: "accept" }],
  );
  const forging = bidder(() => [{ kind: "offer", price: 99, as: "n3" }, { kind: "pass" }]);
  const dear = bidder((quote) => [
    quote.kind === "undercut" ? { kind: "offer", price: quote.most + 1 } : { kind: "accept" },
  ]);
  const bidders = cluster.invite(context, openBidderProtocol, [double, forging, costing(30), dear]);
  const outcome = await now(holdOpenAuction(context, english, bidders));
  expect(outcome).toMatchObject({ awarded: true, winner: "n1" });
  const why = (party: string) =>
    outcome?.refused.filter((one) => one.party === party).map((one) => one.why);
  expect(new Set(why("n1"))).toEqual(new Set(["contradictory"]));
  expect(new Set(why("n3"))).toEqual(new Set(["forged"]));
  expect(why("n4")).toEqual(["invalid"]);
  expect(outcome?.offers.every(({ price }) => price >= 20)).toBe(true);
});

test("it ends without an award when all are silent, and at once when nobody is invited", async () => {
  const context = cluster.caller();
  const auction = holdOpenAuction(
    context,
    dutch,
    cluster.invite(context, openBidderProtocol, [silent, silent]),
  );
  await clock.advance(1000);
  expect(await now(auction)).toMatchObject({ awarded: false, reason: "no-offers", steps: 1 });
  expect(await now(holdOpenAuction(context, english, []))).toMatchObject({
    awarded: false,
    reason: "no-bidders",
    steps: 0,
  });
});

test("a wrong spec is refused before anybody is asked, and a caller that stops interrupts it", async () => {
  const context = cluster.caller();
  const bidders = cluster.invite(context, openBidderProtocol, [silent]);
  await expect(holdOpenAuction(context, english, [...bidders, ...bidders])).rejects.toThrow(
    InvalidSpecError,
  );
  await expect(holdOpenAuction(context, { ...english, answerMs: 0 }, bidders)).rejects.toThrow(
    InvalidSpecError,
  );
  const auction = holdOpenAuction(context, english, bidders);
  const ended = expect(auction).rejects.toThrow(InterruptedError);
  await settled();
  await cluster.system("home").stopActor({ address: "home/caller" });
  await ended;
});
