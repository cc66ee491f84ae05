import { parseTraceparent } from "@troupe/actor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Deployment } from "./deployment/deployment.ts";
import { SpanWatch } from "./deployment/span-watch.ts";

let deployment: Deployment;
beforeAll(async () => {
  deployment = await Deployment.start({
    nodes: 2,
    environment: { TROUPE_UNITS: "licence=1", TROUPE_RESOURCES: "tape=2" },
  });
}, 120_000);
afterAll(() => deployment?.stop());

test("tasks on two nodes that hold the one licence never work at the same time", async () => {
  const watch = new SpanWatch(deployment.transport);
  // More than one node takes on at a time.
  const count = 20;
  const wait = { type: "wait", input: { ms: 100 }, resources: { licence: 1, tape: 1, cpu: 100 } };
  const tasks = Array.from({ length: count }, (_, i) => ({ id: `t${i}`, ...wait }));
  await deployment.client.submit({ id: "licensed", kind: "flow", tasks });
  const events = await deployment.follow("licensed");
  expect(events.at(-1)?.record).toMatchObject({ type: "finished", result: { done: count } });

  const { trace } = await deployment.client.show("licensed");
  const isWait = ({ name }: { readonly name: string }) => name === "execute_tool wait";
  const spans = await watch.until(
    parseTraceparent(trace)?.traceId ?? "",
    (all) => all.filter(isWait).length === count,
  );
  watch.close();
  const waits = spans.filter(isWait).sort((one, other) => one.startMs - other.startMs);
  expect(new Set(waits.map(({ node }) => node)).size).toBe(2);
  const overlaps = waits.flatMap((span, i) => {
    const next = waits[i + 1];
    return next !== undefined && next.startMs < span.endMs ? [[span, next]] : [];
  });
  expect(overlaps).toEqual([]);
});

test("a task that needs more licences than there are, or another thing, fails and says so", async () => {
  const tasks = [
    { id: "many", type: "wait", input: { ms: 1 }, resources: { licence: 2 } },
    { id: "odd", type: "wait", input: { ms: 1 }, resources: { license: 1 } },
  ];
  await deployment.client.submit({ id: "impossible", kind: "flow", tasks });
  const end = (await deployment.follow("impossible")).at(-1)?.record;
  expect(end?.type).toBe("failed");
  const { task } = await deployment.client.show("impossible");
  expect(Object.fromEntries(task.map(({ id, error }) => [id, error?.code]))).toEqual({
    many: "unsatisfiable-demand",
    odd: "unknown-resource",
  });
  expect(task[1]?.error?.message).toContain("'cpu', 'licence', 'memory', 'tape'");
});
