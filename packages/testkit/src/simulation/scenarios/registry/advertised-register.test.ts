import { expect, test } from "vitest";
import { checkDeltaAtomic } from "../../../linearizability/delta-atomic.ts";
import type { Operation } from "../../../linearizability/history.ts";
import {
  type AdvertisedInput,
  type AdvertisedOutput,
  advertisedModel,
  missing,
} from "./advertised-register.ts";

type On = Operation<AdvertisedInput, AdvertisedOutput>;
type Unpaired<Input> = Input extends AdvertisedInput ? Omit<Input, "pair"> : never;

const staleMs = 50;

function at(time: number, input: Unpaired<AdvertisedInput>, output?: AdvertisedOutput): On {
  const ofPair = { ...input, pair: "a#1 b" } as AdvertisedInput;
  return { process: "any", call: time, return: time, input: ofPair, output };
}

function look(time: number, output: AdvertisedOutput, number = 0): On {
  return at(time, { kind: "look", number, staleMs: output === missing ? 0 : staleMs }, output);
}

function holds(history: readonly On[], inOrder = true): boolean | undefined {
  const delta = ({ input }: On): number => (input.kind === "look" ? input.staleMs : 0);
  return checkDeltaAtomic(advertisedModel({ inOrder }), history, delta).linearizable;
}

/** Of b: it boots at 10, then lists one actor and another, and unlists the first. */
const history = [
  at(10, { kind: "boots" }),
  at(20, { kind: "lists", address: "b/1" }),
  at(30, { kind: "lists", address: "b/2" }),
  at(40, { kind: "unlists", address: "b/1" }),
];

test("a look gives what was advertised at one moment within Δ", () => {
  expect(holds([...history, look(90, "b/1,b/2")])).toBe(true);
  expect(holds([...history, look(91, "b/1,b/2")])).toBe(false);
});

test("parts of what was advertised at different moments are no answer", () => {
  expect(holds([...history, at(50, { kind: "lists", address: "b/3" }), look(60, "b/1,b/3")])).toBe(
    false,
  );
});

test("a later look gives no older answer", () => {
  const back = [...history, look(60, "b/2", 0), look(61, "b/1,b/2", 1)];
  expect(holds(back)).toBe(false);
  expect(holds(back, false)).toBe(true);
});

test("what was listed is found within Δ of the end of its node, and no longer", () => {
  const over = [...history, at(100, { kind: "goes-down" })];
  expect(holds([...over, look(150, "b/2")])).toBe(true);
  expect(holds([...over, look(151, "b/2")])).toBe(false);
});

test("a node is missed only while it may be", () => {
  const silent = [...history, at(60, { kind: "missable" }), at(70, { kind: "not-missable" })];
  expect(holds([...silent, look(65, missing)])).toBe(true);
  expect(holds([...silent, look(59, missing)])).toBe(false);
  expect(holds([...silent, look(71, missing)])).toBe(false);
});

test("changes of one moment may be in any order that makes sense", () => {
  const stopsAndStarts = [
    at(50, { kind: "lists", address: "b/3" }),
    at(50, { kind: "unlists", address: "b/2" }),
  ];
  for (const found of ["b/2,b/3", "", "b/3"]) {
    expect(holds([...history, ...stopsAndStarts, look(60, found)])).toBe(true);
  }
});
