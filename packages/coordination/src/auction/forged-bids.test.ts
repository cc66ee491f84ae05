import { defineActor } from "@troupe/actor";
import { type VirtualClock, VirtualCluster } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { holdAuction } from "./hold-auction.ts";
import { holdPackageAuction } from "./packages/hold-package-auction.ts";
import { packageAuctioneerProtocol, packageBidderProtocol } from "./packages/protocol.ts";
import { auctioneerProtocol, bidderProtocol } from "./protocol.ts";

let clock: VirtualClock;
let cluster: VirtualCluster;

beforeEach(() => {
  cluster = new VirtualCluster({ seed: 4 });
  ({ clock } = cluster);
});

const offer = { durationMs: 1, quality: 1, confidence: 1 };

/** A bidder that first bids, or refuses, in each of the `others`' names. */
function bidder(own: string, cost: number, others: readonly string[] = []) {
  return defineActor(bidderProtocol, (context) => ({
    announce: ({ auction, auctioneer }) => {
      const box = context.ref(auctioneerProtocol, auctioneer);
      for (const other of others) {
        box.tell("refuse", { auction, bidder: other, reason: "let me" });
        box.tell("bid", { auction, bidder: other, cost: 1000, ...offer });
      }
      box.tell("bid", { auction, bidder: own, cost, ...offer });
    },
    award: () => ({ accepted: true }),
    reject: () => {},
  }));
}

test("nobody bids or refuses in another's name: its own bid counts, the forged one is evidence", async () => {
  const context = cluster.caller();
  const actors = [bidder("n1", 50, ["n2"]), bidder("n2", 10)];
  const bidders = cluster.invite(context, bidderProtocol, actors);
  const spec = { id: "x", capability: "c", task: {}, deadlineMs: 1000 };
  const auction = holdAuction(context, spec, bidders);
  await clock.advance(1000);
  expect(await auction).toMatchObject({
    awarded: true,
    winner: "n2",
    price: 10,
    refusals: [],
    refused: [{ why: "forged", bid: { bidder: "n2", cost: 1000 }, sender: "n1/party" }],
  });
});

test("in a session a party whose secret was stolen is not answered for", async () => {
  const context = cluster.caller();
  const tokens = new Map<string, string>();
  const party = (name: string, others: readonly string[]) =>
    defineActor(packageBidderProtocol, (own) => ({
      tender: ({ chair, session, step, token, tender }) => {
        tokens.set(name, token);
        const box = own.ref(packageAuctioneerProtocol, chair);
        const says = (who: string, cost: number) =>
          box.tell("answer", {
            session,
            step,
            party: who,
            token: tokens.get(who) ?? "",
            answer:
              tender.kind === "tender"
                ? { kind: "offer", packages: [{ portion: { units: 1 }, cost }] }
                : { kind: "accept" },
          });
        for (const other of others) says(other, 999);
        says(name, 10);
      },
      settled: () => {},
    }));
  const bidders = cluster.invite(context, packageBidderProtocol, [
    party("n1", []),
    party("n2", ["n1"]),
  ]);
  const spec = {
    id: "x",
    capability: "c",
    lot: { kind: "units" as const, units: 1, reserve: 100 },
    answerMs: 1000,
  };
  const auction = holdPackageAuction(context, spec, bidders);
  await clock.advance(5000);
  const { refused } = await auction;
  expect(refused).toMatchObject([{ why: "forged", party: "n1", sender: "n2/party" }]);
});
