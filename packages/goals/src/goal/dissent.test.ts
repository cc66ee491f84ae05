import { expect, test } from "vitest";
import { dissentInWords, dissentOf } from "./dissent.ts";

const vote = {
  id: "v",
  question: "weight",
  decided: "decimal",
  counts: { decimal: 2, text: 1 },
  electorate: 3,
  abstained: [],
  missing: [],
  ballots: [
    { member: "a", choice: "decimal", reason: "" },
    { member: "b", choice: "decimal", reason: "" },
    { member: "c", choice: "text", reason: "" },
  ],
  proposed: { decimal: ["a"], text: ["b", "c"] },
  refused: [
    { why: "forged", member: "a", choice: "text", sender: "c" },
    { why: "repeated", member: "b", choice: "decimal" },
  ],
  refusedCount: 2,
};

test("who said otherwise is told, the one most at odds first; a forged ballot is its sender's", () => {
  const proposals = [{ member: "a", summary: "", unreadable: ["height"] }];
  const dissent = dissentOf(proposals, [vote]);
  expect(dissent.map((one) => `${one.member}: ${dissentInWords(one)}`)).toEqual([
    "c: proposed otherwise for 1; voted otherwise on 1; ballots refused: 1 forged",
    "b: proposed otherwise for 1; ballots refused: 1 repeated",
    "a: made no sense of 1",
  ]);
});

test("where nothing was decided, or as an earlier release kept it, nobody dissents", () => {
  const { decided: _decided, refused: _refused, ...undecided } = vote;
  const { proposed: _proposed, ...early } = { ...undecided, decided: "decimal", ballots: [] };
  expect(dissentOf([], [undecided, early])).toEqual([]);
});
