import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Command } from "./deployment/command.ts";
import { Deployment } from "./deployment/deployment.ts";
import { type ShakyNode, startShakyNode } from "./deployment/shaky-node.ts";

let deployment: Deployment;
let shaky: ShakyNode;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "troupe-operator-"));
  deployment = await Deployment.start({ nodes: 1 });
  shaky = startShakyNode(deployment.transport, "shaky");
});
afterAll(async () => {
  await shaky?.stop();
  await deployment?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function run(...args: readonly string[]) {
  const command = new Command(folder, [...args, "--server", deployment.server.url]);
  return { code: await command.ended, documents: command.news };
}

/** What the measurement says, as far as it is looked at here. */
interface Measurement {
  readonly goalsPerSecond: number;
  readonly tasksPerSecond: number;
  readonly tookMs: number;
  readonly roundTrip: { readonly p50: number };
  readonly receipt: { readonly p50: number };
  readonly goal: { readonly max: number };
}

const addressesIn = (document: unknown) =>
  (document as { actors: readonly { address: string }[] }).actors.map(({ address }) => address);

test("actors are listed, once or again and again, and described", async () => {
  const { code, documents } = await run("ps", "--node", "n1");
  expect(code).toBe(0);
  expect(addressesIn(documents[0])).toContain("n1/inspector");
  expect(addressesIn(documents[0])).not.toContain("shaky/counter");
  const looks = await run("top", "--count", "2", "--every", "1");
  expect(looks.documents).toHaveLength(2);
  expect(addressesIn(looks.documents[1])).toContain("shaky/counter");
  const described = await run("describe", "n1/inspector");
  expect(described.documents[0]).toMatchObject({
    actor: { protocol: "worker", state: "running", capabilities: ["check", "validate"] },
    restarts: [],
  });
  expect(await run("describe", "n1/nobody")).toMatchObject({
    code: 1,
    documents: [{ actor: null }],
  });
});

test("a message in quarantine is listed and replayed, or discarded", async () => {
  shaky.counter.tell("count", { by: 5 });
  shaky.counter.tell("count", { by: 6 });
  const listed = async () => (await run("quarantine", "list")).documents[0];
  await expect.poll(listed, { timeout: 60_000 }).toMatchObject({
    quarantine: [
      { node: "shaky", body: '{"by":5}', error: "the counter is out of order" },
      { node: "shaky", body: '{"by":6}' },
    ],
  });
  const { quarantine } = (await listed()) as unknown as { quarantine: readonly { id: string }[] };
  const [first = "", second = ""] = quarantine.map(({ id }) => id);
  shaky.mend();
  expect(await run("quarantine", "replay", "shaky", first)).toMatchObject({ code: 0 });
  expect(await run("quarantine", "discard", "shaky", second)).toMatchObject({ code: 0 });
  expect(await run("quarantine", "discard", "shaky", second)).toMatchObject({ code: 1 });
  expect(shaky.counted).toEqual([5]);
});

test("an actor of a real node is restarted, and stopped for good", async () => {
  const kill = ["kill", "n1/publisher"];
  expect(await run(...kill, "--restart")).toMatchObject({ code: 0, documents: [{ done: true }] });
  const { documents } = await run("describe", "n1/publisher");
  expect(documents[0]).toMatchObject({
    actor: { address: "n1/publisher" },
    restarts: [{ error: expect.stringContaining("an operator asked for it") }],
  });
  expect(await run(...kill)).toMatchObject({ code: 0, documents: [{ done: true }] });
  expect(await run(...kill)).toMatchObject({ code: 1, documents: [{ done: false }] });
  expect(addressesIn((await run("ps")).documents[0])).not.toContain("n1/publisher");
});

test("the console is served by a command, until it is interrupted", async () => {
  const server = deployment.server.url;
  const command = new Command(folder, ["console", "--port", "0", "--server", server]);
  const { url } = await command.until("console");
  const page = await fetch(String(url));
  expect(await page.text()).toContain("<title>Troupe</title>");
  command.child.kill("SIGINT");
  expect(await command.ended).toBe(130);
});

test("what the deployment does is measured with goals that really run", async () => {
  const { code, documents } = await run("bench", "--goals", "3", "--tasks", "5", "--open", "2");
  expect(code).toBe(0);
  expect(documents[0]).toMatchObject({ goals: 3, tasks: 5, open: 2, failed: [] });
  const { goalsPerSecond, tasksPerSecond, tookMs, roundTrip, receipt, goal } =
    documents[0] as unknown as Measurement;
  expect(goalsPerSecond).toBeCloseTo(3000 / tookMs);
  expect(tasksPerSecond).toBeCloseTo(5 * goalsPerSecond);
  expect(roundTrip.p50).toBeGreaterThan(0);
  expect(receipt.p50).toBeLessThan(goal.max);
  const [list] = (await run("goal", "list")).documents;
  const ran = { kind: "flow", phase: "succeeded", tasksDone: 5, tasks: 5 };
  expect(list).toMatchObject({ goals: [ran, ran, ran] });
});

test("who stops following a goal is told that it goes on, and how to end it", async () => {
  const goal = { kind: "flow", tasks: [{ id: "long", type: "wait", input: { ms: 60_000 } }] };
  const file = join(folder, "long.json");
  writeFileSync(file, JSON.stringify(goal));
  const to = ["--server", deployment.server.url];
  const command = new Command(folder, ["goal", "submit", file, "--id", "long", "--watch", ...to]);
  await command.until("event");
  command.child.kill("SIGINT");
  expect(await command.ended).toBe(130);
  expect(command.news.at(-1)).toMatchObject({
    error: { code: "interrupted", message: expect.stringContaining("troupe goal cancel long") },
  });
  expect((await run("goal", "cancel", "long")).code).toBe(0);
});
