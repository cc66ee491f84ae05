import { type Actor, defineActor } from "@troupe/actor";
import { type InMemoryNetwork, settled, type VirtualClock, VirtualCluster } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { now, shaky } from "../cluster.test-data.ts";
import { InterruptedError, InvalidSpecError } from "../errors.ts";
import { concede } from "./concession.ts";
import { type Deal, dealsOf, type Issues } from "./deal.ts";
import { arbitrate, mediate, type Negotiator, negotiate } from "./hold.ts";
import { chairProtocol, type PartyMessages, partyProtocol } from "./protocol.ts";
import type { Answer, Question } from "./question.ts";

let clock: VirtualClock;
let network: InMemoryNetwork;
let cluster: VirtualCluster;
let told: string[];

beforeEach(() => {
  cluster = new VirtualCluster({ seed: 9 });
  ({ clock, network } = cluster);
  told = [];
});

function party(answers: (question: Question) => readonly Answer[]): Actor<PartyMessages> {
  return defineActor(partyProtocol, (context) => ({
    consult: ({ chair, session, step, party: name, token, question }) => {
      for (const answer of answers(question)) {
        context
          .ref(chairProtocol, chair)
          .tell("answer", { session, step, party: name, token, answer });
      }
    },
    concluded: ({ deal }) => {
      told.push(`${context.node} ${JSON.stringify(deal ?? null)}`);
    },
  }));
}

const issues: Issues = { format: { options: ["parquet", "csv"] }, days: { from: 1, to: 5 } };
const deals = dealsOf("negotiation", "x", issues);
/** One likes parquet and time, the other csv and haste; each cares more for another of the two. */
const worths = {
  worker: (deal: Deal) => (deal["format"] === "parquet" ? 2 : 0) + 3 * Number(deal["days"]),
  client: (deal: Deal) => (deal["format"] === "csv" ? 20 : 0) + 6 - Number(deal["days"]),
};

/** A party that knows what deals are worth to it, and answers whatever it is asked. */
function sensible(worth: (deal: Deal) => number, noDeal: number): Actor<PartyMessages> {
  return party((question) => {
    switch (question.kind) {
      case "move":
        return [concede({ worth, noDeal, deals }, question)];
      case "compare": {
        const now = question.text === undefined ? noDeal : worth(question.text);
        return [{ kind: "better", better: worth(question.proposal) > now }];
      }
      case "testify":
        return [{ kind: "testimony", values: question.deals.map(worth), noDeal }];
    }
  });
}

function pair(...actors: readonly Actor<PartyMessages>[]) {
  const context = cluster.caller();
  const [first, second] = cluster.invite(context, partyProtocol, actors);
  if (first === undefined || second === undefined) throw new Error("two parties are needed");
  return { context, parties: [first, second] as readonly [Negotiator, Negotiator] };
}

const spec = { id: "x", issues, answerMs: 1000 };
const both = () => pair(sensible(worths.worker, 4), sensible(worths.client, 4));
const silent = party(() => []);

test("two actors negotiate a deal that is better for both than none, and both are told", async () => {
  const { context, parties } = both();
  const outcome = await now(negotiate(context, spec, parties));
  if (outcome?.agreed !== true) throw new Error("they could have agreed");
  expect(worths.worker(outcome.deal)).toBeGreaterThanOrEqual(4);
  expect(worths.client(outcome.deal)).toBeGreaterThanOrEqual(4);
  expect(outcome.offers.at(-1)?.deal).toEqual(outcome.deal);
  await settled();
  const deal = JSON.stringify(outcome.deal);
  expect(told.toSorted()).toEqual([`n1 ${deal}`, `n2 ${deal}`]);
});

test("a party that dies in its turn ends the negotiation at the deadline of the turn, without a deal", async () => {
  const dying = party(() => {
    network.isolate("n2");
    return [{ kind: "accept" }];
  });
  const { context, parties } = pair(sensible(worths.worker, 4), dying);
  const negotiation = negotiate(context, spec, parties);
  await clock.advance(999);
  expect(await now(negotiation)).toBeUndefined();
  await clock.advance(1);
  expect(await now(negotiation)).toMatchObject({ agreed: false, reason: "silent", party: "n2" });
});

test("a party that says two things at once is held to the first, and the other is evidence", async () => {
  const double = party((question) =>
    question.kind === "move" && question.table === undefined
      ? [
          { kind: "offer", deal: { format: "csv", days: 5 } },
          { kind: "offer", deal: { format: "parquet", days: 5 } },
        ]
      : [{ kind: "accept" }],
  );
  const { context, parties } = pair(
    double,
    party(() => [{ kind: "accept" }]),
  );
  expect(await now(negotiate(context, spec, parties))).toMatchObject({
    agreed: true,
    deal: { format: "csv", days: 5 },
    refused: [{ why: "contradictory", party: "n1" }],
  });
});

test("a mediator finds a deal that both prefer to none and that no other beats for both", async () => {
  const { context, parties } = both();
  const outcome = await now(mediate(context, spec, parties));
  if (outcome?.agreed !== true) throw new Error("they could have agreed");
  expect(outcome.exhausted).toBe(true);
  const { worker, client } = worths;
  expect(worker(outcome.deal)).toBeGreaterThan(4);
  expect(client(outcome.deal)).toBeGreaterThan(4);
  expect(
    deals.filter(
      (deal) => worker(deal) > worker(outcome.deal) && client(deal) > client(outcome.deal),
    ),
  ).toEqual([]);
});

test("a mediation with a silent party ends after its rounds, without a deal", async () => {
  const { context, parties } = pair(sensible(worths.worker, 4), silent);
  const outcome = mediate(context, { ...spec, rounds: 3 }, parties);
  await clock.advance(3000);
  expect(await now(outcome)).toMatchObject({
    agreed: false,
    reason: "rounds-over",
    steps: 3,
    silent: [{ party: "n2", times: 3 }],
  });
});

test("an arbitrator awards by its rule as soon as all have testified, and computes how fair that is", async () => {
  const { context, parties } = both();
  const outcome = await now(arbitrate(context, spec, parties));
  if (outcome?.decided !== true) throw new Error("a deal is better than none for both");
  expect(outcome.gains).toEqual([worths.worker(outcome.deal) - 4, worths.client(outcome.deal) - 4]);
  const product = (deal: Deal) => {
    const [one, other] = [worths.worker(deal) - 4, worths.client(deal) - 4];
    return one < 0 || other < 0 ? -1 : one * other;
  };
  expect(product(outcome.deal)).toBe(Math.max(...deals.map(product)));
  expect(outcome.fairness.efficient).toBe(true);
});

test("an arbitrator does not wait for a silent party beyond the deadline, and names it", async () => {
  const { context, parties } = pair(sensible(worths.worker, 4), silent);
  const outcome = arbitrate(context, { ...spec, rule: "total" }, parties);
  await clock.advance(1000);
  expect(await now(outcome)).toMatchObject({
    decided: true,
    deal: { format: "parquet", days: 5 },
    heard: ["n1"],
    silent: ["n2"],
  });
});

test("a silent party is asked again, as often as the spec says", async () => {
  let asked = 0;
  const hesitant = party((question) => {
    asked += 1;
    return asked < 3 || question.kind !== "move" ? [] : [{ kind: "withdraw", reason: "no" }];
  });
  const { context, parties } = pair(hesitant, silent);
  const outcome = negotiate(context, { ...spec, recalls: 2 }, parties);
  await clock.advance(700);
  expect(asked).toBe(3);
  expect(await now(outcome)).toMatchObject({ reason: "withdrawn", party: "n1", why: "no" });
});

test("on a network that loses, repeats and reorders, whoever agrees is better off, and nobody honest is accused", async () => {
  let agreements = 0;
  for (let seed = 1; seed <= 30; seed++) {
    const faulty = new VirtualCluster({ seed, wrap: shaky });
    const { random } = faulty;
    const context = faulty.caller();
    const noDeal = 4 + Math.floor(random.next() * 8);
    const actors = [sensible(worths.worker, noDeal), sensible(worths.client, noDeal)];
    const [first, second] = faulty.invite(context, partyProtocol, actors);
    if (first === undefined || second === undefined) throw new Error("two parties are needed");
    const calm = { ...spec, recalls: 6 };
    for (const held of [
      negotiate(context, { ...calm, turns: 6 }, [first, second]),
      mediate(context, { ...calm, id: "y", rounds: 6 }, [first, second]),
    ]) {
      const pending = now<Awaited<typeof held>>(held);
      await faulty.clock.advance(7000);
      await pending;
      const outcome = await now<Awaited<typeof held>>(held);
      const where = `seed ${seed}`;
      expect(outcome, where).toBeDefined();
      expect(
        outcome?.refused.filter(({ why }) => why !== "late" && why !== "repeated"),
        where,
      ).toEqual([]);
      if (outcome?.agreed !== true) continue;
      agreements += 1;
      expect(worths.worker(outcome.deal), where).toBeGreaterThanOrEqual(noDeal);
      expect(worths.client(outcome.deal), where).toBeGreaterThanOrEqual(noDeal);
    }
  }
  expect(agreements).toBeGreaterThan(15);
});

test("a wrong spec is refused before anybody is asked, and a caller that stops interrupts it", async () => {
  const { context, parties } = pair(silent, silent);
  const [one] = parties;
  await expect(negotiate(context, spec, [one, one])).rejects.toThrow(InvalidSpecError);
  await expect(negotiate(context, { ...spec, issues: {} }, parties)).rejects.toThrow(
    InvalidSpecError,
  );
  await expect(mediate(context, spec, [one])).rejects.toThrow(InvalidSpecError);
  const large = { ...spec, issues: { days: { from: 0, to: 10_000 } } };
  await expect(arbitrate(context, large, parties)).rejects.toThrow(/10001 deals are possible/);
  const ended = expect(negotiate(context, spec, parties)).rejects.toThrow(InterruptedError);
  await settled();
  await cluster.system("home").stopActor({ address: "home/caller" });
  await ended;
});
