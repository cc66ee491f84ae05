import { type Actor, defineActor, defineProtocol, message, type Transport } from "@troupe/actor";
import { type CallerContext, settled, type VirtualClock, VirtualCluster } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { now } from "../cluster.test-data.ts";
import { EmptyElectorateError, InterruptedError, InvalidSpecError } from "../errors.ts";
import { holdVote, type Voter, type VoteSpec } from "./hold-vote.ts";
import { type Ballot, tellerProtocol, voterMessages } from "./protocol.ts";

/** Voters that are also something else: a wider protocol than the vote asks for. */
const memberProtocol = defineProtocol("member", {
  ...voterMessages,
  greet: message(z.object({ name: z.string() })),
});
type Member = Actor<typeof memberProtocol.messages>;
type Call = { -readonly [K in keyof Ballot]: Ballot[K] };

let clock: VirtualClock;
let cluster: VirtualCluster;
let calls: number;

beforeEach(() => {
  cluster = new VirtualCluster({ seed: 7 });
  ({ clock } = cluster);
  calls = 0;
});

/** A member that answers each call with what `cast` makes of a ballot for the first option. */
function member(cast: (ballot: Call, nth: number) => readonly Ballot[]): Member {
  return defineActor(memberProtocol, (context) => {
    let nth = 0;
    return {
      greet: () => {},
      callForBallots: ({ vote, teller }) => {
        nth += 1;
        calls += 1;
        const ballot = {
          vote: vote.id,
          round: vote.round,
          digest: vote.digest,
          member: context.self.address,
          choice: vote.options[0] ?? null,
          reason: "first is best",
        };
        for (const one of cast(ballot, nth))
          context.ref(tellerProtocol, teller).tell("ballot", one);
      },
    };
  });
}
const willing = member((ballot) => [ballot]);
const silent = member(() => []);

/** Spawns each actor on a node of its own, n1, n2, and so on. */
function electorate(context: CallerContext, ...members: readonly Member[]): readonly Voter[] {
  return members.map((actor, index) => {
    const { address } = cluster.system(`n${index + 1}`).spawn(actor, { name: "member" });
    return { member: address, ref: context.ref(memberProtocol, address) };
  });
}

const spec: VoteSpec = { id: "v", question: "which?", options: ["a", "b"], deadlineMs: 1000 };

test("members on several nodes decide, and the record says how", async () => {
  const context = cluster.caller();
  const against = member((ballot) => [{ ...ballot, choice: "b", reason: "second is better" }]);
  const abstaining = member((ballot) => [{ ...ballot, choice: null, reason: "no idea" }]);
  const voters = electorate(context, willing, against, abstaining, willing, willing);
  const rule = { kind: "majority" } as const;
  const vote = holdVote(context, { ...spec, rule, conversation: "c1" }, voters);
  expect(await now(vote)).toMatchObject({
    id: "v",
    conversation: "c1",
    decided: "a",
    counts: { a: 3, b: 1 },
    electorate: 5,
    abstained: ["n3/member"],
    abstentions: [{ member: "n3/member", reason: "no idea" }],
    missing: [],
    confidence: 0.6,
    refusedCount: 0,
  });
});

test("voters are told the question, the options, the deadline and the subject", async () => {
  const context = cluster.caller();
  const heard: unknown[] = [];
  const listening: Member = defineActor(memberProtocol, () => ({
    greet: () => {},
    callForBallots: ({ vote, subject }) => {
      heard.push({ ...vote, digest: vote.digest.length, subject });
    },
  }));
  const vote = holdVote(
    context,
    { ...spec, subject: { file: "x.csv" } },
    electorate(context, listening),
  );
  await now(vote);
  expect(heard).toEqual([
    {
      id: "v",
      round: 1,
      question: "which?",
      options: ["a", "b"],
      digest: 32,
      deadline: clock.now() + 1000,
      ranked: false,
      subject: { file: "x.csv" },
    },
  ]);
});

test("a silent voter does not hold up a vote that the others decide", async () => {
  const context = cluster.caller();
  const vote = holdVote(context, spec, electorate(context, willing, silent, willing, willing));
  expect(await now(vote)).toMatchObject({ decided: "a", missing: ["n2/member"], confidence: 0.75 });
  await clock.advance(1000);
  expect(calls, "nobody is called again for a vote that is over").toBe(4);
});

test("a silent voter whose vote is needed is called again, and missing at the deadline", async () => {
  const context = cluster.caller();
  const vote = holdVote(context, spec, electorate(context, willing, silent, willing));
  expect(await now(vote)).toBeUndefined();
  await clock.advance(999);
  expect(await now(vote)).toBeUndefined();
  expect(calls).toBe(3 + 3);
  await clock.advance(1);
  expect(await now(vote)).toMatchObject({
    reason: "deadline-passed",
    missing: ["n2/member"],
    counts: { a: 2, b: 0 },
  });
});

test("within the grace ballots are counted for the record, and the verdict stays", async () => {
  const context = cluster.caller();
  const second = member((ballot, nth) => (nth === 1 ? [] : [{ ...ballot, choice: "b" }]));
  const voters = electorate(context, willing, willing, willing, second, silent);
  const patient: VoteSpec = { ...spec, rule: { kind: "majority" }, graceMs: 300 };
  const vote = holdVote(context, patient, voters);
  expect(await now(vote)).toBeUndefined();
  await clock.advance(299);
  expect(await now(vote)).toBeUndefined();
  await clock.advance(1);
  expect(await now(vote)).toMatchObject({
    decided: "a",
    counts: { a: 3, b: 1 },
    missing: ["n5/member"],
  });
});

test("the grace ends with the last ballot, and with the deadline", async () => {
  const context = cluster.caller();
  const patient: VoteSpec = { ...spec, rule: { kind: "majority" }, graceMs: 5000 };
  const complete = holdVote(context, patient, electorate(context, willing, willing));
  expect(await now(complete)).toMatchObject({ counts: { a: 2 }, missing: [] });
  const { address } = cluster.system("n9").spawn(silent, { name: "member" });
  const both = ["n1/member", "n2/member", address].map((name) => ({
    member: name,
    ref: context.ref(memberProtocol, name),
  }));
  const partial = holdVote(context, patient, both);
  await clock.advance(999);
  expect(await now(partial)).toBeUndefined();
  await clock.advance(1);
  expect(await now(partial)).toMatchObject({ decided: "a", missing: ["n9/member"] });
});

test("a lost call is made up for by the next one", async () => {
  const context = cluster.caller();
  const late = member((ballot, nth) => (nth < 3 ? [] : [ballot]));
  const vote = holdVote(context, spec, electorate(context, willing, late));
  await clock.advance(499);
  expect(await now(vote)).toBeUndefined();
  await clock.advance(1);
  expect(await now(vote)).toMatchObject({ decided: "a", confidence: 1, refusedCount: 0 });
});

test("a voter that votes twice has one vote, its first, and the other is kept as evidence", async () => {
  const context = cluster.caller();
  const lying = member((ballot) => [
    { ...ballot, choice: "b" },
    ballot,
    { ...ballot, choice: null },
  ]);
  const voters = electorate(context, lying, willing, silent, silent);
  const vote = holdVote(context, { ...spec, rule: { kind: "majority" } }, voters);
  await clock.advance(1000);
  expect(await vote).toMatchObject({
    reason: "deadline-passed",
    counts: { a: 1, b: 1 },
    refused: [
      { why: "contradictory", ballot: { member: "n1/member", choice: "a" } },
      { why: "contradictory", ballot: { member: "n1/member", choice: null } },
    ],
  });
});

test("ballots of outsiders and for other votes, rounds and options count for nothing", async () => {
  const context = cluster.caller();
  const bad = member((ballot) => [
    { ...ballot, member: "eve" },
    { ...ballot, vote: "w" },
    { ...ballot, round: 2 },
    { ...ballot, digest: "0" },
    { ...ballot, choice: "c" },
  ]);
  const vote = holdVote(context, { ...spec, recalls: 0 }, electorate(context, bad));
  await clock.advance(1000);
  expect(await vote).toMatchObject({
    reason: "no-ballots",
    missing: ["n1/member"],
    refused: ["foreign", "wrong-vote", "wrong-round", "wrong-digest", "unknown-option"].map(
      (why) => ({ why }),
    ),
  });
});

test("a member cannot vote in the name of another, before or after it", async () => {
  const context = cluster.caller();
  const forging = member((ballot) => [{ ...ballot, member: "n2/member" }, ballot]);
  const second = member((ballot) => [{ ...ballot, choice: "b" }]);
  const voters = electorate(context, forging, second);
  expect(await now(holdVote(context, spec, voters))).toMatchObject({
    reason: "out-of-reach",
    counts: { a: 1, b: 1 },
    refused: [{ why: "forged", ballot: { member: "n2/member", choice: "a" }, sender: "n1/member" }],
  });
});

test("a member whose node is cut off is missing, and counted once it is back", async () => {
  const context = cluster.caller();
  const voters = electorate(context, willing, willing, willing);
  cluster.network.isolate("n3");
  const vote = holdVote(context, spec, voters);
  await clock.advance(400);
  expect(await now(vote)).toBeUndefined();
  cluster.network.heal();
  await clock.advance(100);
  expect(await now(vote)).toMatchObject({ decided: "a", counts: { a: 3 } });
});

test("the part of a cluster without the majority decides nothing while cut off", async () => {
  const context = cluster.caller();
  const voters = electorate(context, willing, willing, willing, willing);
  const local = cluster.system("home").spawn(willing, { name: "member" });
  cluster.network.isolate("home");
  const vote = holdVote(context, { ...spec, rule: { kind: "majority" } }, [
    ...voters,
    { member: local.address, ref: local },
  ]);
  await clock.advance(1000);
  const outcome = await vote;
  expect(outcome).not.toHaveProperty("decided");
  expect(outcome).toMatchObject({ reason: "deadline-passed", counts: { a: 1 } });
});

test("calls for other nodes leave before the members of this one vote", async () => {
  const order: string[] = [];
  const home = cluster.system("home", (transport) => ({
    ...transport,
    publish: (...all) => {
      if (all[0].includes(".actor.n1")) order.push("called");
      transport.publish(...all);
    },
  }));
  const context = cluster.caller();
  const voting = member((ballot) => {
    order.push("voted");
    return [ballot];
  });
  const near = home.spawn(voting, { name: "member" });
  const voters = [{ member: near.address, ref: near }, ...electorate(context, willing)];
  expect(await now(holdVote(context, spec, voters))).toMatchObject({ counts: { a: 2 } });
  expect(order).toEqual(["called", "voted"]);
});

test("a network that delivers everything twice changes nothing of the result", async () => {
  const twice = (transport: Transport): Transport => ({
    ...transport,
    publish: (...message) => {
      transport.publish(...message);
      transport.publish(...message);
    },
  });
  for (const node of ["home", "n1", "n2", "n3"]) cluster.system(node, twice);
  const context = cluster.caller();
  const voters = electorate(context, willing, willing, silent);
  const vote = holdVote(context, { ...spec, rule: { kind: "unanimous" } }, voters);
  await clock.advance(1000);
  const outcome = await vote;
  expect(outcome).toMatchObject({ counts: { a: 2 }, missing: ["n3/member"] });
  expect(outcome.refused.map(({ why }) => why)).toEqual(
    Array.from({ length: 6 }, () => "repeated"),
  );
});

test("a flood of ballots that overruns the mailbox does not keep the vote from closing", async () => {
  const context = cluster.caller();
  const flooding = member((ballot) => Array.from({ length: 15_000 }, () => ballot));
  const local = cluster.system("home").spawn(flooding, { name: "member" });
  const [other] = electorate(context, silent);
  if (other === undefined) throw new Error("there is no other member");
  const vote = holdVote(context, { ...spec, recalls: 0 }, [
    { member: local.address, ref: local },
    other,
  ]);
  await clock.advance(1000);
  expect(await vote).toMatchObject({ reason: "deadline-passed", counts: { a: 1 } });
  expect(
    cluster.events.some((event) => event.kind === "dead-letter" && event.reason === "mailbox-full"),
  ).toBe(true);
});

test("ballots that come after the decision find the teller until the deadline, then it is gone", async () => {
  const context = cluster.caller();
  let sendLate = (): void => {};
  const late: Member = defineActor(memberProtocol, (self) => ({
    greet: () => {},
    callForBallots: ({ vote: { id, round, digest }, teller }) => {
      const ballot = {
        vote: id,
        round,
        digest,
        member: self.self.address,
        choice: "a",
        reason: "",
      };
      sendLate = () => self.ref(tellerProtocol, teller).tell("ballot", ballot);
    },
  }));
  const vote = holdVote(context, spec, electorate(context, willing, willing, willing, late));
  expect((await now(vote))?.decided).toBe("a");
  sendLate();
  await clock.advance(999);
  expect(cluster.events.filter(({ kind }) => kind === "dead-letter")).toEqual([]);
  const stopped = () => cluster.events.filter(({ kind }) => kind === "stopped");
  expect(stopped()).toEqual([]);
  await clock.advance(1);
  expect(stopped()).toEqual([{ kind: "stopped", actor: "home/caller/1" }]);
});

test("an empty electorate and a wrong spec are typed errors", async () => {
  const context = cluster.caller();
  await expect(holdVote(context, spec, [])).rejects.toThrow(EmptyElectorateError);
  const voters = electorate(context, willing);
  await expect(holdVote(context, { ...spec, options: [] }, voters)).rejects.toThrow(
    InvalidSpecError,
  );
  await expect(holdVote(context, { ...spec, deadlineMs: 0 }, voters)).rejects.toThrow(/deadlineMs/);
  await expect(holdVote(context, { ...spec, recalls: 21 }, voters)).rejects.toThrow(/recalls/);
});

test("when the calling actor stops, the vote is interrupted and nothing is left behind", async () => {
  const context = cluster.caller();
  const vote = holdVote(context, spec, electorate(context, silent));
  const interrupted = expect(vote).rejects.toThrow(InterruptedError);
  await settled();
  await cluster.system("home").stopActor(context.self);
  await interrupted;
  const before = calls;
  await clock.advance(2000);
  expect(calls).toBe(before);
});

test("a ranked vote is decided by run-off", async () => {
  const context = cluster.caller();
  const ranking = (...order: string[]) =>
    member((ballot) => [{ ...ballot, choice: order[0] ?? null, ranking: order }]);
  const [ab, ba, cb] = [ranking("a", "b"), ranking("b", "a"), ranking("c", "b")];
  const voters = electorate(context, ab, ab, ba, ba, cb);
  const ranked: VoteSpec = { ...spec, options: ["a", "b", "c"], rule: { kind: "ranked" } };
  expect(await now(holdVote(context, ranked, voters))).toMatchObject({
    decided: "b",
    counts: { a: 2, b: 2, c: 1 },
    confidence: 0.6,
    runoff: [{ eliminated: "c" }, { counts: { a: 2, b: 3 } }],
  });
});

test("a vote is one span, and what voters do for it is part of it", async () => {
  const context = cluster.caller();
  const trace = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
  await holdVote(context, { ...spec, trace }, electorate(context, willing, willing));
  await settled();
  const span = cluster.tracer.spans.find(({ name }) => name === "vote which?");
  expect(span?.parent?.traceId).toBe("a".repeat(32));
  expect(span?.attributes).toMatchObject({
    "troupe.vote": "v",
    "troupe.vote.rule": "threshold",
    "troupe.vote.members": 2,
    "troupe.vote.outcome": "a",
    "troupe.vote.confidence": 1,
    "troupe.vote.missing": 0,
  });
  const asked = cluster.tracer.spans.filter(({ name }) => name === "process member.callForBallots");
  expect(asked.map(({ parent }) => parent)).toEqual([span?.context, span?.context]);
});
