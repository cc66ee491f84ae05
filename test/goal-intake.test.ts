import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Deployment } from "./deployment/deployment.ts";

let deployment: Deployment;
beforeAll(async () => {
  deployment = await Deployment.start({ nodes: 1 });
}, 120_000);
afterAll(() => deployment?.stop());

/** A small clean file, so that goals end quickly. */
function cleanFile(name: string): string {
  const path = join(deployment.inbox, name);
  const rows = Array.from({ length: 40 }, (_, row) => `${row},item-${row},${row * 2.5}`);
  writeFileSync(path, `id,name,price\n${rows.join("\n")}\n`);
  return path;
}

test("a request gets a receipt, and the goal ends", async () => {
  const source = cleanFile("receipt.csv");
  const receipt = await deployment.client.submit({ id: "receipt", kind: "clean", source });
  expect(receipt).toMatchObject({ goal: "receipt", duplicate: false, stream: "TROUPE_GOALS" });
  const events = await deployment.follow("receipt");
  expect(events.at(-1)?.record.type).toBe("finished");
});

test("a goal without an id is named after its place in the stream", async () => {
  const source = cleanFile("nameless.csv");
  const receipt = await deployment.client.submit({ kind: "clean", source });
  expect(receipt.goal).toBe(`g${receipt.seq}`);
  const events = await deployment.follow(receipt.goal);
  expect(events.at(-1)?.record.type).toBe("finished");
});

test("equal goals without ids, asked for at once, are different goals with a receipt each", async () => {
  const source = cleanFile("twins.csv");
  const goal = { kind: "clean", source, output: "twins" };
  const receipts = await Promise.all([1, 2, 3].map(() => deployment.client.submit(goal)));
  expect(new Set(receipts.map(({ goal: id }) => id)).size).toBe(3);
});

test("the same id is never run twice, and the receipt says so", async () => {
  const source = cleanFile("again.csv");
  const goal = { id: "again", kind: "clean", source };
  const first = await deployment.client.submit(goal);
  await deployment.follow("again");
  const second = await deployment.client.submit(goal);
  expect(second).toEqual({ ...first, duplicate: true });
  const history = await deployment.client.history("again");
  expect(history.filter(({ record }) => record.type === "accepted")).toHaveLength(1);
  expect(history.filter(({ record }) => record.type === "finished")).toHaveLength(1);
});

test("a plain publish is enough", async () => {
  const source = cleanFile("plain.csv");
  deployment.client.publish({ id: "plain", kind: "clean", source });
  const events = await deployment.follow("plain");
  expect(events.at(-1)?.record.type).toBe("finished");
});

test("a malformed goal is refused with its reason, and kept as a dead letter", async () => {
  await expect(deployment.client.submit({ kind: "clean", source: 7 })).rejects.toMatchObject({
    code: "invalid-goal",
    message: expect.stringContaining("source"),
  });
  await expect(deployment.client.submit({ kind: "polish", source: "x" })).rejects.toMatchObject({
    code: "unknown-goal-kind",
    message: expect.stringContaining("'clean'"),
  });
  // Goals are taken in order, so once a later one has ended the refused ones are buried.
  const source = cleanFile("after.csv");
  await deployment.client.submit({ id: "after", kind: "clean", source });
  await deployment.follow("after");
  const dead = await deployment.journal.read("dead.goals");
  const letters = dead.map(({ payload }) => JSON.parse(new TextDecoder().decode(payload)));
  expect(letters.map(({ error }) => error.reason)).toEqual(["invalid-goal", "unknown-goal-kind"]);
  expect(Buffer.from(letters[0].payload, "base64").toString()).toBe('{"kind":"clean","source":7}');
});

test("goals are listed newest first, shown, and refused when unknown", async () => {
  const source = cleanFile("listed.csv");
  await deployment.client.submit({ id: "listed", kind: "clean", source });
  await deployment.follow("listed");
  const goals = await deployment.client.list();
  expect(goals[0]).toMatchObject({ id: "listed", phase: "succeeded" });
  const view = await deployment.client.show("listed");
  expect(view.task.every(({ status }) => status === "done")).toBe(true);
  await expect(deployment.client.show("nobody")).rejects.toMatchObject({ code: "goal-not-found" });
  await expect(deployment.client.cancel("listed", "late")).rejects.toMatchObject({
    code: "goal-ended",
  });
});

test.for([
  ["missing.csv", undefined, "source-not-found"],
  ["empty.csv", "", "source-empty"],
  ["world.json", '{"type":"Topology","arcs":[[1,2],[3,4]]', "source-format"],
])(
  "a goal whose file is %s fails with a reason and a remedy",
  async ([name = "", content, code]) => {
    const source = join(deployment.inbox, name);
    if (content !== undefined) writeFileSync(source, content);
    const receipt = await deployment.client.submit({ kind: "clean", source });
    const events = await deployment.follow(receipt.goal);
    const last = events.at(-1)?.record;
    expect(last).toMatchObject({ type: "failed", error: { code } });
    expect(last?.type === "failed" && last.error.message).toContain(name);
  },
);

test("a file outside the allowed directories is not read", async () => {
  const receipt = await deployment.client.submit({ kind: "clean", source: "/etc/passwd" });
  const events = await deployment.follow(receipt.goal);
  const last = events.at(-1)?.record;
  expect(last).toMatchObject({ type: "failed", error: { code: "source-forbidden" } });
  expect(last?.type === "failed" && last.error.message).toContain("TROUPE_SOURCES");
});
