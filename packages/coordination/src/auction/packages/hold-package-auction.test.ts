import { type Actor, defineActor } from "@troupe/actor";
import { type InMemoryNetwork, settled, type VirtualClock, VirtualCluster } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { now, shaky } from "../../cluster.test-data.ts";
import { InvalidSpecError } from "../../errors.ts";
import { holdPackageAuction, type PackageAuctionSpec } from "./hold-package-auction.ts";
import {
  type PackageBidderMessages,
  packageAuctioneerProtocol,
  packageBidderProtocol,
} from "./protocol.ts";
import type { PackageAnswer, Tender } from "./question.ts";

let clock: VirtualClock;
let network: InMemoryNetwork;
let cluster: VirtualCluster;
let told: string[];

beforeEach(() => {
  cluster = new VirtualCluster({ seed: 5 });
  ({ clock, network } = cluster);
  told = [];
});

function bidder(
  answers: (tender: Tender) => readonly PackageAnswer[],
): Actor<PackageBidderMessages> {
  return defineActor(packageBidderProtocol, (context) => ({
    tender: ({ chair, session, step, party, token, tender }) => {
      for (const answer of answers(tender)) {
        context
          .ref(packageAuctioneerProtocol, chair)
          .tell("answer", { session, step, party, token, answer });
      }
    },
    settled: ({ won }) => {
      told.push(`${context.node} ${JSON.stringify(won ?? null)}`);
    },
  }));
}

/** Offers so many units at the cost of each. */
const supplying = (units: number, each: number, answer: PackageAnswer = { kind: "accept" }) =>
  bidder(({ kind }) =>
    kind === "award"
      ? [answer]
      : [
          {
            kind: "offer",
            packages: Array.from({ length: units }, (_, at) => ({
              portion: { units: at + 1 },
              cost: each * (at + 1),
            })),
          },
        ],
  );

const spec: PackageAuctionSpec = {
  id: "x",
  capability: "scan",
  lot: { kind: "units", units: 4, reserve: 50 },
  pricing: "vickrey",
  answerMs: 1000,
};

test("units go to the cheapest, each paid what the others would have cost, and all learn only of their own", async () => {
  const context = cluster.caller();
  const bidders = cluster.invite(context, packageBidderProtocol, [
    supplying(2, 10),
    supplying(2, 20),
    supplying(2, 30),
  ]);
  expect(await now(holdPackageAuction(context, spec, bidders))).toMatchObject({
    awards: [
      { bidder: "n1", portion: { units: 2 }, cost: 20, price: 60 },
      { bidder: "n2", portion: { units: 2 }, cost: 40, price: 60 },
    ],
    paid: 120,
    steps: 2,
  });
  await settled();
  expect(told.toSorted()).toEqual([
    'n1 {"portion":{"units":2},"price":60}',
    'n2 {"portion":{"units":2},"price":60}',
    "n3 null",
  ]);
});

test("a winner that is cut off when it is awarded is replaced; a silent one is not waited for beyond the deadline", async () => {
  const context = cluster.caller();
  const dying = bidder(({ kind }) => {
    if (kind === "award") network.isolate("n1");
    return kind === "award"
      ? [{ kind: "accept" }]
      : [{ kind: "offer", packages: [{ portion: { units: 4 }, cost: 4 }] }];
  });
  const bidders = cluster.invite(context, packageBidderProtocol, [
    dying,
    supplying(4, 20),
    bidder(() => []),
  ]);
  const auction = holdPackageAuction(context, spec, bidders);
  await clock.advance(1999);
  expect(await now(auction)).toBeUndefined();
  await clock.advance(1);
  expect(await now(auction)).toMatchObject({
    awards: [{ bidder: "n2", portion: { units: 4 }, price: 200 }],
    declined: [{ bidder: "n1", reason: "no answer to the award" }],
    silent: ["n3"],
  });
});

test("a second offer and a late one are refused with evidence, and change nothing", async () => {
  const context = cluster.caller();
  const offer = (cost: number): PackageAnswer => ({
    kind: "offer",
    packages: [{ portion: { units: 4 }, cost }],
  });
  const double = bidder(({ kind }) =>
    kind === "award" ? [{ kind: "accept" }, offer(1)] : [offer(120), offer(90)],
  );
  const bidders = cluster.invite(context, packageBidderProtocol, [double, supplying(4, 29)]);
  const outcome = await now(
    holdPackageAuction(context, { ...spec, pricing: "first-price" }, bidders),
  );
  expect(outcome?.awards).toMatchObject([{ bidder: "n2", price: 116 }]);
  expect(outcome?.refused).toMatchObject([{ why: "contradictory", party: "n1" }]);
});

test("with a duplicating, losing network it still ends in time and gives nothing twice", async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const faulty = new VirtualCluster({ seed, wrap: shaky });
    const { random } = faulty;
    const context = faulty.caller();
    const decline: PackageAnswer = { kind: "decline", reason: "busy" };
    const bidders = faulty.invite(
      context,
      packageBidderProtocol,
      [5, 10, 15, 20].map((each) => supplying(2, each, random.next() < 0.3 ? decline : undefined)),
    );
    const auction = holdPackageAuction(context, { ...spec, recalls: 5 }, bidders);
    const pending = now(auction);
    await faulty.clock.advance(5000);
    await pending;
    const outcome = await now(auction);
    const where = `seed ${seed}`;
    expect(outcome, where).toBeDefined();
    const given = outcome?.awards.map(({ portion }) => ("units" in portion ? portion.units : 99));
    expect(
      given?.reduce((sum, one) => sum + one, 0),
      where,
    ).toBeLessThanOrEqual(4);
    const winners = outcome?.awards.map((award) => award.bidder);
    expect(new Set(winners).size, where).toBe(winners?.length);
    expect(
      outcome?.refused.filter(({ why }) => why === "contradictory"),
      where,
    ).toEqual([]);
  }
});

test("a wrong lot, and more bidders than can be handled, are refused before anybody is asked", async () => {
  const context = cluster.caller();
  const [one] = cluster.invite(context, packageBidderProtocol, [bidder(() => [])]);
  const lot = { kind: "units", units: 0, reserve: 1 } as const;
  await expect(holdPackageAuction(context, { ...spec, lot }, [])).rejects.toThrow(InvalidSpecError);
  if (one === undefined) throw new Error("nobody was invited");
  const many = Array.from({ length: 101 }, (_, at) => ({ ...one, member: `m${at}` }));
  await expect(holdPackageAuction(context, spec, many)).rejects.toThrow(InvalidSpecError);
});
