import { describe, expect, test } from "vitest";
import type { Course } from "./course.ts";
import {
  evidenceLimit,
  isStepComplete,
  openSession,
  type Reply,
  receiveReply,
  type Session,
  settleStep,
  silentParties,
} from "./session.ts";

/** Asks everybody for a number of at most 9, twice, and adds them up. */
const adding: Course<readonly number[], string, number, { total: number }> = {
  start: [],
  questions: () => new Map(["ann", "bob"].map((party) => [party, "how many?"])),
  fits: (_state, _party, answer) => answer <= 9,
  settle: (state, answers) => [...state, [...answers.values()].reduce((sum, one) => sum + one, 0)],
  outcome: (state) => {
    const [first, second] = state;
    return first === undefined || second === undefined ? undefined : { total: first + second };
  },
};
type Adding = Session<readonly number[], string, number, { total: number }>;

const open = (course = adding): Adding =>
  openSession("s", course, [
    { party: "ann", token: "a" },
    { party: "bob", token: "b" },
  ]);
const says = (party: string, answer: number, over: Partial<Reply<number>> = {}): Reply<number> => ({
  session: "s",
  step: 1,
  party,
  token: party.slice(0, 1),
  answer,
  ...over,
});
const hear = (session: Adding, ...replies: readonly Reply<number>[]): Adding =>
  replies.reduce((so, reply) => receiveReply(so, reply).session, session);

test("a step is complete when all who were asked have answered, and goes on with what they said", () => {
  const one = hear(open(), says("ann", 3));
  expect(isStepComplete(one)).toBe(false);
  expect(silentParties(one)).toEqual(["bob"]);
  const two = hear(one, says("bob", 4));
  expect(isStepComplete(two)).toBe(true);
  const next = settleStep(two);
  expect(next.state).toEqual([7]);
  expect(next.step).toBe(2);
  expect(silentParties(next)).toEqual(["ann", "bob"]);
});

test("a step may be decided before all have answered", () => {
  const eager = { ...adding, decided: (answers: ReadonlyMap<string, number>) => answers.size > 0 };
  expect(isStepComplete(open(eager))).toBe(false);
  expect(isStepComplete(hear(open(eager), says("ann", 3)))).toBe(true);
});

test("after the end nobody is asked, and nothing counts", () => {
  const end = settleStep(settleStep(hear(open(), says("ann", 3))));
  expect(end.course.outcome(end.state)).toEqual({ total: 3 });
  expect(end.asked.size).toBe(0);
  expect(isStepComplete(end)).toBe(false);
  expect(receiveReply(end, says("bob", 1, { step: 2 })).refusal).toBe("late");
  expect(receiveReply(end, says("bob", 1, { step: 3 })).refusal).toBe("unasked");
});

describe("refused is", () => {
  test.each([
    ["what is about another session", says("ann", 1, { session: "t" }), "wrong-session"],
    ["who is no party", says("eve", 1), "foreign"],
    ["who speaks in another's name", says("ann", 1, { token: "b" }), "forged"],
    ["an answer to what was not asked yet", says("ann", 1, { step: 2 }), "unasked"],
    ["what the rules forbid", says("ann", 10), "invalid"],
  ])("%s", (_, reply, why) => {
    const { session, refusal } = receiveReply(open(), reply);
    expect(refusal).toBe(why);
    expect(session.refused).toEqual([
      { why, sequence: 1, party: reply.party, step: reply.step, answer: reply.answer },
    ]);
  });

  test("a second answer, also after an invalid one and one step later; the first stands", () => {
    const invalid = hear(open(), says("ann", 10), says("bob", 1));
    expect(isStepComplete(invalid)).toBe(true);
    expect(receiveReply(invalid, says("ann", 1)).refusal).toBe("contradictory");
    expect(receiveReply(invalid, says("ann", 10)).refusal).toBe("repeated");
    const next = settleStep(invalid);
    expect(next.state).toEqual([1]);
    expect(receiveReply(next, says("bob", 2)).refusal).toBe("contradictory");
    expect(receiveReply(next, says("bob", 1)).refusal).toBe("repeated");
  });
});

test("evidence is bounded, its number is not", () => {
  const flood = Array.from({ length: evidenceLimit + 5 }, () => says("eve", 1));
  const flooded = hear(open(), ...flood);
  expect(flooded.refused).toHaveLength(evidenceLimit);
  expect(flooded.refusedCount).toBe(evidenceLimit + 5);
  expect(flooded.received).toBe(evidenceLimit + 5);
});
