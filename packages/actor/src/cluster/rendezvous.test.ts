import fc from "fast-check";
import { expect, test } from "vitest";
import { rendezvous, rendezvousRanking } from "./rendezvous.ts";

const members = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20 }), {
  minLength: 1,
  maxLength: 20,
});
const key = fc.string({ maxLength: 40 });
const keys = fc.array(key, { minLength: 1, maxLength: 50 });

test("the choice depends neither on the order of the members nor on who asks", () => {
  fc.assert(
    fc.property(key, members, fc.integer(), (one, all, seed) => {
      const shuffled = [...all].sort((a, b) => (rendezvous(`${seed}${a}`, [a, b]) === a ? -1 : 1));
      expect(rendezvous(one, shuffled)).toBe(rendezvous(one, all));
    }),
    { seed: 1 },
  );
});

test("when a member goes only its keys move", () => {
  fc.assert(
    fc.property(keys, members, fc.nat(), (some, all, at) => {
      const gone = all[at % all.length];
      const left = all.filter((member) => member !== gone);
      for (const one of some) {
        const before = rendezvous(one, all);
        if (before === gone) expect(rendezvous(one, left)).toBe(rendezvousRanking(one, all, 2)[1]);
        else expect(rendezvous(one, left)).toBe(before);
      }
    }),
    { seed: 2 },
  );
});

test("the ranking begins with the one responsible and holds each member once", () => {
  fc.assert(
    fc.property(key, members, fc.nat(25), (one, all, count) => {
      const ranking = rendezvousRanking(one, all, count);
      expect(ranking).toHaveLength(Math.min(count, all.length));
      expect(ranking).toEqual(rendezvousRanking(one, all).slice(0, count));
      if (count > 0) expect(ranking[0]).toBe(rendezvous(one, all));
      expect([...rendezvousRanking(one, all)].sort()).toEqual([...all].sort());
    }),
    { seed: 3 },
  );
});

const likeAddresses = [
  ["names that differ in the last digit", (at: number) => `n1/worker/${at}`],
  [
    "names that differ in the first letter",
    (at: number) => `${String.fromCharCode(97 + at)}/worker`,
  ],
  ["one letter each", (at: number) => String.fromCharCode(97 + at)],
] as const;
const likeKeys = [
  ["numbers", (at: number) => `${at}`],
  ["paths", (at: number) => `tenant-${at % 97}/table/${at}`],
  ["letters of an alphabet beyond ASCII", (at: number) => String.fromCharCode(0x4e00 + at)],
] as const;

// With 10 000 keys a fair member's share has a standard deviation below 1.1 % (of all keys, for 2
// members: 0.5 %); 5 deviations of the binomial are what a fair hash exceeds once in a million.
test.for(
  likeAddresses.flatMap(([names, member]) =>
    likeKeys.map(([kind, made]) => ({ names, member, kind, made })),
  ),
)("every member gets its share of $kind, with $names", ({ member, made }) => {
  const total = 10_000;
  for (const size of [2, 3, 5, 10, 25]) {
    const all = Array.from({ length: size }, (_, at) => member(at));
    const shares = new Map<string | undefined, number>(all.map((one) => [one, 0]));
    for (let at = 0; at < total; at += 1) {
      const chosen = rendezvous(made(at), all);
      shares.set(chosen, (shares.get(chosen) ?? 0) + 1);
    }
    const fair = total / size;
    const bound = 5 * Math.sqrt(total * (1 / size) * (1 - 1 / size));
    for (const share of shares.values()) expect(Math.abs(share - fair)).toBeLessThan(bound);
  }
});

test("the keys of a member that goes are spread over all that are left", () => {
  const all = Array.from({ length: 5 }, (_, at) => `n${at}/entities`);
  const moved = new Map<string | undefined, number>();
  for (let at = 0; at < 10_000; at += 1) {
    const [first, second] = rendezvousRanking(`key-${at}`, all, 2);
    if (first === "n0/entities") moved.set(second, (moved.get(second) ?? 0) + 1);
  }
  expect(moved.size).toBe(4);
  for (const count of moved.values()) expect(Math.abs(count - 500)).toBeLessThan(100);
});

test("where the key ends and the name begins makes a difference", () => {
  const numbers = Array.from({ length: 1000 }, (_, at) => `${at}`);
  const differing = numbers.filter(
    (one) => rendezvous(one, ["ca", "cb"]) !== `c${rendezvous(`${one}c`, ["a", "b"])}`,
  );
  expect(differing.length).toBeGreaterThan(400);
});

test("nodes of different versions agree, since the scores never change", () => {
  const all = ["n1/a", "n1/b", "n2/a", "n2/b", "n3/a"];
  const chosen = ["", "a", "account-42", "Zürich", "键"].map((one) => rendezvous(one, all));
  expect(chosen).toEqual(["n3/a", "n2/a", "n2/a", "n2/b", "n2/a"]);
});

test("nobody is responsible where nobody is", () => {
  expect(rendezvous("key", [])).toBeUndefined();
  expect(rendezvousRanking("key", [], 3)).toEqual([]);
});
