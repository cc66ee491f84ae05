import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Command } from "./deployment/command.ts";
import { Deployment } from "./deployment/deployment.ts";

let deployment: Deployment;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "troupe-alerts-"));
  const rules = join(folder, "alerts.yaml");
  const always = `{type: threshold, metric: troupe_node_ready, operator: ">=", value: 0}`;
  writeFileSync(
    rules,
    `every: 1\nwithout: ["*"]\nrules:\n  - {name: Always, summary: it holds, condition: ${always}}\n`,
  );
  deployment = await Deployment.start({ nodes: 2, environment: { TROUPE_ALERTS: rules } });
});
afterAll(async () => {
  await deployment?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function run(...args: readonly string[]) {
  const command = new Command(folder, ["alerts", ...args, "--server", deployment.server.url]);
  const code = await command.ended;
  return { code, document: command.news[0] as Record<string, unknown> | undefined };
}

const listed = async () => (await run("list")).document;
const told = { timeout: 60_000 };

test("what is said about an alert is done at once, is kept when its node dies, and says who", async () => {
  await expect.poll(listed, told).toMatchObject({
    alerts: [{ id: "Always@n1[]", state: "firing" }, { id: "Always@n2[]" }],
    silences: [],
    orders: [],
  });
  const spoken = ["--by", "ada", "--reason", "on it"];
  expect(await run("acknowledge", "Always@n1[]", ...spoken)).toEqual({
    code: 0,
    document: { done: true, id: "Always@n1[]" },
  });
  expect(await run("resolve", "Always@n2[]", "--by", "bob")).toMatchObject({ code: 0 });
  const after = { alerts: [{ id: "Always@n1[]", acknowledged: { by: "ada", reason: "on it" } }] };
  expect(await listed()).toMatchObject(after);

  for (const node of ["n1", "n2"]) {
    await deployment.kill(node);
    await deployment.startNode(node);
  }
  await expect.poll(listed, told).toMatchObject({
    ...after,
    orders: [
      { what: "acknowledged", of: "Always@n1[]", by: "ada", reason: "on it" },
      { what: "resolved", of: "Always@n2[]", by: "bob" },
    ],
  });
});

test("a silence counts on all nodes until it is ended; what is not there is refused", async () => {
  const silence = ["silence", "*", "--for", "2h", "--reason", "moving", "--by", "ada"];
  expect(await run(...silence)).toEqual({ code: 0, document: { done: true, id: "s1" } });
  await expect.poll(listed, told).toMatchObject({
    alerts: [{ id: "Always@n1[]", silenced: true }],
    silences: [{ id: "s1", rule: "*", by: "ada", reason: "moving" }],
  });
  expect(await run("unsilence", "s1")).toMatchObject({ code: 0 });
  await expect.poll(listed, told).toMatchObject({ alerts: [{ silenced: false }], silences: [] });
  expect(await run("unsilence", "s1")).toEqual({
    code: 1,
    document: { done: false, refused: "there is no silence 's1'" },
  });
  expect(await run("silence", "Never", "--for", "1m", "--reason", "x")).toMatchObject({
    code: 1,
    document: { refused: "there is no rule 'Never'" },
  });
  expect(await run("acknowledge", "Never@n1[]")).toMatchObject({ code: 1 });
  expect(await run("silence", "*", "--for", "soon", "--reason", "x")).toMatchObject({ code: 2 });
});
