import { defineActor, type Transport } from "@troupe/actor";
import { settled } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { now } from "../cluster.test-data.ts";
import { InterruptedError } from "../errors.ts";
import {
  type Answer,
  AuctionFloor,
  declining,
  spec,
  type Worker,
  workerProtocol,
} from "./auction-floor.test-data.ts";
import { holdAuction } from "./hold-auction.ts";
import { auctioneerProtocol } from "./protocol.ts";

let floor: AuctionFloor;

beforeEach(() => {
  floor = new AuctionFloor();
});

test("when the winner declines, the next best is asked", async () => {
  const context = floor.caller();
  const bidders = floor.bidders(
    context,
    floor.asking(10, declining("busy")),
    floor.asking(30),
    floor.asking(20),
  );
  expect(await now(holdAuction(context, spec, bidders))).toMatchObject({
    awarded: true,
    winner: "n3/worker",
    price: 20,
    declined: [{ bidder: "n1/worker", reason: "busy" }],
  });
});

test("when the winner's actor is gone before the award, the next best is asked at once", async () => {
  const context = floor.caller();
  const bidders = floor.bidders(context, floor.asking(10), floor.asking(20), floor.silent);
  const auction = holdAuction(context, spec, bidders);
  await settled();
  await floor.system("n1").stopActor({ address: "n1/worker" });
  await floor.clock.advance(1000);
  expect(await now(auction)).toMatchObject({
    winner: "n2/worker",
    declined: [{ bidder: "n1/worker", reason: expect.stringContaining("unreachable") }],
  });
});

test("when the winner's node is cut off before the award, the next best is asked", async () => {
  const context = floor.caller();
  const auction = holdAuction(
    context,
    spec,
    floor.bidders(context, floor.asking(10), floor.asking(20), floor.silent),
  );
  await settled();
  floor.network.isolate("n1");
  await floor.clock.advance(1000);
  expect(await now(auction)).toMatchObject({
    winner: "n2/worker",
    declined: [{ bidder: "n1/worker", reason: expect.stringContaining("no answer to the award") }],
  });
});

test("a winner that crashes on the award is passed over, with the reason", async () => {
  const context = floor.caller();
  const crashing = floor.asking(10, () => {
    throw new Error("out of memory");
  });
  const bidders = floor.bidders(context, crashing, floor.asking(20));
  expect(await now(holdAuction(context, spec, bidders))).toMatchObject({
    winner: "n2/worker",
    declined: [{ bidder: "n1/worker", reason: expect.stringContaining("out of memory") }],
  });
});

/** Where a node is told what is for none of its actors alone: answers to asks among them. */
const toNode = /\.actor\.[^.]+\.[^.]+$/;

/** A connection on which the first `lost` answers to asks are lost. */
const losingAnswers = (lost: number) => (transport: Transport) => {
  let left = lost;
  return {
    ...transport,
    publish: (...[subject, ...message]: Parameters<Transport["publish"]>) => {
      if (toNode.test(subject) && left > 0) left -= 1;
      else transport.publish(subject, ...message);
    },
  };
};

test("an acceptance that was lost is given again when the award is repeated", async () => {
  floor.system("n1", losingAnswers(1));
  const context = floor.caller();
  const auction = holdAuction(
    context,
    spec,
    floor.bidders(context, floor.asking(10), floor.asking(20)),
  );
  await floor.clock.advance(600);
  expect(await now(auction)).toMatchObject({ winner: "n1/worker", price: 10, declined: [] });
  expect(floor.told.filter((line) => line.startsWith("n1 award"))).toHaveLength(2);
  expect(floor.told).not.toContain("n1 reject x");
});

test("a winner whose answers never come is told to let go, and the next best is asked", async () => {
  floor.system("n1", losingAnswers(Number.POSITIVE_INFINITY));
  const context = floor.caller();
  const auction = holdAuction(
    context,
    spec,
    floor.bidders(context, floor.asking(10), floor.asking(20)),
  );
  await floor.clock.advance(900);
  expect(await now(auction)).toBeUndefined();
  await floor.clock.advance(200);
  expect(await now(auction)).toMatchObject({
    winner: "n2/worker",
    declined: [{ bidder: "n1/worker", reason: expect.stringContaining("no answer to the award") }],
  });
  expect(floor.told.filter((line) => /^n\d (award|reject)/.test(line))).toEqual([
    'n1 award x {"file":"x.csv"} at 10',
    'n1 award x {"file":"x.csv"} at 10',
    "n1 reject x",
    'n2 award x {"file":"x.csv"} at 20',
  ]);
});

/** An answer that takes its time. */
const after = (ms: number, answer: Answer) => () =>
  new Promise<Answer>((resolve) => floor.clock.schedule(ms, () => resolve(answer)));

test("a bid that comes while an award is out is late and causes no other award", async () => {
  const context = floor.caller();
  let bidLate = (): void => {};
  const late: Worker = defineActor(workerProtocol, (self) => ({
    rest: () => {},
    announce: ({ auction, auctioneer }) => {
      const offer = { cost: 1, durationMs: 1, quality: 1, confidence: 1 };
      bidLate = () =>
        self
          .ref(auctioneerProtocol, auctioneer)
          .tell("bid", { auction, bidder: self.self.address, ...offer });
    },
    award: () => ({ accepted: true }),
    reject: () => {},
  }));
  const thinking = floor.asking(10, after(300, { accepted: true }));
  const auction = holdAuction(context, spec, floor.bidders(context, thinking, late));
  await floor.clock.advance(1100);
  bidLate();
  await floor.clock.advance(300);
  expect(await now(auction)).toMatchObject({
    winner: "n1/worker",
    refused: [{ why: "late", bid: { bidder: "n2/worker", cost: 1 } }],
  });
  expect(floor.told.filter((line) => line.includes("award"))).toHaveLength(1);
});

test("a second round has its full time, though the first ended early", async () => {
  const context = floor.caller();
  const thinking = floor.asking(10, after(400, { accepted: false, reason: "busy" }));
  const onlyOnce = floor.worker(
    (bid, round) => (round === 1 ? [{ ...bid, cost: 99 }] : []),
    () => ({
      accepted: false,
      reason: "busy",
    }),
  );
  const auction = holdAuction(context, spec, floor.bidders(context, thinking, onlyOnce));
  await floor.clock.advance(400 + 999);
  expect(floor.told.filter((line) => line.includes("award x/2"))).toEqual([]);
  await floor.clock.advance(1);
  expect(floor.told.filter((line) => line.includes("award x/2"))).toHaveLength(1);
  await floor.clock.advance(400);
  expect(await now(auction)).toMatchObject({ awarded: false, reason: "all-declined", rounds: 2 });
});

test("when the calling actor stops, the auction is interrupted and nobody is awarded", async () => {
  const context = floor.caller();
  const auction = holdAuction(
    context,
    spec,
    floor.bidders(context, floor.asking(10), floor.silent),
  );
  const interrupted = expect(auction).rejects.toThrow(InterruptedError);
  await settled();
  await floor.system("home").stopActor(context.self);
  await interrupted;
  await floor.clock.advance(5000);
  expect(floor.told.filter((line) => line.includes("award"))).toEqual([]);
});

test("when the calling actor stops while an award is out, its bidder is told to let go", async () => {
  const context = floor.caller();
  const thinking = floor.asking(10, after(300, { accepted: true }));
  const auction = holdAuction(context, spec, floor.bidders(context, thinking));
  const interrupted = expect(auction).rejects.toThrow(InterruptedError);
  await floor.clock.advance(100);
  await floor.system("home").stopActor(context.self);
  await interrupted;
  await floor.clock.advance(300);
  expect(floor.told).toContain("n1 reject x");
});
