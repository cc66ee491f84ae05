import { expect, test } from "vitest";
import { InMemoryNetwork } from "../in-memory-network.ts";
import { seededRandom } from "../seeded-random.ts";
import { VirtualClock } from "../virtual-clock.ts";
import { LinkFaults, type LinkTrouble } from "./link-faults.ts";

const seed = 5;

function world(everywhere: LinkTrouble = {}) {
  const clock = new VirtualClock();
  const random = seededRandom(seed);
  const links = new LinkFaults({ clock, random, everywhere });
  const network = new InMemoryNetwork({ clock, random, links });
  const [a, b] = [network.connect("a"), network.connect("b")];
  const heard: Record<"a" | "b", number[]> = { a: [], b: [] };
  a.subscribe("to.a", ({ payload }) => heard.a.push(payload[0] ?? 0));
  b.subscribe("to.b", ({ payload }) => heard.b.push(payload[0] ?? 0));
  const send = (count: number): void => {
    for (let n = 1; n <= count; n += 1) {
      a.publish("to.b", Uint8Array.of(n));
      b.publish("to.a", Uint8Array.of(n));
    }
  };
  return { clock, links, heard, send };
}

const oneToHundred = Array.from({ length: 100 }, (_, index) => index + 1);

test("delays keep the order of a link", async () => {
  const { clock, heard, send } = world({ delayMs: 500 });
  send(100);
  await clock.advance(10_000);
  expect(heard.b).toEqual(oneToHundred);
});

test("reordering lets later messages overtake", async () => {
  const { clock, heard, send } = world({ delayMs: 500, reorder: 0.5 });
  send(100);
  await clock.advance(10_000);
  expect(heard.b).not.toEqual(oneToHundred);
  expect(heard.b.toSorted((one, other) => one - other)).toEqual(oneToHundred);
});

test("about as many messages are lost and doubled as the probabilities say", async () => {
  const { clock, links, heard, send } = world();
  links.trouble("a", "b", { drop: 0.3 });
  links.trouble("b", "a", { duplicate: 0.3 });
  send(1000);
  await clock.advance(1);
  expect(heard.b.length).toBeGreaterThan(640);
  expect(heard.b.length).toBeLessThan(760);
  expect(heard.a.length).toBeGreaterThan(1240);
  expect(heard.a.length).toBeLessThan(1360);
});

test("a one-way cut stops one direction, until it is repaired", async () => {
  const { clock, links, heard, send } = world();
  const repair = links.cut("a", "b");
  send(1);
  await clock.advance(1);
  expect(heard).toEqual({ a: [1], b: [] });
  repair();
  send(1);
  await clock.advance(1);
  expect(heard).toEqual({ a: [1, 1], b: [1] });
});

test("of two partitions the one that is repaired does not end the other", async () => {
  const { clock, links, heard, send } = world();
  const repair = links.partition(["a"], ["b"]);
  links.partition(["b"], ["a"]);
  repair();
  send(1);
  await clock.advance(1);
  expect(heard).toEqual({ a: [], b: [] });
  links.heal();
  send(1);
  await clock.advance(1);
  expect(heard).toEqual({ a: [1], b: [1] });
});
