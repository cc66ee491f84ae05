import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock, systemRandom } from "@troupe/actor";
import { findServices } from "@troupe/nats";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Command } from "./deployment/command.ts";
import { Deployment } from "./deployment/deployment.ts";
import { isWhole, SpanWatch } from "./deployment/span-watch.ts";

let deployment: Deployment;
let watch: SpanWatch;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "troupe-untraced-"));
  deployment = await Deployment.start({
    nodes: 1,
    environment: { TROUPE_TRACES_PER_SECOND: "0", TROUPE_METRICS_PORT: "0" },
  });
  watch = new SpanWatch(deployment.transport);
}, 120_000);
afterAll(async () => {
  watch?.close();
  await deployment?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function run(...args: readonly string[]) {
  const command = new Command(folder, [...args, "--server", deployment.server.url]);
  return { code: await command.ended, documents: command.news };
}

const flow = (id: string) => ({
  id,
  kind: "flow",
  tasks: [{ id: "only", type: "pass", input: {} }],
});

/** Goals that the node did not trace, as Prometheus reads it. */
async function untraced(): Promise<number> {
  const { transport } = deployment;
  const ports = { transport, clock: systemClock, random: systemRandom };
  const [node] = await findServices({
    ...ports,
    name: "troupe-node",
    inbox: "troupe.inbox.client",
  });
  const page = await (await fetch(`${node?.metadata["metrics"]}/metrics`)).text();
  const line = page.split("\n").find((one) => one.startsWith("troupe_traces_unsampled_total "));
  return Number(line?.split(" ")[1]);
}

test("a goal beyond what the node traces has no trace, says why and what helps, and is counted", async () => {
  await deployment.client.submit(flow("quiet"));
  await deployment.follow("quiet");
  expect((await deployment.client.show("quiet")).trace).toMatch(/-00$/);
  expect(await run("trace", "quiet")).toMatchObject({
    code: 1,
    documents: [
      {
        error: {
          code: "not-traced",
          message: expect.stringContaining("goal submit --trace"),
        },
      },
    ],
  });
  expect(await untraced()).toBe(1);
});

test("one that asks for its trace has it whole", async () => {
  const file = join(folder, "told.json");
  writeFileSync(file, JSON.stringify(flow("told")));
  expect(await run("goal", "submit", file, "--trace")).toMatchObject({ code: 0 });
  const { trace } = await deployment.follow("told").then(() => deployment.client.show("told"));
  expect(trace).toMatch(/-01$/);
  const spans = await watch.until(
    trace.split("-")[1] ?? "",
    (all) => all.some(({ name }) => name === "goal flow") && isWhole(all),
  );
  expect(spans.map(({ name }) => name)).toContain("execute_tool pass");
  const { documents } = await run("trace", "told");
  expect(documents[0]).toMatchObject({ goal: "told", sampled: true, spans: expect.any(Array) });
});

test("one that fails has its end told, and that it is all that there is", async () => {
  const source = join(folder, "nowhere.csv");
  await deployment.client.submit({ id: "broken", kind: "clean", source });
  await deployment.follow("broken");
  const view = await deployment.client.show("broken");
  expect(view).toMatchObject({ phase: "failed", trace: expect.stringMatching(/-00$/) });
  await watch.until(view.trace.split("-")[1] ?? "", (all) => all.length > 0);
  const { documents } = await run("trace", "broken");
  expect(documents[0]).toMatchObject({
    sampled: false,
    spans: [{ name: "goal clean", status: "error", attributes: { "troupe.outcome": "failed" } }],
  });
});
