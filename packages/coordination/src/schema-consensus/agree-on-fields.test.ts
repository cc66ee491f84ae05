import { defineActor } from "@troupe/actor";
import { type CallerContext, settled, type VirtualClock, VirtualCluster } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { EmptyElectorateError, InvalidSpecError } from "../errors.ts";
import type { Voter } from "../vote/hold-vote.ts";
import { tellerProtocol, voterProtocol } from "../vote/protocol.ts";
import { agreeOnFields, type FieldAgreement, type FieldAgreementSpec } from "./agree-on-fields.ts";

let context: CallerContext;
let clock: VirtualClock;
let open: number;
let mostOpen: number;
let subjects: unknown[];
let spawnVoter: (name: string, judge: (field: string) => string | null | undefined) => Voter;

beforeEach(() => {
  const cluster = new VirtualCluster({ seed: 3 });
  ({ clock } = cluster);
  context = cluster.caller();
  open = 0;
  mostOpen = 0;
  subjects = [];
  spawnVoter = (name, judge) => {
    const voter = defineActor(voterProtocol, (self) => ({
      callForBallots: ({ vote, teller, subject }) => {
        subjects.push(subject);
        const choice = judge(vote.question);
        if (choice === undefined) return;
        open += 1;
        mostOpen = Math.max(mostOpen, open);
        self.clock.schedule(10, () => {
          open -= 1;
          self.ref(tellerProtocol, teller).tell("ballot", {
            vote: vote.id,
            round: vote.round,
            digest: vote.digest,
            member: name,
            choice,
            reason: `${name} looked`,
          });
        });
      },
    }));
    return { member: name, ref: cluster.system(name).spawn(voter, { name: "voter" }) };
  };
});

const proposal = (member: string, fields: Record<string, string>) => ({
  member,
  fields: Object.fromEntries(
    Object.entries(fields).map(([field, key]) => [field, { key, value: { type: key } }]),
  ),
});
const text = { type: "fallback" };

function spec(
  over: Partial<FieldAgreementSpec<{ type: string }>>,
): FieldAgreementSpec<{ type: string }> {
  return {
    id: "s",
    proposals: [],
    electorate: [],
    deadlineMs: 1000,
    recalls: 0,
    fallback: () => text,
    ...over,
  };
}

async function after<T>(
  ms: number,
  agreement: Promise<FieldAgreement<T>>,
): Promise<FieldAgreement<T>> {
  await clock.advance(ms);
  return agreement;
}

test("what is agreed is taken, what is contested is voted on, and what no vote settles falls back", async () => {
  const judge = (field: string) => (field === "year" ? "date" : field === "score" ? null : "x");
  const electorate = ["ann", "bob", "cid"].map((name) => spawnVoter(name, judge));
  const agreement = await after(
    10,
    agreeOnFields(
      context,
      spec({
        conversation: "c1",
        graceMs: 10,
        subject: { file: "x.csv" },
        electorate,
        proposals: [
          proposal("ann", { year: "int", title: "text", score: "int" }),
          proposal("bob", { year: "date", title: "text", score: "float" }),
          proposal("cid", { year: "date", title: "text", note: "text" }),
        ],
        fallback: (alternatives, field) => {
          expect([field, alternatives]).toEqual(["score", [{ type: "float" }, { type: "int" }]]);
          return text;
        },
      }),
    ),
  );
  expect(agreement.fields).toEqual({
    year: { type: "date" },
    title: { type: "text" },
    score: text,
    note: { type: "text" },
  });
  expect(Object.keys(agreement.fields)).toEqual(["year", "title", "score", "note"]);
  expect(agreement.settled).toMatchObject({
    year: { by: "vote", confidence: 1, missing: [] },
    title: { by: "agreement", confidence: 1, missing: [] },
    score: { by: "fallback", confidence: 0, missing: ["cid"] },
    note: { by: "agreement", confidence: 1 / 3, missing: ["ann", "bob"] },
  });
  expect(agreement.counts).toEqual({ agreement: 2, vote: 1, fallback: 1 });
  expect(agreement.confidence).toBe(0);
  expect(agreement.meanConfidence).toBeCloseTo((1 + 1 + 0 + 1 / 3) / 4, 12);
  expect(agreement.votes).toMatchObject([
    {
      id: "s-year",
      field: "year",
      conversation: "c1",
      decided: "date",
      counts: { date: 3, int: 0 },
    },
    { id: "s-score", field: "score", reason: "out-of-reach", abstained: ["ann", "bob", "cid"] },
  ]);
  expect(subjects[0]).toEqual({
    file: "x.csv",
    field: "year",
    alternatives: [{ type: "date" }, { type: "int" }],
  });
});

test("a silent electorate ends in the fallback at the deadline; its confidence is what voted for it", async () => {
  const electorate = [spawnVoter("ann", () => "int"), spawnVoter("bob", () => undefined)];
  const agreement = await after(
    1000,
    agreeOnFields(
      context,
      spec({
        electorate,
        proposals: [proposal("ann", { year: "int" }), proposal("bob", { year: "date" })],
        fallback: ([, second]) => second ?? text,
      }),
    ),
  );
  expect(agreement.settled["year"]).toEqual({
    value: { type: "int" },
    by: "fallback",
    confidence: 0.5,
    missing: [],
  });
  expect(agreement.votes[0]).toMatchObject({ reason: "deadline-passed", missing: ["bob"] });
});

test("votes are held side by side, at most as many as allowed", async () => {
  const electorate = [spawnVoter("ann", () => "int")];
  const names = Array.from({ length: 7 }, (_, index) => `f${index}`);
  const fields = (key: string) => Object.fromEntries(names.map((name) => [name, key]));
  const proposals = [proposal("ann", fields("int")), proposal("bob", fields("date"))];
  const agreement = await after(
    40,
    agreeOnFields(context, spec({ electorate, proposals, concurrency: 2 })),
  );
  expect(mostOpen).toBe(2);
  expect(agreement.counts.vote).toBe(7);
  expect(agreement.votes.map(({ field }) => field)).toEqual(names);
});

test("weights count in votes and in confidence", async () => {
  const electorate = [
    { ...spawnVoter("ann", () => "int"), weight: 3 },
    { ...spawnVoter("bob", () => "date"), weight: 1 },
  ];
  const agreement = await after(
    10,
    agreeOnFields(
      context,
      spec({
        electorate,
        proposals: [proposal("ann", { year: "int", id: "int" }), proposal("bob", { year: "date" })],
      }),
    ),
  );
  expect(agreement.settled).toMatchObject({
    year: { value: { type: "int" }, by: "vote", confidence: 0.75 },
    id: { by: "agreement", confidence: 0.75 },
  });
});

test("without proposals there is nothing to settle", async () => {
  const electorate = [spawnVoter("ann", () => "int")];
  expect(await agreeOnFields(context, spec({ electorate }))).toMatchObject({
    fields: {},
    votes: [],
    confidence: 0,
    meanConfidence: 0,
  });
  await settled();
});

test("an empty electorate, a double proposal and a wrong number are typed errors", async () => {
  await expect(agreeOnFields(context, spec({}))).rejects.toThrow(EmptyElectorateError);
  const electorate = [spawnVoter("ann", () => "int")];
  const twice = [proposal("ann", {}), proposal("ann", {})];
  await expect(agreeOnFields(context, spec({ electorate, proposals: twice }))).rejects.toThrow(
    InvalidSpecError,
  );
  await expect(agreeOnFields(context, spec({ electorate, concurrency: 0 }))).rejects.toThrow(
    /concurrency: 0 is not a positive integer/,
  );
});

test("fields named like built-in properties are settled like any other", async () => {
  const electorate = [spawnVoter("ann", () => "int")];
  const named = (key: string) => ({
    member: key,
    fields: Object.fromEntries(
      ["__proto__", "constructor"].map((field) => [field, { key, value: { type: key } }]),
    ),
  });
  const agreement = await after(
    10,
    agreeOnFields(context, spec({ electorate, proposals: [named("int"), named("date")] })),
  );
  expect(Object.entries(agreement.fields)).toEqual([
    ["__proto__", { type: "int" }],
    ["constructor", { type: "int" }],
  ]);
});

test("what too few propose is not voted on, but is on record; without support for any all are voted on", async () => {
  const electorate = ["ann", "ben", "cat"].map((name) => spawnVoter(name, () => "int"));
  const one = (member: string, key: string) => proposal(member, { f: key });
  const settle = (proposals: readonly ReturnType<typeof one>[]) =>
    after(10, agreeOnFields(context, spec({ electorate, leastSupport: 2, proposals })));
  const lied = await settle([one("ann", "date"), one("ben", "int"), one("cat", "int")]);
  expect(lied.votes).toMatchObject([
    { decided: "int", counts: { int: 3 }, proposed: { int: ["ben", "cat"], date: ["ann"] } },
  ]);
  expect(Object.keys(lied.votes[0]?.counts ?? {})).toEqual(["int"]);
  expect(subjects).toContainEqual(expect.objectContaining({ alternatives: [{ type: "int" }] }));
  const split = await settle([one("ann", "date"), one("ben", "int"), one("cat", "text")]);
  expect(Object.keys(split.votes[0]?.counts ?? {})).toEqual(["date", "int", "text"]);
  await expect(agreeOnFields(context, spec({ electorate, leastSupport: 0 }))).rejects.toThrow(
    /leastSupport: 0 is not a positive integer/,
  );
});
