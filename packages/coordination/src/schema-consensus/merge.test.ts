import fc from "fast-check";
import { expect, test } from "vitest";
import { InvalidSpecError } from "../errors.ts";
import { type FieldProposal, mergeProposals } from "./merge.ts";

const field = (key: string) => ({ key, value: `value of ${key}` });

test("what all who mention it see alike is agreed, the rest is contested with its supporters", () => {
  const merged = mergeProposals([
    { member: "ann", fields: { year: field("int"), title: field("text") } },
    { member: "bob", fields: { year: field("date"), title: field("text"), score: field("float") } },
    { member: "cid", fields: { year: field("date") } },
  ]);
  expect(merged).toEqual({
    members: ["ann", "bob", "cid"],
    agreed: [
      {
        field: "title",
        key: "text",
        value: "value of text",
        supporters: ["ann", "bob"],
        missing: ["cid"],
      },
      {
        field: "score",
        key: "float",
        value: "value of float",
        supporters: ["bob"],
        missing: ["ann", "cid"],
      },
    ],
    contested: [
      {
        field: "year",
        alternatives: [
          { key: "date", value: "value of date", supporters: ["bob", "cid"] },
          { key: "int", value: "value of int", supporters: ["ann"] },
        ],
        missing: [],
      },
    ],
  });
});

test("the alternative with most supporters comes first, whatever its key", () => {
  const proposals = ["a", "z", "z"].map((key, index) => ({
    member: `m${index}`,
    fields: { year: field(key) },
  }));
  const [contested] = mergeProposals(proposals).contested;
  expect(contested?.alternatives.map(({ key }) => key)).toEqual(["z", "a"]);
});

test("nothing proposed is nothing agreed", () => {
  expect(mergeProposals([])).toEqual({ members: [], agreed: [], contested: [] });
});

test("a member that proposes twice is named", () => {
  const twice = { member: "ann", fields: {} };
  expect(() => mergeProposals([twice, twice])).toThrow(InvalidSpecError);
  expect(() => mergeProposals([twice, twice])).toThrow(/more came from ann/);
});

const anyProposals = fc
  .array(
    fc.dictionary(
      fc.constantFrom("a", "b", "constructor", "__proto__"),
      fc.constantFrom("x", "y", "toString").map(field),
      { noNullPrototype: true },
    ),
    { maxLength: 6 },
  )
  .map((all) =>
    all.map((fields, index): FieldProposal<string> => ({ member: `m${index}`, fields })),
  );

test("every mention is accounted for once, whatever fields and keys are called", () => {
  fc.assert(
    fc.property(anyProposals, (proposals) => {
      const { agreed, contested } = mergeProposals(proposals);
      const accounted = [
        ...agreed.map((one) => [one.field, one.missing, [one]] as const),
        ...contested.map((one) => [one.field, one.missing, one.alternatives] as const),
      ];
      for (const [name, missing, alternatives] of accounted) {
        const supporters = alternatives.flatMap((one) => one.supporters);
        expect([...supporters, ...missing].sort()).toEqual(proposals.map((one) => one.member));
        for (const { key, supporters: behind } of alternatives) {
          for (const member of behind) {
            const own = proposals.find((one) => one.member === member)?.fields ?? {};
            expect(Object.getOwnPropertyDescriptor(own, name)?.value.key).toBe(key);
          }
        }
      }
      const names = new Set(proposals.flatMap(({ fields }) => Object.keys(fields)));
      expect(accounted.map(([name]) => name).sort()).toEqual([...names].sort());
    }),
  );
});

test("alternatives are in the same order whoever proposed first", () => {
  fc.assert(
    fc.property(anyProposals, (proposals) => {
      const order = (all: typeof proposals) =>
        new Map(
          mergeProposals(all).contested.map((one) => [
            one.field,
            one.alternatives.map(({ key }) => key),
          ]),
        );
      expect(order(proposals.toReversed())).toEqual(order(proposals));
    }),
  );
});
