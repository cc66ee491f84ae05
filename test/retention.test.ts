import { existsSync, readdirSync, watch } from "node:fs";
import { join } from "node:path";
import { cleanResultSchema } from "@troupe/goals";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Deployment } from "./deployment/deployment.ts";

const samples = join(import.meta.dirname, "..", "node_modules", "vega-datasets", "data");
const source = join(samples, "penguins.json");
/** What nodes are started with from now on. */
const environment: Record<string, string> = { TROUPE_KEEP_WORK: "1", TROUPE_ARCHIVE_EVERY: "5" };

let deployment: Deployment;
let work: string;
beforeAll(async () => {
  deployment = await Deployment.start({ nodes: 1, sources: [samples], environment });
  work = join(deployment.directory, "data", "work");
}, 120_000);
afterAll(() => deployment?.stop());

/** Resolves when a folder is not there any more. */
async function gone(goal: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = (): void => {
    if (!existsSync(join(work, goal))) resolve();
  };
  const watcher = watch(work, look);
  look();
  await promise;
  watcher.close();
}

test("a node that is to keep work folders does", async () => {
  await deployment.client.submit({ id: "kept", kind: "clean", source });
  expect((await deployment.follow("kept")).at(-1)?.record.type).toBe("finished");
  expect(readdirSync(join(work, "kept"))).not.toEqual([]);
});

test("a goal's work folder is gone when it has ended, and its result needs nothing of it", async () => {
  await deployment.kill("n1");
  delete environment["TROUPE_KEEP_WORK"];
  await deployment.startNode("n2");
  await deployment.client.submit({ id: "tidy", kind: "clean", source });
  expect((await deployment.follow("tidy")).at(-1)?.record.type).toBe("finished");
  await gone("tidy");
  const { result } = await deployment.client.show("tidy");
  const { folder, files } = cleanResultSchema.parse(result);
  for (const path of [folder, ...Object.values(files).flat()]) {
    expect(existsSync(path), path).toBe(true);
    expect(path).not.toContain(work);
  }
  // The same from what is published: a goal on the dataset itself.
  await deployment.client.submit({ id: "again", kind: "clean", source: files.data });
  expect((await deployment.follow("again")).at(-1)?.record.type).toBe("finished");
});

test("what was left of an ended goal is removed by the next node that starts", async () => {
  await gone("kept");
});

test("a goal that ended long ago leaves one record, is still known, and is not run again", async () => {
  const before = await deployment.client.show("kept");
  await deployment.kill("n2");
  environment["TROUPE_RETENTION_DAYS"] = "0.0000001";
  await deployment.startNode("n3");
  await deployment.follow("kept", ({ record }) => record.type === "expired");
  await deployment.follow("tidy", ({ record }) => record.type === "expired");

  const after = await deployment.client.show("kept");
  expect(after).toMatchObject({
    phase: "expired",
    kind: "clean",
    acceptedAt: before.acceptedAt,
    updatedAt: before.updatedAt,
    expired: { outcome: "succeeded", endedAt: before.updatedAt },
  });
  const receipt = await deployment.client.submit({ id: "kept", kind: "clean", source });
  expect(receipt).toMatchObject({ goal: "kept", duplicate: true });
  await expect(deployment.client.cancel("kept", "too late")).rejects.toMatchObject({
    code: "goal-ended",
  });
  // Not of the stream's dedup: a goal published as bytes, with no message id, is known as well.
  deployment.client.publish({ id: "tidy", kind: "clean", source });
  const late = { id: "late", kind: "flow", tasks: [{ id: "a", type: "pass" }] };
  await deployment.client.submit(late);
  await deployment.follow("late");
  const stored = await deployment.journal.read("journal.goal.*");
  const sizes = ["kept", "tidy"].map(
    (goal) => stored.filter(({ subject }) => subject.endsWith(`.${goal}`)).length,
  );
  expect(sizes).toEqual([1, 1]);
  for (const subject of ["segment.goal.tidy", "snapshot.goal.tidy"]) {
    const left = await deployment.journal.read(subject);
    expect(left, subject).toHaveLength(1);
    expect(left[0]?.payload.length, subject).toBeLessThan(400);
  }
  const listed = await deployment.client.list();
  expect(listed.map(({ id }) => id)).toEqual(["late", "again", "tidy", "kept"]);
});
