import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Deployment } from "./deployment/deployment.ts";
import { expectNothingTwice } from "./deployment/once.ts";

const samples = join(import.meta.dirname, "..", "node_modules", "vega-datasets", "data");
const source = join(samples, "movies.json");

let deployment: Deployment;
beforeAll(async () => {
  deployment = await Deployment.start({ nodes: 3, sources: [samples] });
}, 120_000);
afterAll(() => deployment?.stop());

test("a node that sleeps longer than its lease finds its goal taken over, and leaves it alone", async () => {
  await deployment.client.submit({ id: "slept", kind: "clean", source });
  const before = await deployment.follow("slept", ({ record }) => record.type === "planned");
  const accepted = before[0]?.record;
  if (accepted?.type !== "accepted") throw new Error("the first event is not the acceptance");
  const sleeper = deployment.nodes.get(accepted.node);
  if (sleeper === undefined) throw new Error(`there is no node ${accepted.node}`);
  sleeper.kill("SIGSTOP");
  const events = await deployment.follow("slept");
  const records = events.map(({ record }) => record);
  expect(records.at(-1)?.type).toBe("finished");
  expect(records.some(({ type }) => type === "resumed")).toBe(true);
  expectNothingTwice(records);

  sleeper.kill("SIGCONT");
  // It is back at work when it has done one more goal's worth of it.
  await deployment.client.submit({ id: "after", kind: "clean", source });
  expect((await deployment.follow("after")).at(-1)?.record.type).toBe("finished");
  expect(sleeper.exitCode).toBeNull();
  const history = await deployment.client.history("slept");
  expect(history).toHaveLength(events.length);
});

test("goals survive the death of the nats-server", async () => {
  await deployment.client.submit({ id: "outlived", kind: "clean", source });
  await deployment.follow("outlived", ({ record }) => record.type === "task-done");
  await deployment.restartServer();
  const events = await deployment.follow("outlived");
  const records = events.map(({ record }) => record);
  expect(records.at(-1)?.type).toBe("finished");
  expectNothingTwice(records);
});

test("a goal goes on when every node and the server have died", async () => {
  await deployment.client.submit({ id: "phoenix", kind: "clean", source });
  await deployment.follow("phoenix", ({ record }) => record.type === "task-done");
  const names = [...deployment.nodes.keys()];
  const ends = [...deployment.nodes.values()].map((node) => once(node, "exit"));
  await Promise.all(names.map((name) => deployment.kill(name)));
  await Promise.all(ends);
  await deployment.restartServer();
  await Promise.all(names.map((name) => deployment.startNode(name)));
  const records = (await deployment.follow("phoenix")).map(({ record }) => record);
  expect(records.at(-1)?.type).toBe("finished");
  expectNothingTwice(records);
});
