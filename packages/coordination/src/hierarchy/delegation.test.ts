import { expect, test } from "vitest";
import {
  assignLeaves,
  type Delegation,
  isSettled,
  loseWorker,
  openDelegation,
  passOver,
  type Report,
  receiveReport,
} from "./delegation.ts";
import { openJob, type PartialPolicy } from "./job.ts";

const open = (leaves: number, team: readonly string[], attempts = 3): Delegation => {
  const partial: PartialPolicy = "refuse";
  return openDelegation(openJob({ id: "j", share: 100, attempts, partial }, leaves, team));
};
const says = (worker: string, assignment: string, ...leaves: Report["leaves"]): Report => ({
  job: "j",
  worker,
  assignment,
  leaves,
});
const countedIn = ({ leaves }: Delegation) =>
  leaves.map((leaf) => (leaf.at === "counted" ? `${leaf.by} ${leaf.result}` : leaf.at));

test("of two results the first counts, whoever gives it; the other is spare", () => {
  const first = assignLeaves(open(1, ["ann", "bob"])).delegation;
  const second = assignLeaves(passOver(first, "1")).delegation;
  expect([...second.assignments.values()].map(({ worker }) => worker)).toEqual(["ann", "bob"]);
  const late = receiveReport(second, says("ann", "1", { leaf: 0, result: 1 }));
  const both = receiveReport(late, says("bob", "2", { leaf: 0, result: 2 }));
  expect(countedIn(both)).toEqual(["ann 1"]);
  expect(both).toMatchObject({ spare: 1, refusedCount: 0 });
  expect(isSettled(both)).toBe(true);
});

test("a worker that changes its mind is held to what it said first", () => {
  const { delegation } = assignLeaves(open(2, ["ann"]));
  const one = receiveReport(delegation, says("ann", "1", { leaf: 0, result: 1 }));
  const again = receiveReport(one, says("ann", "1", { leaf: 0, result: 1 }));
  expect(again.refusedCount).toBe(0);
  const other = receiveReport(again, says("ann", "1", { leaf: 0, result: 9 }));
  expect(countedIn(other)).toEqual(["ann 1", "delegated"]);
  expect(other.refused).toMatchObject([{ why: "contradictory", worker: "ann", leaf: 0 }]);
});

test.each([
  ["about another job", { job: "k" }, "wrong-job"],
  ["by nobody of the team", { worker: "eve" }, "foreign"],
  ["about what was given to another", { assignment: "2" }, "undelegated"],
  ["about a leaf that it was not given", { leaves: [{ leaf: 1, result: 1 }] }, "undelegated"],
])("a report %s is refused", (_, over, why) => {
  const { delegation } = assignLeaves(open(2, ["ann", "bob"]));
  const report = { ...says("ann", "1", { leaf: 0, result: 1 }), ...over };
  const after = receiveReport(delegation, report);
  expect(after.refused).toMatchObject([{ why }]);
  expect(countedIn(after)).toEqual(["delegated", "delegated"]);
});

test("what a lost worker held waits for others, and is given up after as many attempts as are allowed", () => {
  const { delegation } = assignLeaves(open(1, ["ann", "bob"], 2));
  const lost = assignLeaves(loseWorker(delegation, "ann"));
  expect(lost.made).toMatchObject([{ worker: "bob", leaves: [0] }]);
  const failed = receiveReport(lost.delegation, says("bob", "2", { leaf: 0, failure: "no" }));
  expect(failed.leaves).toMatchObject([{ at: "given-up", why: "no" }]);
  expect(isSettled(failed)).toBe(true);
});
