import { expect, test } from "vitest";
import { InvalidSpecError } from "../errors.ts";
import {
  defineReplicaGroup,
  faultyOf,
  leaderOf,
  quorumOf,
  type ReplicaGroupSpec,
} from "./group.ts";

const machine = { initial: 0, apply: (state: number) => ({ state, result: state }) };
const four = ["a", "b", "c", "d"].map((name) => ({ name, address: `${name}/replica` }));
const spec: ReplicaGroupSpec<number> = { name: "g", replicas: four, clients: [], machine };

test("any two quorums share an honest replica, and the honest ones are a quorum, for every size", () => {
  for (let n = 4; n <= 31; n += 1) {
    const [f, quorum] = [faultyOf(n), quorumOf(n)];
    expect(n).toBeGreaterThanOrEqual(3 * f + 1);
    expect(2 * quorum - n, `${n} replicas: shared by two quorums`).toBeGreaterThanOrEqual(f + 1);
    expect(quorum, `${n} replicas: without the liars`).toBeLessThanOrEqual(n - f);
    if (n === 3 * f + 1) expect(quorum).toBe(2 * f + 1);
  }
});

test("replicas lead in turn", () => {
  const group = defineReplicaGroup(spec);
  expect([0, 1, 2, 3, 4].map((view) => leaderOf(group, view))).toEqual(["a", "b", "c", "d", "a"]);
});

test("a group that cannot work is refused, with the reason", () => {
  const wrong: [Partial<ReplicaGroupSpec<number>>, RegExp][] = [
    [{ replicas: four.slice(0, 3) }, /replicas/],
    [{ clients: [{ name: "a", address: "k/client" }] }, /'a' is named twice/],
    [{ name: "No Name" }, /name/],
    [{ limits: { logWindow: 10, checkpointEvery: 8 } }, /logWindow must be at least twice/],
    [{ limits: { pipeline: 0 } }, /limits.pipeline/],
  ];
  for (const [change, why] of wrong) {
    expect(() => defineReplicaGroup({ ...spec, ...change })).toThrow(InvalidSpecError);
    expect(() => defineReplicaGroup({ ...spec, ...change })).toThrow(why);
  }
});
