import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { flowResultSchema } from "@troupe/goals";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Deployment } from "./deployment/deployment.ts";

const root = join(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs", "flows.md"), "utf8");
const blockOf = (language: string): string =>
  new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? "";

let directory: string;
let deployment: Deployment;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "troupe-plugin-"));
  symlinkSync(join(root, "node_modules"), join(directory, "node_modules"));
  const plugin = join(directory, "words.ts");
  writeFileSync(plugin, blockOf("ts"));
  deployment = await Deployment.start({ nodes: 2, environment: { TROUPE_PLUGINS: plugin } });
}, 120_000);
afterAll(async () => {
  await deployment?.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function resultOf(goal: string) {
  const end = (await deployment.follow(goal)).at(-1)?.record;
  if (end?.type !== "finished") throw new Error(`it ended as ${JSON.stringify(end)}`);
  return flowResultSchema.parse(end.result);
}

test("the task type of the page about flows does what it says, once for equal texts", async () => {
  const input = { text: "to be or not to be" };
  const count = { type: "count-words", cached: true, input };
  const tasks = [
    { id: "first", ...count },
    { id: "again", ...count, dependsOn: ["first"] },
  ];
  await deployment.client.submit({ id: "words", kind: "flow", tasks });
  const { results } = await resultOf("words");
  expect(results).toEqual({ again: { words: 6 } });
});

test("the flow of the page runs as it stands there", async () => {
  const flow: object = JSON.parse(blockOf("json"));
  await deployment.client.submit({ id: "page", ...flow });
  await deployment.follow("page", ({ record }) => record.type === "suspended");
  await deployment.client.approve("page", { task: "ask", approved: true, by: "ann" });
  const { results } = await resultOf("page");
  expect(results["publish"]).toMatchObject({ approvedBy: "ann" });
  expect((results["publish"] as { parts: unknown[] }).parts).toHaveLength(20);
});

test("an input that the plugin's schema refuses is refused with the goal", async () => {
  const tasks = [{ id: "a", type: "count-words", input: { text: 5 } }];
  await expect(deployment.client.submit({ kind: "flow", tasks })).rejects.toMatchObject({
    message: expect.stringContaining("tasks.0.input.text"),
  });
});
