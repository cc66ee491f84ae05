import { join } from "node:path";
import { parseTraceparent } from "@troupe/actor";
import type { GoalEvent } from "@troupe/goals";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Deployment } from "./deployment/deployment.ts";
import { SpanWatch } from "./deployment/span-watch.ts";

const samples = join(import.meta.dirname, "..", "node_modules", "vega-datasets", "data");

let deployment: Deployment;
beforeAll(async () => {
  deployment = await Deployment.start({ nodes: 1, sources: [samples] });
}, 120_000);
afterAll(() => deployment?.stop());

test("cancelling a goal interrupts the query that runs for it, and the node goes on", async () => {
  const watch = new SpanWatch(deployment.transport);
  const source = join(samples, "flights-3m.parquet");
  await deployment.client.submit({ id: "unwanted", kind: "clean", source });
  const isStaging = ({ record }: GoalEvent) =>
    record.type === "awarded" && record.tasks.includes("stage");
  await deployment.follow("unwanted", isStaging);
  await deployment.client.cancel("unwanted", "nobody needs it");
  const events = await deployment.follow("unwanted");
  expect(events.at(-1)?.record).toMatchObject({ type: "cancelled", reason: "nobody needs it" });
  const done = events.flatMap(({ record }) => (record.type === "task-done" ? [record.task] : []));
  expect(done).not.toContain("stage");

  const { trace } = await deployment.client.show("unwanted");
  const spans = await watch.until(parseTraceparent(trace)?.traceId ?? "", (all) =>
    all.some(({ name }) => name === "execute_tool stage"),
  );
  const tool = spans.find(({ name }) => name === "execute_tool stage");
  expect(tool?.status).toBe("error");
  expect(tool?.message).toMatch(/cancel|interrupt|nobody needs it/i);
  watch.close();

  const penguins = join(samples, "penguins.json");
  await deployment.client.submit({ id: "wanted", kind: "clean", source: penguins });
  expect((await deployment.follow("wanted")).at(-1)?.record.type).toBe("finished");
});

test("a goal that has ended cannot be cancelled, and says so", async () => {
  await expect(deployment.client.cancel("wanted", "too late")).rejects.toMatchObject({
    message: expect.stringContaining("wanted"),
  });
});
