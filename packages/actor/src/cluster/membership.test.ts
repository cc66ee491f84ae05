import { expect, test } from "vitest";
import { type Heartbeat, Membership } from "./membership.ts";

const suspectMs = 8000;

function beat(version: number, more: Partial<Heartbeat> = {}): Heartbeat {
  const actors = [{ address: `b/v${version}`, node: "b", capabilities: ["work"] }];
  return { node: "b", incarnation: 1, version, actors, ...more };
}

function found(membership: Membership): readonly string[] {
  return membership.find("work").map(({ address }) => address);
}

test("an older heartbeat that was overtaken shows life, and brings back no old actors", () => {
  const membership = new Membership("a", suspectMs);
  membership.heard(beat(2), 0);
  membership.heard(beat(1), 5000);
  expect(found(membership)).toEqual(["b/v2"]);
  expect(membership.tick(9000, 0)).toEqual([]);
  expect(membership.tick(13_000, 0)).toEqual([{ kind: "node-lost", node: "b" }]);
});

test("a later start of a node counts its versions from the beginning", () => {
  const membership = new Membership("a", suspectMs);
  membership.heard(beat(7), 0);
  membership.heard(beat(1, { incarnation: 2 }), 10);
  expect(found(membership)).toEqual(["b/v1"]);
  membership.heard(beat(8), 20);
  expect(found(membership)).toEqual(["b/v1"]);
});

test("after a loss nothing is remembered: what comes next is believed, also when it is older", () => {
  const membership = new Membership("a", suspectMs);
  membership.heard(beat(2), 0);
  expect(membership.tick(suspectMs, 0)).toEqual([{ kind: "node-lost", node: "b" }]);
  membership.heard(beat(1), suspectMs + 10);
  expect(found(membership)).toEqual(["b/v1"]);
});

test("a heartbeat that was overtaken by the farewell does not bring the node back", () => {
  const membership = new Membership("a", suspectMs);
  membership.heard(beat(1), 0);
  expect(membership.left("b", 1, 10)).toEqual([{ kind: "node-left", node: "b" }]);
  expect(membership.heard(beat(1), 20)).toEqual([]);
  expect(membership.nodes()).toEqual([]);
});

test("a farewell counts though no heartbeat came before it", () => {
  const membership = new Membership("a", suspectMs);
  expect(membership.left("b", 1, 0)).toEqual([]);
  expect(membership.heard(beat(1), 10)).toEqual([]);
});

test("a node that starts again after its farewell is a member, whatever of its past still comes", () => {
  const membership = new Membership("a", suspectMs);
  membership.left("b", 1, 0);
  expect(membership.heard(beat(1, { incarnation: 2 }), 10)).toHaveLength(1);
  membership.left("b", 1, 20);
  membership.heard(beat(9), 30);
  expect(found(membership)).toEqual(["b/v1"]);
});

test("a farewell is forgotten in time, should the clock of its node have been set back", () => {
  const membership = new Membership("a", suspectMs);
  membership.left("b", 5, 0);
  membership.tick(suspectMs, 0);
  expect(membership.heard(beat(1, { incarnation: 4 }), suspectMs + 10)).toHaveLength(1);
});

test("a node heard on waking, before this node's own late timer, is not spared for longer", () => {
  const membership = new Membership("a", suspectMs);
  membership.heard(beat(1), 30_000);
  membership.tick(30_000, 29_000);
  expect(membership.tick(30_000 + suspectMs, 0)).toEqual([{ kind: "node-lost", node: "b" }]);
});
