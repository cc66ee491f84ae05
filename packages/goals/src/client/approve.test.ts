import { seededRandom } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { NoNodesError } from "../errors.ts";
import { FlowWorld } from "../simulation/flow-world.test-data.ts";
import { GoalClient } from "./client.ts";

const answer = { task: "ask", approved: true, by: "ada" };

let world: FlowWorld;
let client: GoalClient;
/** A flow whose task asks, on one node. */
let first: ReturnType<FlowWorld["node"]>;
beforeEach(async () => {
  world = new FlowWorld();
  const { clock, network } = world;
  const ports = { transport: network.connect("client"), clock, random: seededRandom(9) };
  client = new GoalClient({ ports });
  first = world.node("n1", []);
  await clock.advance(2000);
  const ask = { id: "ask", type: "approval", input: { question: "go on?" } };
  world.publish({ id: "g", kind: "flow", tasks: [ask] });
  await clock.advance(5000);
});

/** What became of an answer, after so long. */
async function approving(ms: number, said = answer) {
  const outcome: { ended?: unknown } = {};
  void client.approve("g", said).then(
    () => {
      outcome.ended = "recorded";
    },
    (error: unknown) => {
      outcome.ended = error;
    },
  );
  await world.clock.advance(ms);
  return outcome;
}

const given = async () =>
  Object.values((await world.goal("g")).state.tasks).map(({ status }) => status);

test("an answer is recorded by the node that comes after the only one was killed", async () => {
  first.kill();
  const outcome = await approving(10_000);
  expect(outcome.ended).toBeUndefined();
  world.node("n2", []);
  await world.clock.advance(15_000);
  expect(outcome.ended).toBe("recorded");
  expect(await given()).toEqual(["done"]);
});

test("an answer that its node died with is recorded by the next one that it is delivered to", async () => {
  world.network.isolate("n1");
  world.node("n2", []);
  // The queue has given it to the node that nobody hears.
  const outcome = await approving(1000);
  first.kill();
  await world.clock.advance(29_000);
  expect(outcome.ended).toBe("recorded");
});

test("where no node comes the wait ends, with what there is to do", async () => {
  first.kill();
  const outcome = await approving(29_000);
  expect(outcome.ended).toBeUndefined();
  await world.clock.advance(10_000);
  expect(outcome.ended).toBeInstanceOf(NoNodesError);
});

test("whoever was waiting for a node is told that somebody else has answered before", async () => {
  first.kill();
  const other = { task: "ask", approved: false, by: "bob" };
  world.publish({ command: "approve", goal: "g", ...other });
  const outcome = await approving(10_000);
  world.node("n2", []);
  await world.clock.advance(15_000);
  expect(outcome.ended).toMatchObject({ code: "not-asked" });
});
