import type { NodeStatus } from "@troupe/telemetry";
import { expect, test } from "vitest";
import { Trends } from "./trends.ts";

/** What a node says, as far as lines are drawn of it. */
function status(node: string, waiting: number): NodeStatus {
  return {
    node,
    actors: { total: 5, waiting, shown: [] },
    resources: { cpu: 0.25, memory: 0.5, memoryBytes: 1, lagSeconds: 0 },
    goals: { executing: 2, planning: 1, succeeded: 7 },
    health: { score: 99.6 },
  } as unknown as NodeStatus;
}

test("there is a point every ten seconds, for an hour", () => {
  const trends = new Trends();
  for (let second = 0; second < 7200; second += 2) {
    trends.take([status("n1", second)], second * 1000);
  }
  const { at, nodes } = trends.answer();
  expect(at).toHaveLength(360);
  expect([at.at(0), at.at(-1)]).toEqual([3_600_000, 7_190_000]);
  expect(nodes[0]?.values.waiting.at(-1)).toBe(7190);
  expect(nodes[0]?.values).toMatchObject({ goals: expect.arrayContaining([3]) });
  expect(nodes[0]?.values.score.at(0)).toBe(100);
});

test("a node that is not heard leaves a gap, and beyond twelve nodes lines are left out", () => {
  const trends = new Trends();
  trends.take([status("n1", 1), status("n2", 2)], 0);
  trends.take([status("n1", 3)], 10_000);
  expect(trends.answer().nodes.map(({ values }) => values.waiting)).toEqual([
    [1, 3],
    [2, null],
  ]);
  const many = Array.from({ length: 15 }, (_, index) => status(`m${index}`, 0));
  trends.take(many, 20_000);
  expect(trends.answer()).toMatchObject({ more: 5 });
  expect(trends.answer().nodes).toHaveLength(12);
});
