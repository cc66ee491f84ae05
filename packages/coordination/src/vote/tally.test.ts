import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openPoll, type Poll } from "./poll.ts";
import type { Ballot } from "./protocol.ts";
import { closeTally, emptyTally, evidenceLimit, receiveBallot, type Tally } from "./tally.ts";

const poll = openPoll(
  { id: "v", round: 2, question: "type of year", options: ["int", "text"] },
  [{ member: "ann" }, { member: "bob" }, { member: "cid" }],
  "secret",
);

const digestOf = (of: Poll, name: string): string =>
  of.electorate.find(({ member }) => member === name)?.digest ?? "";

function ballot(member: string, choice: string | null, over: Partial<Ballot> = {}): Ballot {
  return {
    vote: "v",
    round: 2,
    digest: digestOf(poll, member),
    member,
    choice,
    reason: "",
    ...over,
  };
}

function receiveAll(start: Tally, ballots: readonly Ballot[]): Tally {
  return ballots.reduce((tally, one) => receiveBallot(tally, one).tally, start);
}

describe("a ballot is refused, and kept as evidence, when", () => {
  const other = openPoll(
    { id: "v", round: 2, question: "", options: ["text", "int"] },
    [{ member: "ann" }],
    "secret",
  );
  test.each([
    ["it is for another vote", ballot("ann", "int", { vote: "w" }), "wrong-vote"],
    ["it is for another round", ballot("ann", "int", { round: 1 }), "wrong-round"],
    ["its caster is not in the electorate", ballot("eve", "int"), "foreign"],
    [
      "it was cast on other options",
      ballot("ann", "int", { digest: digestOf(other, "ann") }),
      "wrong-digest",
    ],
    [
      "another member cast it",
      ballot("ann", "int", { digest: digestOf(poll, "bob") }),
      "wrong-digest",
    ],
    ["it names an unknown option", ballot("ann", "date"), "unknown-option"],
    [
      "it ranks where nothing is ranked",
      ballot("ann", "int", { ranking: ["int"] }),
      "malformed-ranking",
    ],
    ["its member name is that of a built-in property", ballot("constructor", "int"), "foreign"],
  ])("%s", (_, bad, why) => {
    const { tally, refusal } = receiveBallot(emptyTally(poll), bad);
    expect(refusal).toBe(why);
    expect(tally.counted).toEqual([]);
    expect(tally.refused).toEqual([{ why, sequence: 1, ballot: bad }]);
  });

  test("its member has voted otherwise; the first ballot stands", () => {
    const tally = receiveAll(emptyTally(poll), [ballot("ann", "int"), ballot("ann", "text")]);
    expect(tally.counted).toEqual([ballot("ann", "int")]);
    expect(tally.refused).toEqual([
      { why: "contradictory", sequence: 2, ballot: ballot("ann", "text") },
    ]);
  });

  test("it repeats the member's ballot, which accuses nobody", () => {
    const tally = receiveAll(emptyTally(poll), [ballot("ann", null), ballot("ann", null)]);
    expect(tally.counted).toHaveLength(1);
    expect(tally.refused[0]?.why).toBe("repeated");
  });

  test("the vote is closed, though a contradiction is still called one", () => {
    const closed = closeTally(receiveAll(emptyTally(poll), [ballot("ann", "int")]));
    const after = receiveAll(closed, [ballot("bob", "int"), ballot("ann", "text")]);
    expect(after.counted).toEqual(closed.counted);
    expect(after.refused.map(({ why }) => why)).toEqual(["late", "contradictory"]);
  });

  test.each([
    [["a", "a"], "a"],
    [["a", "x"], "a"],
    [["b", "a"], "a"],
    [["a"], null],
  ])("its ranking %j does not fit the options and its choice %j", (ranking, choice) => {
    const ranked = openPoll(
      { id: "v", round: 2, question: "", options: ["a", "b"], rule: { kind: "ranked" } },
      [{ member: "ann" }],
      "secret",
    );
    const bad = ballot("ann", choice, { digest: digestOf(ranked, "ann"), ranking });
    expect(receiveBallot(emptyTally(ranked), bad).refusal).toBe("malformed-ranking");
  });
});

test("a ballot in another's name neither counts nor keeps its own from counting, nor accuses it", () => {
  const forged = ballot("ann", "text", { digest: digestOf(poll, "bob") });
  const tally = receiveAll(emptyTally(poll), [forged, ballot("ann", "int"), forged]);
  expect(tally.counted).toEqual([ballot("ann", "int")]);
  expect(tally.refused.map(({ why }) => why)).toEqual(["wrong-digest", "wrong-digest"]);
});

test("a refused ballot is not cast: the member can still vote", () => {
  const tally = receiveAll(emptyTally(poll), [ballot("ann", "date"), ballot("ann", "int")]);
  expect(tally.counted).toEqual([ballot("ann", "int")]);
});

test("evidence is bounded, its number is not", () => {
  const flood = Array.from({ length: evidenceLimit + 5 }, () => ballot("eve", "int"));
  const tally = receiveAll(emptyTally(poll), flood);
  expect(tally.refused).toHaveLength(evidenceLimit);
  expect(tally.refusedCount).toBe(evidenceLimit + 5);
});

test("whatever arrives, each member of the electorate has at most one counted ballot, the first valid one", () => {
  const anyBallot = fc.record({
    vote: fc.constantFrom("v", "w"),
    round: fc.constantFrom(1, 2),
    digest: fc.constantFrom(...poll.electorate.map(({ digest }) => digest)),
    member: fc.constantFrom("ann", "bob", "cid", "eve"),
    choice: fc.constantFrom("int", "text", "date", null),
    reason: fc.constant(""),
  });
  fc.assert(
    fc.property(fc.array(anyBallot, { maxLength: 60 }), (ballots) => {
      const tally = receiveAll(emptyTally(poll), ballots);
      for (const { member } of poll.electorate) {
        const first = ballots.find((one) => isValid(poll, one) && one.member === member);
        expect(tally.counted.filter((one) => one.member === member)).toEqual(
          first === undefined ? [] : [first],
        );
      }
      expect(tally.counted.length + tally.refusedCount).toBe(ballots.length);
      expect(tally.refused.map(({ sequence }) => ballots[sequence - 1])).toEqual(
        tally.refused.map((one) => one.ballot),
      );
    }),
  );
});

function isValid({ options }: Poll, one: Ballot): boolean {
  const known = one.choice === null || options.includes(one.choice);
  return one.vote === "v" && one.round === 2 && one.digest === digestOf(poll, one.member) && known;
}
