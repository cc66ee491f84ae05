import { type ActorSystem, defineActor, type SystemEvent } from "@troupe/actor";
import { tellerProtocol } from "@troupe/coordination";
import { settled, type VirtualClock, VirtualCluster } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { analyst, type Perspective } from "./analyst.ts";
import { lyingAnalyst } from "./liar.ts";
import { analystProtocol } from "./protocol.ts";

let clock: VirtualClock;
let home: ActorSystem;
let away: ActorSystem;
let events: SystemEvent[];
let ballots: unknown[];

beforeEach(() => {
  const cluster = new VirtualCluster();
  ({ clock } = cluster);
  home = cluster.system("home");
  away = cluster.system("away");
  events = [];
  away.observe((event) => events.push(event));
  ballots = [];
  const teller = defineActor(tellerProtocol, () => ({
    ballot: (ballot) => void ballots.push({ ...ballot }),
  }));
  home.spawn(teller, { name: "teller" });
});

const subjectSchema = z.object({ words: z.array(z.string()) });

/** Judges words by their first letter, or by their last. */
const seeing = (end: "first" | "last"): Perspective => {
  const letterOf = (subject: unknown) => {
    const word = subjectSchema.parse(subject).words[0] ?? "";
    return end === "first" ? word.slice(0, 1) : word.slice(-1);
  };
  return {
    name: end,
    propose: async (subject) => {
      const letter = letterOf(subject);
      return { fields: { letter: { key: letter, value: letter } }, summary: `the ${end} letter` };
    },
    judge: async (subject, field, alternatives) => {
      const index = alternatives.indexOf(letterOf(subject));
      return {
        choice: index === -1 ? undefined : index,
        reason: `the ${end} ${field} says so`,
      };
    },
  };
};

function appoint(perspective: Perspective, name = "analyst") {
  const { address } = away.spawn(analyst(perspective), { name });
  return home.ref(analystProtocol, address);
}

const within = { withinMs: 1000 };
const words = { words: ["abc"] };
const call = (subject: unknown) => ({
  vote: {
    id: "v",
    round: 1,
    digest: "d",
    question: "which letter?",
    options: ["a", "c"],
    deadline: clock.now() + 1000,
    ranked: false,
  },
  teller: "home/teller",
  subject,
});
const disputed = { ...words, field: "letter", alternatives: ["a", "c"] };

test("each analyst proposes what it sees from its own point of view", async () => {
  const [first, last] = [appoint(seeing("first"), "one"), appoint(seeing("last"), "two")];
  const ask = { goal: "g", subject: words };
  expect(await first.ask("propose", ask, within)).toEqual({
    fields: { letter: { key: "a", value: "a" } },
    summary: "the first letter",
  });
  expect(await last.ask("propose", ask, within)).toMatchObject({ summary: "the last letter" });
});

test.for([
  ["first", "a"],
  ["last", "c"],
] as const)(
  "the analyst that sees the %s letter votes for '%s' and says why",
  async ([end, choice]) => {
    appoint(seeing(end)).tell("callForBallots", call(disputed));
    await settled();
    expect(ballots).toEqual([
      {
        vote: "v",
        round: 1,
        digest: "d",
        member: "away/analyst",
        choice,
        reason: `the ${end} letter says so`,
      },
    ]);
  },
);

test("an analyst that holds with none of the alternatives abstains, with its reason", async () => {
  const agent = appoint(seeing("first"));
  agent.tell("callForBallots", call({ ...disputed, words: ["xyz"] }));
  await settled();
  expect(ballots).toMatchObject([{ choice: null, reason: "the first letter says so" }]);
});

test.for([
  ["that it cannot read", { field: "letter", alternatives: ["a"], words: 7 }],
  ["about nothing", undefined],
  ["without alternatives", { ...words, field: "letter" }],
])("a call for ballots %s is answered by an abstention that says so", async ([, subject]) => {
  const agent = appoint(seeing("first"));
  agent.tell("callForBallots", call(subject));
  await settled();
  expect(ballots).toMatchObject([
    { choice: null, reason: expect.stringContaining("could not judge") },
  ]);
  expect(events.filter(({ kind }) => kind === "restarted")).toEqual([]);
});

test("a choice that is none of the alternatives counts as an abstention", async () => {
  const confused = { ...seeing("first"), judge: async () => ({ choice: 7, reason: "seven" }) };
  appoint(confused).tell("callForBallots", call(disputed));
  await settled();
  expect(ballots).toMatchObject([{ choice: null, reason: "seven" }]);
});

test("what an analyst cannot read it answers with an error, however often, and goes on", async () => {
  const agent = appoint(seeing("first"));
  for (let round = 0; round < 10; round += 1) {
    const answer = await agent.ask("propose", { goal: "g", subject: { words: 7 } }, within);
    expect(answer).toEqual({ error: expect.stringContaining("words") });
  }
  const answer = await agent.ask("propose", { goal: "g", subject: words }, within);
  expect(answer).toMatchObject({ summary: "the first letter" });
  expect(events.filter(({ kind }) => kind === "restarted" || kind === "quarantined")).toEqual([]);
});

test("an analyst that stops interrupts what it was looking at", async () => {
  let signal: AbortSignal | undefined;
  const slow: Perspective = {
    ...seeing("first"),
    propose: (_subject, given) => {
      signal = given;
      return new Promise(() => {});
    },
  };
  const agent = appoint(slow);
  agent.ask("propose", { goal: "g", subject: words }, within).catch(() => {});
  await settled();
  expect(signal?.aborted).toBe(false);
  void away.stop();
  await settled();
  expect(signal?.aborted).toBe(true);
});

test("an analyst that is told to lie proposes what is not, votes for it, contradicts itself, and votes for others", async () => {
  const twist = () => ({ key: "c", value: "c" });
  const actor = lyingAnalyst(seeing("first"), { twist, inNameOf: ["home/honest"] });
  const { address } = away.spawn(actor, { name: "liar" });
  const liar = home.ref(analystProtocol, address);
  expect(await liar.ask("propose", { goal: "g", subject: words }, within)).toEqual({
    fields: { letter: { key: "c", value: "c" } },
    summary: "the first letter",
  });
  expect(await liar.ask("propose", { goal: "g", subject: 7 }, within)).toHaveProperty("error");
  const called = call(disputed);
  liar.tell("callForBallots", { ...called, vote: { ...called.vote, question: "letter" } });
  await settled();
  expect(ballots).toMatchObject([
    { member: "home/honest", choice: "c" },
    { member: address, choice: "c" },
    { member: address, choice: "a" },
  ]);
});
