// Longer than others: every way in which an auction can go wrong is told on the same bidders.
import {
  type Actor,
  type ActorContext,
  type ActorSystem,
  createActorSystem,
  defineActor,
  defineProtocol,
  message,
  type SystemEvent,
  silentLog,
  type Transport,
} from "@troupe/actor";
import {
  InMemoryNetwork,
  RecordingTracer,
  seededRandom,
  settled,
  VirtualClock,
} from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { InterruptedError, InvalidSpecError } from "../errors.ts";
import { type AuctionSpec, type Bidder, holdAuction } from "./hold-auction.ts";
import type { AuctionOutcome } from "./outcome.ts";
import { auctioneerProtocol, type Bid, bidderMessages } from "./protocol.ts";

/** Bidders that are also something else: a wider protocol than the auction asks for. */
const workerProtocol = defineProtocol("worker", {
  ...bidderMessages,
  rest: message(z.object({})),
});
type Worker = Actor<typeof workerProtocol.messages>;
const callerProtocol = defineProtocol("caller", { nothing: message(z.object({})) });
type CallerContext = ActorContext<typeof callerProtocol.messages>;
type Answer = { readonly accepted: boolean; readonly reason?: string };

let clock: VirtualClock;
let network: InMemoryNetwork;
let tracer: RecordingTracer;
let systems: Map<string, ActorSystem>;
let events: SystemEvent[];
/** What workers were told, in order: `n1 announce x`. */
let told: string[];

beforeEach(() => {
  clock = new VirtualClock();
  const random = seededRandom(11);
  network = new InMemoryNetwork({ clock, random });
  tracer = new RecordingTracer(clock, random);
  systems = new Map();
  events = [];
  told = [];
});

function system(node: string, wrap = (transport: Transport) => transport): ActorSystem {
  const existing = systems.get(node);
  if (existing !== undefined) return existing;
  const started = createActorSystem({
    node,
    ports: {
      transport: wrap(network.connect(node)),
      clock,
      tracer,
      random: seededRandom(node.length),
      log: silentLog,
    },
  });
  started.observe((event) => events.push(event));
  systems.set(node, started);
  return started;
}

/** An actor on node `home` that can hold auctions. */
function caller(): CallerContext {
  const contexts: CallerContext[] = [];
  const actor = defineActor(callerProtocol, (context) => {
    contexts.push(context);
    return { nothing: () => {} };
  });
  system("home").spawn(actor, { name: "caller" });
  const [context] = contexts;
  if (context === undefined) throw new Error("the calling actor did not start");
  return context;
}

/** A worker that bids what `offer` makes of each announcement, and answers awards with `answer`. */
function worker(
  offer: (bid: Bid, round: number) => readonly Bid[],
  answer: (nth: number) => Answer | Promise<Answer> = () => ({ accepted: true }),
): Worker {
  return defineActor(workerProtocol, (context) => {
    let round = 0;
    let awards = 0;
    const { node, self } = context;
    return {
      rest: () => {},
      announce: ({ auction, auctioneer, task }) => {
        told.push(`${node} announce ${auction} ${JSON.stringify(task)}`);
        round += 1;
        const bid = {
          auction,
          bidder: self.address,
          cost: 10,
          durationMs: 100,
          quality: 1,
          confidence: 1,
        };
        for (const one of offer(bid, round)) {
          context.ref(auctioneerProtocol, auctioneer).tell("bid", one);
        }
      },
      award: ({ auction, order, price }) => {
        told.push(`${node} award ${auction} ${JSON.stringify(order)} at ${price}`);
        awards += 1;
        return answer(awards);
      },
      reject: ({ auction, ...more }) => {
        told.push(`${node} reject ${auction}`);
        expect(more).toEqual({});
      },
    };
  });
}
const asking = (cost: number, answer?: (nth: number) => Answer | Promise<Answer>) =>
  worker((bid) => [{ ...bid, cost }], answer);
const silent = worker(() => []);
const declining = (reason: string) => () => ({ accepted: false, reason });

/** Spawns each actor on a node of its own, n1, n2, and so on. */
function invite(context: CallerContext, ...workers: readonly Worker[]): readonly Bidder[] {
  return workers.map((actor, index) => {
    const { address } = system(`n${index + 1}`).spawn(actor, { name: "worker" });
    return { member: address, ref: context.ref(workerProtocol, address) };
  });
}

const spec: AuctionSpec = {
  id: "x",
  capability: "clean",
  task: { bytes: 9 },
  order: { file: "x.csv" },
  deadlineMs: 1000,
  awardMs: 500,
};

/** The outcome once it is there, without time passing. */
async function now(auction: Promise<AuctionOutcome>): Promise<AuctionOutcome | undefined> {
  let outcome: AuctionOutcome | undefined;
  void auction.then((ended) => {
    outcome = ended;
  });
  await settled();
  return outcome;
}

test("the best bidder gets the order as soon as all have answered; losers learn only that they lost", async () => {
  const context = caller();
  const refusing: Worker = defineActor(workerProtocol, (self) => ({
    rest: () => {},
    announce: ({ auction, auctioneer }) =>
      self
        .ref(auctioneerProtocol, auctioneer)
        .tell("refuse", { auction, bidder: self.self.address, reason: "no tool" }),
    award: () => ({ accepted: false }),
    reject: () => {},
  }));
  const bidders = invite(context, asking(20), asking(10), refusing);
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
  expect(told).toEqual([
    'n1 announce x {"bytes":9}',
    'n2 announce x {"bytes":9}',
    'n2 award x {"file":"x.csv"} at 10',
    "n1 reject x",
  ]);
  expect(events.filter(({ kind }) => kind === "stopped")).toEqual([
    { kind: "stopped", actor: "home/caller/1" },
  ]);
});

test("a silent bidder delays the award until the deadline and no longer", async () => {
  const context = caller();
  const auction = holdAuction(context, spec, invite(context, asking(20), silent));
  await clock.advance(999);
  expect(await now(auction)).toBeUndefined();
  await clock.advance(1);
  expect(await now(auction)).toMatchObject({ winner: "n1/worker", silent: ["n2/worker"] });
});

test("when the winner declines, the next best is asked", async () => {
  const context = caller();
  const bidders = invite(context, asking(10, declining("busy")), asking(30), asking(20));
  expect(await now(holdAuction(context, spec, bidders))).toMatchObject({
    awarded: true,
    winner: "n3/worker",
    price: 20,
    declined: [{ bidder: "n1/worker", reason: "busy" }],
  });
});

test("when the winner's actor is gone before the award, the next best is asked at once", async () => {
  const context = caller();
  const bidders = invite(context, asking(10), asking(20), silent);
  const auction = holdAuction(context, spec, bidders);
  await settled();
  await system("n1").stopActor({ address: "n1/worker" });
  await clock.advance(1000);
  expect(await now(auction)).toMatchObject({
    winner: "n2/worker",
    declined: [{ bidder: "n1/worker", reason: expect.stringContaining("unreachable") }],
  });
});

test("when the winner's node is cut off before the award, the next best is asked", async () => {
  const context = caller();
  const auction = holdAuction(context, spec, invite(context, asking(10), asking(20), silent));
  await settled();
  network.isolate("n1");
  await clock.advance(1000);
  expect(await now(auction)).toMatchObject({
    winner: "n2/worker",
    declined: [{ bidder: "n1/worker", reason: expect.stringContaining("no answer to the award") }],
  });
});

test("a winner that crashes on the award is passed over, with the reason", async () => {
  const context = caller();
  const crashing = asking(10, () => {
    throw new Error("out of memory");
  });
  const bidders = invite(context, crashing, asking(20));
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
  system("n1", losingAnswers(1));
  const context = caller();
  const auction = holdAuction(context, spec, invite(context, asking(10), asking(20)));
  await clock.advance(600);
  expect(await now(auction)).toMatchObject({ winner: "n1/worker", price: 10, declined: [] });
  expect(told.filter((line) => line.startsWith("n1 award"))).toHaveLength(2);
  expect(told).not.toContain("n1 reject x");
});

test("a winner whose answers never come is told to let go, and the next best is asked", async () => {
  system("n1", losingAnswers(Number.POSITIVE_INFINITY));
  const context = caller();
  const auction = holdAuction(context, spec, invite(context, asking(10), asking(20)));
  await clock.advance(900);
  expect(await now(auction)).toBeUndefined();
  await clock.advance(200);
  expect(await now(auction)).toMatchObject({
    winner: "n2/worker",
    declined: [{ bidder: "n1/worker", reason: expect.stringContaining("no answer to the award") }],
  });
  expect(told.filter((line) => /^n\d (award|reject)/.test(line))).toEqual([
    'n1 award x {"file":"x.csv"} at 10',
    'n1 award x {"file":"x.csv"} at 10',
    "n1 reject x",
    'n2 award x {"file":"x.csv"} at 20',
  ]);
});

/** An answer that takes its time. */
const after = (ms: number, answer: Answer) => () =>
  new Promise<Answer>((resolve) => clock.schedule(ms, () => resolve(answer)));

test("a bid that comes while an award is out is late and causes no other award", async () => {
  const context = caller();
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
  const thinking = asking(10, after(300, { accepted: true }));
  const auction = holdAuction(context, spec, invite(context, thinking, late));
  await clock.advance(1100);
  bidLate();
  await clock.advance(300);
  expect(await now(auction)).toMatchObject({
    winner: "n1/worker",
    refused: [{ why: "late", bid: { bidder: "n2/worker", cost: 1 } }],
  });
  expect(told.filter((line) => line.includes("award"))).toHaveLength(1);
});

test("a second round has its full time, though the first ended early", async () => {
  const context = caller();
  const thinking = asking(10, after(400, { accepted: false, reason: "busy" }));
  const onlyOnce = worker(
    (bid, round) => (round === 1 ? [{ ...bid, cost: 99 }] : []),
    () => ({
      accepted: false,
      reason: "busy",
    }),
  );
  const auction = holdAuction(context, spec, invite(context, thinking, onlyOnce));
  await clock.advance(400 + 999);
  expect(told.filter((line) => line.includes("award x/2"))).toEqual([]);
  await clock.advance(1);
  expect(told.filter((line) => line.includes("award x/2"))).toHaveLength(1);
  await clock.advance(400);
  expect(await now(auction)).toMatchObject({ awarded: false, reason: "all-declined", rounds: 2 });
});

test("nobody bids: announced again a bounded number of times, then failed with the reason", async () => {
  const context = caller();
  const auction = holdAuction(context, { ...spec, rounds: 3 }, invite(context, silent, silent));
  await clock.advance(2999);
  expect(await now(auction)).toBeUndefined();
  await clock.advance(1);
  expect(await now(auction)).toMatchObject({
    awarded: false,
    reason: "no-bids",
    rounds: 3,
    silent: ["n1/worker", "n2/worker"],
  });
  expect(told.filter((line) => line.startsWith("n1"))).toEqual(
    ["x", "x/2", "x/3"].map((id) => `n1 announce ${id} {"bytes":9}`),
  );
});

test("all decline: announced again, and a bidder that is free by then gets it", async () => {
  const context = caller();
  const free = asking(10, (nth) => ({ accepted: nth > 1, reason: "busy" }));
  expect(await now(holdAuction(context, spec, invite(context, free)))).toMatchObject({
    awarded: true,
    winner: "n1/worker",
    rounds: 2,
    declined: [{ bidder: "n1/worker", reason: "busy" }],
  });
});

test("all decline for good: failed with the reasons", async () => {
  const context = caller();
  const busy = asking(10, declining("busy"));
  expect(await now(holdAuction(context, spec, invite(context, busy)))).toMatchObject({
    awarded: false,
    reason: "all-declined",
    rounds: 2,
    declined: [{ reason: "busy" }, { reason: "busy" }],
  });
});

test("without bidders it fails at once", async () => {
  expect(await now(holdAuction(caller(), spec, []))).toMatchObject({
    awarded: false,
    reason: "no-bidders",
    rounds: 0,
  });
});

test("second bids, foreign bids and bad numbers are refused and kept as evidence", async () => {
  const context = caller();
  const undercutting = worker((bid) => [bid, { ...bid, cost: 1 }, { ...bid, bidder: "eve" }]);
  const broken = worker((bid) => [{ ...bid, cost: Number.NaN }]);
  const negative = worker((bid) => [{ ...bid, cost: -5 }]);
  const bidders = invite(context, undercutting, broken, negative);
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
  const context = caller();
  const bidders = invite(context, asking(30), asking(10), asking(20));
  const auction = holdAuction(context, { ...spec, pricing: "second-price" }, bidders);
  expect(await now(auction)).toMatchObject({ winner: "n2/worker", price: 20 });
  expect(told).toContain('n2 award x {"file":"x.csv"} at 20');
});

test("a network that delivers everything twice makes no second award and accuses nobody", async () => {
  const twice = (transport: Transport): Transport => ({
    ...transport,
    publish: (...message) => {
      transport.publish(...message);
      transport.publish(...message);
    },
  });
  for (const node of ["home", "n1", "n2"]) system(node, twice);
  const context = caller();
  const outcome = await now(holdAuction(context, spec, invite(context, asking(10), asking(20))));
  expect(outcome).toMatchObject({ awarded: true, winner: "n1/worker", declined: [] });
  expect(outcome?.refused.every(({ why }) => why === "repeated")).toBe(true);
  expect(told.filter((line) => line.includes("n2 award"))).toEqual([]);
});

test("a flood of bids that overruns the mailbox does not keep the auction from ending", async () => {
  const context = caller();
  const flooding = worker((bid) => Array.from({ length: 15_000 }, () => bid));
  const local = system("home").spawn(flooding, { name: "worker" });
  const bidders = [{ member: local.address, ref: local }, ...invite(context, silent)];
  const auction = holdAuction(context, spec, bidders);
  await clock.advance(1000);
  expect(await now(auction)).toMatchObject({ winner: "home/worker" });
  expect(
    events.some((event) => event.kind === "dead-letter" && event.reason === "mailbox-full"),
  ).toBe(true);
});

test("when the calling actor stops, the auction is interrupted and nobody is awarded", async () => {
  const context = caller();
  const auction = holdAuction(context, spec, invite(context, asking(10), silent));
  const interrupted = expect(auction).rejects.toThrow(InterruptedError);
  await settled();
  await system("home").stopActor(context.self);
  await interrupted;
  await clock.advance(5000);
  expect(told.filter((line) => line.includes("award"))).toEqual([]);
});

test("when the calling actor stops while an award is out, its bidder is told to let go", async () => {
  const context = caller();
  const thinking = asking(10, after(300, { accepted: true }));
  const auction = holdAuction(context, spec, invite(context, thinking));
  const interrupted = expect(auction).rejects.toThrow(InterruptedError);
  await clock.advance(100);
  await system("home").stopActor(context.self);
  await interrupted;
  await clock.advance(300);
  expect(told).toContain("n1 reject x");
});

test("a wrong spec is a typed error", async () => {
  const context = caller();
  const bidders = invite(context, asking(1));
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
  const context = caller();
  const trace = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
  await holdAuction(context, { ...spec, trace }, invite(context, asking(10), asking(20)));
  await settled();
  const span = tracer.spans.find(({ name }) => name === "auction clean");
  expect(span?.parent?.traceId).toBe("a".repeat(32));
  expect(span?.attributes).toMatchObject({
    "troupe.auction": "x",
    "troupe.auction.awarded": true,
    "troupe.auction.winner": "n1/worker",
    "troupe.auction.price": 10,
    "troupe.auction.bids": 2,
  });
  const parts = ["process worker.announce", "ask bidder.award", "process worker.reject"];
  for (const part of parts) {
    const found = tracer.spans.find(({ name }) => name === part);
    expect(found?.parent?.spanId, part).toBe(span?.context.spanId);
  }
});
