import { watch } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { cleanResultSchema, type GoalRecord } from "@troupe/goals";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { writeOrders } from "./bench/large/generate.ts";
import { Deployment } from "./deployment/deployment.ts";
import { expectNothingTwice } from "./deployment/once.ts";

const rows = 24_000;
const partition = { above: 0, rows: 1000 };
const parts = rows / partition.rows;

const delegated = z.object({
  delegation: z.object({
    lead: z.string(),
    lost: z.array(z.string()),
    map: z.array(
      z.object({
        worker: z.string(),
        depth: z.number(),
        leaves: z.array(z.number()),
        ended: z.string().optional(),
      }),
    ),
  }),
});

let deployment: Deployment;
let source: string;
beforeAll(async () => {
  deployment = await Deployment.start({ nodes: 3 });
  source = join(deployment.inbox, "orders.csv");
  await writeOrders(source, rows, 7);
}, 120_000);
afterAll(() => deployment?.stop());

/** Resolves when a node has begun a part of a goal's staging. */
async function begunBy(node: string, goal: string): Promise<void> {
  const folder = join(deployment.directory, "data", "work", goal, "stage.parquet-parts");
  await mkdir(folder, { recursive: true });
  const { promise, resolve } = Promise.withResolvers<void>();
  const watcher = watch(folder, (_, name) => {
    if (name?.includes(`.${node}-`)) resolve();
  });
  await promise;
  watcher.close();
}

test("a node killed in the middle of a part costs the parts that it had, and nothing else", async () => {
  await deployment.client.submit({ id: "parts", kind: "clean", source, partition });
  const isStaging = (record: GoalRecord) =>
    record.type === "awarded" && record.tasks.some((task) => task.startsWith("stage"));
  const before = await deployment.follow("parts", ({ record }) => isStaging(record));
  const accepted = before[0]?.record;
  const awarded = before.map(({ record }) => record).find(isStaging);
  if (accepted?.type !== "accepted" || awarded?.type !== "awarded") {
    throw new Error("the staging was not awarded");
  }
  const spared = [accepted.node, awarded.winner.split("/")[0]];
  const victim = ["n1", "n2", "n3"].find((node) => !spared.includes(node)) ?? "";
  await begunBy(victim, "parts");
  await deployment.kill(victim);

  const records = (await deployment.follow("parts")).map(({ record }) => record);
  const finished = records.at(-1);
  expect(finished).toMatchObject({ type: "finished" });
  expectNothingTwice(records);
  const { result } = z.object({ result: cleanResultSchema }).parse(finished);
  const { kept, quarantined, duplicates } = result.rows;
  expect([result.rows.source, kept + quarantined + duplicates]).toEqual([rows, rows]);
  expect(result.delegations?.map(({ task, pieces }) => [task.split("-")[0], pieces])).toEqual(
    expect.arrayContaining([["stage", parts]]),
  );

  const staged = records.flatMap((record) =>
    record.type === "task-done" && record.task.startsWith("stage") ? [record.facts] : [],
  );
  const { map, lost } = delegated.parse(staged[0]).delegation;
  expect(lost).toEqual([`${victim}/foreman`]);
  const given = map.filter(({ depth }) => depth === 1);
  const lostLeaves = given.filter(({ ended }) => ended === "lost").flatMap(({ leaves }) => leaves);
  expect(lostLeaves.length).toBeGreaterThan(0);
  const timesGiven = Map.groupBy(
    given.flatMap(({ leaves }) => leaves),
    (leaf) => leaf,
  );
  expect(timesGiven.size).toBe(parts);
  for (const [leaf, times] of timesGiven) {
    if (times.length > 1) expect(lostLeaves).toContain(leaf);
  }
  await deployment.startNode(victim);
});
