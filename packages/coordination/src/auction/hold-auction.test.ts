import { defineActor, type Transport } from "@troupe/actor";
import { settled } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { now } from "../cluster.test-data.ts";
import { InvalidSpecError } from "../errors.ts";
import {
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

test("the best bidder gets the order as soon as all have answered; losers learn only that they lost", async () => {
  const context = floor.caller();
  const refusing: Worker = defineActor(workerProtocol, (self) => ({
    rest: () => {},
    announce: ({ auction, auctioneer }) =>
      self
        .ref(auctioneerProtocol, auctioneer)
        .tell("refuse", { auction, bidder: self.self.address, reason: "no tool" }),
    award: () => ({ accepted: false }),
    reject: () => {},
  }));
  const bidders = floor.bidders(context, floor.asking(20), floor.asking(10), refusing);
  expect(await now(holdAuction(context, { ...spec, conversation: "c1" }, bidders))).toEqual({
    awarded: true,
    auction: "x",
    conversation: "c1",
    winner: "n2/worker",
    price: 10,
    bids: [
      expect.objectContaining({ bidder: "n2/worker", cost: 10, score: expect.any(Number) }),
      expect.objectContaining({ bidder: "n1/worker", cost: 20 }),
    ],
    refusals: [{ bidder: "n3/worker", reason: "no tool" }],
    silent: [],
    declined: [],
    refused: [],
    refusedCount: 0,
    rounds: 1,
  });
  await settled();
  expect(floor.told).toEqual([
    'n1 announce x {"bytes":9}',
    'n2 announce x {"bytes":9}',
    'n2 award x {"file":"x.csv"} at 10',
    "n1 reject x",
  ]);
  expect(floor.events.filter(({ kind }) => kind === "stopped")).toEqual([
    { kind: "stopped", actor: "home/caller/1" },
  ]);
});

test("a silent bidder delays the award until the deadline and no longer", async () => {
  const context = floor.caller();
  const auction = holdAuction(
    context,
    spec,
    floor.bidders(context, floor.asking(20), floor.silent),
  );
  await floor.clock.advance(999);
  expect(await now(auction)).toBeUndefined();
  await floor.clock.advance(1);
  expect(await now(auction)).toMatchObject({ winner: "n1/worker", silent: ["n2/worker"] });
});

test("nobody bids: announced again a bounded number of times, then failed with the reason", async () => {
  const context = floor.caller();
  const auction = holdAuction(
    context,
    { ...spec, rounds: 3 },
    floor.bidders(context, floor.silent, floor.silent),
  );
  await floor.clock.advance(2999);
  expect(await now(auction)).toBeUndefined();
  await floor.clock.advance(1);
  expect(await now(auction)).toMatchObject({
    awarded: false,
    reason: "no-bids",
    rounds: 3,
    silent: ["n1/worker", "n2/worker"],
  });
  expect(floor.told.filter((line) => line.startsWith("n1"))).toEqual(
    ["x", "x/2", "x/3"].map((id) => `n1 announce ${id} {"bytes":9}`),
  );
});

test("all decline: announced again, and a bidder that is free by then gets it", async () => {
  const context = floor.caller();
  const free = floor.asking(10, (nth) => ({ accepted: nth > 1, reason: "busy" }));
  expect(await now(holdAuction(context, spec, floor.bidders(context, free)))).toMatchObject({
    awarded: true,
    winner: "n1/worker",
    rounds: 2,
    declined: [{ bidder: "n1/worker", reason: "busy" }],
  });
});

test("all decline for good: failed with the reasons", async () => {
  const context = floor.caller();
  const busy = floor.asking(10, declining("busy"));
  expect(await now(holdAuction(context, spec, floor.bidders(context, busy)))).toMatchObject({
    awarded: false,
    reason: "all-declined",
    rounds: 2,
    declined: [{ reason: "busy" }, { reason: "busy" }],
  });
});

test("without bidders it fails at once", async () => {
  expect(await now(holdAuction(floor.caller(), spec, []))).toMatchObject({
    awarded: false,
    reason: "no-bidders",
    rounds: 0,
  });
});

test("second bids, foreign bids and bad numbers are refused and kept as evidence", async () => {
  const context = floor.caller();
  const undercutting = floor.worker((bid) => [bid, { ...bid, cost: 1 }, { ...bid, bidder: "eve" }]);
  const broken = floor.worker((bid) => [{ ...bid, cost: Number.NaN }]);
  const negative = floor.worker((bid) => [{ ...bid, cost: -5 }]);
  const bidders = floor.bidders(context, undercutting, broken, negative);
  const outcome = await now(holdAuction(context, { ...spec, reserve: 10 }, bidders));
  expect(outcome).toMatchObject({ winner: "n1/worker", price: 10, refusedCount: 4 });
  expect(outcome?.refused.map(({ why, bid }) => `${bid.bidder} ${why}`).sort()).toEqual([
    "eve ineligible",
    "n1/worker contradictory",
    "n2/worker invalid",
    "n3/worker invalid",
  ]);
});

test("at the second price the cheapest is paid what the next one asked for", async () => {
  const context = floor.caller();
  const bidders = floor.bidders(context, floor.asking(30), floor.asking(10), floor.asking(20));
  const auction = holdAuction(context, { ...spec, pricing: "second-price" }, bidders);
  expect(await now(auction)).toMatchObject({ winner: "n2/worker", price: 20 });
  expect(floor.told).toContain('n2 award x {"file":"x.csv"} at 20');
});

test("a network that delivers everything twice makes no second award and accuses nobody", async () => {
  const twice = (transport: Transport): Transport => ({
    ...transport,
    publish: (...message) => {
      transport.publish(...message);
      transport.publish(...message);
    },
  });
  for (const node of ["home", "n1", "n2"]) floor.system(node, twice);
  const context = floor.caller();
  const outcome = await now(
    holdAuction(context, spec, floor.bidders(context, floor.asking(10), floor.asking(20))),
  );
  expect(outcome).toMatchObject({ awarded: true, winner: "n1/worker", declined: [] });
  expect(outcome?.refused.every(({ why }) => why === "repeated")).toBe(true);
  expect(floor.told.filter((line) => line.includes("n2 award"))).toEqual([]);
});

test("a flood of bids that overruns the mailbox does not keep the auction from ending", async () => {
  const context = floor.caller();
  const flooding = floor.worker((bid) => Array.from({ length: 15_000 }, () => bid));
  const local = floor.system("home").spawn(flooding, { name: "worker" });
  const bidders = [{ member: local.address, ref: local }, ...floor.bidders(context, floor.silent)];
  const auction = holdAuction(context, spec, bidders);
  await floor.clock.advance(1000);
  expect(await now(auction)).toMatchObject({ winner: "home/worker" });
  expect(
    floor.events.some((event) => event.kind === "dead-letter" && event.reason === "mailbox-full"),
  ).toBe(true);
});

test("a wrong spec is a typed error", async () => {
  const context = floor.caller();
  const bidders = floor.bidders(context, floor.asking(1));
  await expect(holdAuction(context, { ...spec, rounds: 99 }, bidders)).rejects.toThrow(
    InvalidSpecError,
  );
  await expect(holdAuction(context, { ...spec, deadlineMs: -1 }, bidders)).rejects.toThrow(
    /deadlineMs/,
  );
  await expect(holdAuction(context, { ...spec, awardMs: 0 }, bidders)).rejects.toThrow(/awardMs/);
  await expect(holdAuction(context, spec, [...bidders, ...bidders])).rejects.toThrow(/named twice/);
});

test("an auction is one span, and what bidders do for it is part of it", async () => {
  const context = floor.caller();
  const trace = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
  await holdAuction(
    context,
    { ...spec, trace },
    floor.bidders(context, floor.asking(10), floor.asking(20)),
  );
  await settled();
  const span = floor.tracer.spans.find(({ name }) => name === "auction clean");
  expect(span?.parent?.traceId).toBe("a".repeat(32));
  expect(span?.attributes).toMatchObject({
    "troupe.auction": "x",
    "troupe.auction.awarded": true,
    "troupe.auction.winner": "n1/worker",
    "troupe.auction.price": 10,
    "troupe.auction.bids": 2,
  });
  const parts = ["process worker.announce", "process worker.reject"];
  for (const part of parts) {
    const found = floor.tracer.spans.find(({ name }) => name === part);
    expect(found?.parent?.spanId, part).toBe(span?.context.spanId);
  }
  // What it says itself needs no spans of messages.
  expect(floor.tracer.spans.filter(({ name }) => / (bidder|auctioneer)\./.test(name))).toEqual([]);
});
