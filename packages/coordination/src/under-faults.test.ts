import { defineActor } from "@troupe/actor";
import { seededRandom, VirtualCluster } from "@troupe/testkit";
import { expect, test } from "vitest";
import { holdAuction } from "./auction/hold-auction.ts";
import type { AuctionOutcome } from "./auction/outcome.ts";
import { auctioneerProtocol, bidderProtocol } from "./auction/protocol.ts";
import { lossy } from "./cluster.test-data.ts";
import { holdVote } from "./vote/hold-vote.ts";
import type { VoteOutcome } from "./vote/outcome.ts";
import { tellerProtocol, voterProtocol } from "./vote/protocol.ts";

/** A cluster on a network that loses, repeats, delays and reorders, differently for each seed. */
class FaultyCluster extends VirtualCluster {
  constructor(seed: number) {
    const random = seededRandom(seed);
    const faults = { lost: random.next() * 0.5, repeated: random.next() * 0.3, withinMs: 150 };
    super({ random, wrap: lossy(faults) });
  }

  below(limit: number): number {
    return Math.floor(this.random.next() * limit);
  }
}

const seeds = Array.from({ length: 120 }, (_, index) => index + 1);

/** A vote of five, of whom some are silent, slow, double-voting or forging. */
async function voteOnce(
  seed: number,
): Promise<{ outcome: VoteOutcome; cast: Map<string, string> }> {
  const cluster = new FaultyCluster(seed);
  const context = cluster.caller();
  /** The first ballot that each member sent in its own name; later ones may overtake it. */
  const cast = new Map<string, string>();
  const voters = Array.from({ length: 5 }, (_, index) => {
    const manner = ["honest", "honest", "silent", "double", "forging"][cluster.below(5)];
    const own = cluster.below(4) === 0 ? "b" : "a";
    const actor = defineActor(voterProtocol, (self) => ({
      callForBallots: ({ vote, teller }) => {
        const member = self.self.address;
        const { id, round, digest } = vote;
        const ballot = { vote: id, round, digest, member, choice: own, reason: manner ?? "" };
        const box = self.ref(tellerProtocol, teller);
        if (manner === "silent") return;
        if (manner === "forging") {
          for (let other = 1; other <= 5; other++) {
            if (other !== index + 1) {
              box.tell("ballot", { ...ballot, member: `n${other}/voter`, choice: "b" });
            }
          }
        }
        cast.set(member, manner === "double" ? "either" : own);
        box.tell("ballot", ballot);
        if (manner === "double") box.tell("ballot", { ...ballot, choice: "b" });
      },
    }));
    const { address } = cluster.system(`n${index + 1}`).spawn(actor, { name: "voter" });
    return { member: address, ref: context.ref(voterProtocol, address) };
  });
  if (cluster.below(3) === 0) {
    const cut = `n${cluster.below(5) + 1}`;
    cluster.clock.schedule(cluster.below(500), () => cluster.network.isolate(cut));
    cluster.clock.schedule(500 + cluster.below(500), () => cluster.network.heal());
  }
  const vote = holdVote(
    context,
    { id: "v", question: "q", options: ["a", "b"], rule: { kind: "majority" }, deadlineMs: 1000 },
    voters,
  );
  await cluster.clock.advance(1000);
  return { outcome: await vote, cast };
}

test("votes on a faulty network with faulty voters end in time, count nobody twice, and decide by majority", async () => {
  let decided = 0;
  for (const seed of seeds) {
    const { outcome, cast } = await voteOnce(seed);
    const where = `seed ${seed}`;
    const members = outcome.ballots.map(({ member }) => member);
    expect(new Set(members).size, where).toBe(members.length);
    for (const { member, choice } of outcome.ballots) {
      const own = cast.get(member);
      expect(own === "either" || own === choice, `${where}: ${member} voted ${own}`).toBe(true);
    }
    const accounted = [...members, ...outcome.abstained, ...outcome.missing].sort();
    expect(accounted, where).toEqual(["n1", "n2", "n3", "n4", "n5"].map((node) => `${node}/voter`));
    const votes = outcome.ballots.filter(({ choice }) => choice === outcome.decided).length;
    expect(votes >= 3, where).toBe(outcome.decided !== undefined);
    for (const { why, ballot } of outcome.refused) {
      if (why === "contradictory") expect(cast.get(ballot.member), where).toBe("either");
    }
    if (outcome.decided !== undefined) decided += 1;
  }
  expect(decided).toBeGreaterThan(seeds.length / 4);
  expect(decided).toBeLessThan(seeds.length);
});

test("the same seed gives the same vote", async () => {
  const [once, again] = [await voteOnce(5), await voteOnce(5)];
  expect(again.outcome).toEqual(once.outcome);
});

test("auctions on a faulty network with faulty bidders end in time with one award, to one that took it", async () => {
  let awarded = 0;
  for (const seed of seeds) {
    const cluster = new FaultyCluster(seed);
    const context = cluster.caller();
    const taken = new Set<string>();
    const bidders = Array.from({ length: 4 }, (_, index) => {
      const manner = ["willing", "willing", "silent", "declining"][cluster.below(4)];
      const cost = 1 + cluster.below(3);
      const actor = defineActor(bidderProtocol, (self) => ({
        announce: ({ auction, auctioneer }) => {
          if (manner === "silent") return;
          const offer = { cost, durationMs: 10, quality: 1, confidence: 1 };
          self
            .ref(auctioneerProtocol, auctioneer)
            .tell("bid", { auction, bidder: self.self.address, ...offer });
        },
        award: () => {
          if (manner !== "willing") return { accepted: false, reason: "busy" };
          taken.add(self.self.address);
          return { accepted: true };
        },
        reject: () => {},
      }));
      const { address } = cluster.system(`n${index + 1}`).spawn(actor, { name: "bidder" });
      return { member: address, ref: context.ref(bidderProtocol, address) };
    });
    const spec = { id: "x", capability: "c", task: {}, deadlineMs: 400, awardMs: 400, rounds: 2 };
    let outcome: AuctionOutcome | undefined;
    void holdAuction(context, spec, bidders).then((ended) => {
      outcome = ended;
    });
    await cluster.clock.advance(spec.rounds * (400 + 4 * 2 * 420));
    const where = `seed ${seed}`;
    expect(outcome, where).toBeDefined();
    if (outcome?.awarded !== true) continue;
    const { winner, price, bids, declined } = outcome;
    awarded += 1;
    expect(taken, where).toContain(winner);
    expect(bids.find(({ bidder }) => bidder === winner)?.cost, where).toBe(price);
    expect(new Set(bids.map(({ bidder }) => bidder)).size, where).toBe(bids.length);
    const better = bids.slice(
      0,
      bids.findIndex(({ bidder }) => bidder === winner),
    );
    for (const { bidder } of better) {
      expect(
        declined.some((one) => one.bidder === bidder),
        `${where}: ${bidder} was better`,
      ).toBe(true);
    }
  }
  expect(awarded).toBeGreaterThan(seeds.length / 4);
});
