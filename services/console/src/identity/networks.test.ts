import { expect, test } from "vitest";
import { isEverybody, type Network, Networks, parseNetwork } from "./networks.ts";

const networks = (...texts: readonly string[]) =>
  new Networks(texts.flatMap((text) => parseNetwork(text) ?? []));

test("an address is in a range when it begins with the same bits", () => {
  const known = networks("10.1.2.0/24", "192.168.7.7", "fd00:1::/32");
  const inside = ["10.1.2.0", "10.1.2.255", "192.168.7.7", "fd00:1::5", "fd00:1:ffff::"];
  const outside = ["10.1.3.0", "192.168.7.8", "fd00:2::", "10.1.2.3.4", "", "unknown"];
  expect(inside.filter((address) => !known.has(address))).toEqual([]);
  expect(outside.filter((address) => known.has(address))).toEqual([]);
});

test("an IPv4 address that a socket of both kinds tells as IPv6 is what it is", () => {
  const known = networks("10.1.2.0/24");
  expect(known.has("::ffff:10.1.2.9")).toBe(true);
  expect(known.has("::ffff:10.1.3.9")).toBe(false);
});

test("a range that has every address is known as such, however it is written", () => {
  const judged = (text: string) => parseNetwork(text) && isEverybody(parseNetwork(text) as Network);
  const everybody = ["0.0.0.0/0", "::/0", "::ffff:0:0/96", "0:0:0:0:0:ffff:0.0.0.0/96", "::/64"];
  expect(everybody.filter((text) => judged(text) !== true)).toEqual([]);
  expect(["10.0.0.0/8", "::ffff:10.0.0.0/104", "fd00::/8", "::1"].map(judged)).toEqual(
    Array.from({ length: 4 }, () => false),
  );
});
