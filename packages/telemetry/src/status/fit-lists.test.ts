import { expect, test } from "vitest";
import { fitLists } from "./fit-lists.ts";

/** Items of so many bytes of JSON, each with its number. */
const items = (count: number, bytes: number) =>
  Array.from({ length: count }, (_, index) => String(index).padEnd(bytes - 3, "."));
const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
const ends = { few: "first", many: "first", latest: "last" } as const;

test("lists that fit are told whole", () => {
  const lists = { few: items(3, 10), many: items(20, 10), latest: [] };
  expect(fitLists(lists, ends, {}, 1000)).toEqual({ kept: lists, leftOut: {} });
});

test("of lists that do not, the short are whole and the long are cut alike, and what is left out is counted", () => {
  const lists = { few: items(3, 100), many: items(500, 100), latest: items(300, 100) };
  const { kept, leftOut } = fitLists(lists, ends, { rest: "x".repeat(1000) }, 20_000);
  expect(kept.few).toEqual(lists.few);
  expect(kept.many).toEqual(lists.many.slice(0, kept.many.length));
  expect(kept.latest).toEqual(lists.latest.slice(-kept.latest.length));
  expect(Math.abs(kept.many.length - kept.latest.length)).toBeLessThanOrEqual(1);
  expect(kept.many.length + kept.latest.length).toBeGreaterThan(155);
  expect(leftOut).toEqual({ many: 500 - kept.many.length, latest: 300 - kept.latest.length });
  expect(bytesOf({ ...kept, rest: "x".repeat(1000), leftOut })).toBeLessThan(20_000);
});

test("an item that is larger than all there is leaves room for the others", () => {
  const lists = { few: [], many: ["x".repeat(5000), ...items(5, 10)], latest: items(2, 10) };
  const { kept, leftOut } = fitLists(lists, ends, {}, 1000);
  expect([kept.many, leftOut]).toEqual([lists.many.slice(1), { many: 1 }]);
});

test("bytes count, not letters", () => {
  const lists = {
    few: [],
    many: Array.from({ length: 100 }, () => "\u4e2d".repeat(50)),
    latest: [],
  };
  const { kept } = fitLists(lists, ends, {}, 10_000);
  expect(bytesOf(kept)).toBeLessThan(10_000);
  expect(kept.many.length).toBeGreaterThan(50);
});

test("however much a server takes, a node tells a megabyte at most", () => {
  const lists = { few: [], many: items(3000, 1000), latest: [] };
  const { kept } = fitLists(lists, ends, {}, 64 * 2 ** 20);
  expect(bytesOf(kept)).toBeLessThan(2 ** 20 + 1000);
  expect(kept.many.length).toBeGreaterThan(1000);
});
