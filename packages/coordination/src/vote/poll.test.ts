import { expect, test } from "vitest";
import { EmptyElectorateError, InvalidSpecError } from "../errors.ts";
import { electorateLimit } from "./electorate.ts";
import { openPoll, optionLimit, type PollSpec } from "./poll.ts";

const spec: PollSpec = { id: "v", question: "q", options: ["a", "b"] };
const ann = { member: "ann" };

test("an empty electorate is a typed error that says what to do", () => {
  expect(() => openPoll(spec, [], "secret")).toThrow(EmptyElectorateError);
  expect(() => openPoll(spec, [], "secret")).toThrow(/name at least one voter/);
});

test.each([
  ["options that repeat", { options: ["a", "a"] }, [ann], "options: options must differ"],
  ["no options", { options: [] }, [ann], "options: name at least one option"],
  [
    "too many options",
    { options: Array.from({ length: optionLimit + 1 }, (_, i) => `${i}`) },
    [ann],
    "options: ",
  ],
  ["a round before the first", { round: 0 }, [ann], "round: "],
  [
    "a share above the whole",
    { rule: { kind: "threshold", votes: 3, of: 2 } },
    [ann],
    "rule.votes: ",
  ],
  [
    "a chair from outside",
    { tie: { chair: "eve" } },
    [ann],
    "tie.chair: 'eve' is not in the electorate",
  ],
  ["a member twice", {}, [ann, ann], "electorate.1.member: 'ann' is named twice"],
  [
    "a member without a name",
    {},
    [ann, { member: "" }],
    'electorate.1.member: name the member, got ""',
  ],
  ["a weight of zero", {}, [{ ...ann, weight: 0 }], "electorate.0.weight: 0 of 'ann'"],
  ["a weight that is no integer", {}, [{ ...ann, weight: 0.5 }], "electorate.0.weight: 0.5 of"],
  ["a weight above all", {}, [{ ...ann, weight: 1_000_001 }], "electorate.0.weight: 1000001 of"],
  [
    "too many members",
    {},
    Array.from({ length: electorateLimit + 1 }, (_, i) => ({ member: `${i}` })),
    `electorate: ${electorateLimit + 1} members are more than ${electorateLimit}`,
  ],
] as [string, Partial<PollSpec>, { member: string; weight?: number }[], string][])(
  "%s is refused by name",
  (_, over, electorate, issue) => {
    expect.assertions(2);
    try {
      openPoll({ ...spec, ...over }, electorate, "secret");
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidSpecError);
      expect((error as InvalidSpecError).issues.join()).toContain(issue);
    }
  },
);

test("no two votes, rounds, sets of options, members or secrets share a digest", () => {
  const digests = (over: Partial<PollSpec>, secret: string, members = ["ann"]) =>
    openPoll(
      { ...spec, ...over },
      members.map((member) => ({ member })),
      secret,
    ).electorate.map(({ digest }) => digest);
  const all = [
    ...digests({}, "secret", ["ann", "bob"]),
    ...digests({}, "other"),
    ...digests({ id: "w" }, "secret"),
    ...digests({ round: 2 }, "secret"),
    ...[["b", "a"], ["ab"], ["a,b"], ['a","b']].flatMap((options) =>
      digests({ options }, "secret"),
    ),
  ];
  expect(new Set(all).size).toBe(all.length);
  expect(digests({}, "secret")).toEqual(all.slice(0, 1));
});
