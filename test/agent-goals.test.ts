import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { flowResultSchema } from "@troupe/goals";
import { type ModelRequest, ModelServer } from "@troupe/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Deployment } from "./deployment/deployment.ts";

const root = join(import.meta.dirname, "..");
const examples = join(root, "docs", "examples");
const orders = "order_id,who,dollars\n1,Ann,10\n2,Bob,20\n3,Ann,2.5\n4,Eve,7\n5,Eve,1\n";

const decide = (action: string, input: unknown) => ({ thought: "it follows", action, input });
const finish = (result: unknown) => decide("final_result", { result });

/** What the model says next, by what it was asked and what it has seen. */
let script: (request: ModelRequest, step: number) => unknown;
/** Requests that its server has no answer for yet. */
let outages = 0;
let model: ModelServer;
let deployment: Deployment;
beforeAll(async () => {
  model = await ModelServer.start((request) => {
    if (outages > 0) {
      outages -= 1;
      return { status: 503 };
    }
    const step = request.prompt.split('"observation":').length - 1;
    return { text: JSON.stringify(script(request, step)) };
  });
  const plugins = ["word-agent.ts", "tool.ts", "thinking-agent.ts", "mcp-tools.ts"];
  deployment = await Deployment.start({
    nodes: 2,
    environment: {
      TROUPE_PLUGINS: plugins.map((name) => join(examples, name)).join(delimiter),
      TROUPE_MODEL_PROVIDER: "openai-compatible",
      TROUPE_MODEL: "local",
      TROUPE_MODEL_URL: model.url,
    },
  });
  writeFileSync(join(deployment.inbox, "orders.csv"), orders);
}, 120_000);
afterAll(async () => {
  await deployment?.stop();
  await model?.[Symbol.asyncDispose]();
});

/** A goal of the examples, its file put where nodes may read. */
function example(name: string): object {
  const text = readFileSync(join(examples, name), "utf8");
  return JSON.parse(text.replaceAll("orders.csv", join(deployment.inbox, "orders.csv")));
}

async function resultOf(goal: string) {
  const end = (await deployment.follow(goal)).at(-1)?.record;
  if (end?.type !== "finished") throw new Error(`it ended as ${JSON.stringify(end)}`);
  return flowResultSchema.parse(end.result).results;
}

/** What a command of the CLI writes to standard output. */
async function troupe(...words: readonly string[]): Promise<string> {
  const args = ["--conditions=troupe:source", "services/cli/src/main.ts", ...words];
  const env = { ...process.env, NATS_URL: deployment.server.url, NO_COLOR: "1" };
  return (await promisify(execFile)(process.execPath, args, { cwd: root, env })).stdout;
}

async function trailOf(goal: string, task: string) {
  const stored = await deployment.journal.read(`journal.agent.${goal}.${task}`);
  return stored.map(({ payload }) => JSON.parse(new TextDecoder().decode(payload)));
}

test("the agent in 20 lines does what it bids for", async () => {
  const input = { text: "to be or not to be that is the question" };
  await deployment.client.submit({
    id: "words",
    kind: "flow",
    tasks: [{ id: "a", type: "find-words", input }],
  });
  expect(await resultOf("words")).toEqual({ a: ["question", "that", "not"] });
  const { task } = await deployment.client.show("words");
  expect(task.find(({ id }) => id === "a")?.winner).toMatch(/librarian$/);
  const wrong = [{ id: "a", type: "find-words", input: { text: 5 } }];
  await expect(deployment.client.submit({ kind: "flow", tasks: wrong })).rejects.toMatchObject({
    message: expect.stringContaining("tasks.0.input.text"),
  });
});

test("an agent without a model goes by the evidence, the same way each time", async () => {
  await deployment.client.submit({ id: "rules", ...example("rules-goal.json") });
  expect(await resultOf("rules")).toEqual({ tell: "publish" });
  const actions = (await trailOf("rules", "look")).flatMap(({ record }) => record?.action ?? []);
  expect(actions).toEqual(["analyze_schema", "validate_data", "route_pipeline", "final_result"]);
  // Gaps and a repeated key: what breaks its own rules is left out, and it is looked at again.
  const rows = Array.from({ length: 20 }, (_, n) => `${n === 19 ? 1 : n},${n === 5 ? "" : "x"}`);
  const path = join(deployment.inbox, "faulty.csv");
  writeFileSync(path, `order_id,what\n${rows.join("\n")}\n`);
  const tasks = [{ id: "look", type: "agent", input: { task: "look at it", path } }];
  await deployment.client.submit({ id: "faulty", kind: "flow", tasks });
  const { look } = (await resultOf("faulty")) as { look: { result: object } };
  expect(look.result).toMatchObject({ route: "publish" });
  const observed = (await trailOf("faulty", "look")).flatMap(({ record }) =>
    record?.type === "observed" ? [record] : [],
  );
  expect(observed.map(({ quality }) => quality)).toEqual(
    [1, 0.9667, 1, 1, 1].map((q) => expect.closeTo(q, 3)),
  );
});

test("a model answers over the data, through the sandbox, with the tools that the goal allows", async () => {
  script = ({ prompt }, step) => {
    const table = /answer-s1\.parquet/.exec(prompt)?.[0];
    const sql = "SELECT sum(dollars) AS dollars FROM orders WHERE who = 'Ann'";
    return [
      decide("analyze_schema", { path: join(deployment.inbox, "orders.csv") }),
      // It reaches for a file that is no source of the query.
      decide("transform_data", { sql: "SELECT * FROM read_text('/etc/passwd')", sources: {} }),
      decide("transform_data", { sql, sources: { orders: table } }),
      decide("exchange", { amount: 12.5, rate: 1.25 }),
      finish({ euros: 10 }),
    ][step];
  };
  const events: string[] = [];
  const watching = deployment.transport.subscribe("troupe.events.agent.ann.*", ({ payload }) => {
    events.push(JSON.parse(new TextDecoder().decode(payload)).record?.type);
  });
  const file = join(deployment.inbox, "goal.json");
  writeFileSync(file, JSON.stringify({ id: "ann", ...example("model-goal.json") }));
  await troupe("goal", "submit", "--file", file, "--watch");
  watching.unsubscribe();
  expect(events.filter((type) => type === "decided" || type === "finished")).toHaveLength(6);
  const { answer } = (await resultOf("ann")) as { answer: object };
  expect(answer).toMatchObject({
    result: { euros: 10 },
    steps: 4,
    spent: { calls: 5, tokens: 600 },
  });
  const seen = (await trailOf("ann", "answer")).flatMap(({ record }) =>
    record?.type === "observed" ? [[record.ok, JSON.stringify(record.observation)]] : [],
  );
  expect(seen[1]).toEqual([false, expect.stringContaining("statement-forbidden")]);
  expect(seen[2]).toEqual([true, expect.stringContaining("12.5")]);
  expect(seen[3]).toEqual([true, '{"euros":10}']);
});

test("what the agent did is told to people and programs, and decided again without asking a model", async () => {
  const told = JSON.parse(await troupe("trail", "ann", "--task", "answer", "--json"));
  expect(told).toMatchObject({
    goal: "ann",
    more: false,
    trails: [{ task: "answer", depth: 0, end: { result: { euros: 10 } }, spent: { calls: 5 } }],
  });
  const [{ steps }] = told.trails;
  expect(steps.map(({ action }: { action: string }) => action)).toEqual([
    "analyze_schema",
    "transform_data",
    "transform_data",
    "exchange",
    "final_result",
  ]);
  expect(steps[1]).toMatchObject({
    ...{ number: 2, thought: "it follows", mind: "model", took: { calls: 1, tokens: 120 } },
    observed: { ok: false, quality: 0 },
  });
  const watched = (await troupe("trail", "ann", "--watch", "--json")).trim().split("\n");
  const types = watched.map((line) => JSON.parse(line).record.type);
  expect(types.filter((type) => type === "decided")).toHaveLength(5);
  expect([types[0], types.at(-1)]).toEqual(["began", "finished"]);
  const shown = await troupe("trail", "ann");
  expect(shown).toContain("2 ✖ transform_data");
  expect(shown).toContain('✔ result {"euros":10}');
  // All of it is decided again from the journal, and no model is asked.
  const asked = model.requests.length;
  const replay = JSON.parse(await troupe("goal", "replay", "ann", "--json"));
  expect(replay).toMatchObject({
    verdict: "same",
    agents: [{ task: "answer", different: 0, same: 1 }],
  });
  expect(model.requests).toHaveLength(asked);
});

test("an agent of a plugin reasons in the shape that it promises, with a tool of an MCP server beside", async () => {
  script = (_request, step) =>
    [decide("exchange", { amount: 5, rate: 1.25 }), finish({ euros: 4 })][step];
  const input = { offer: "5 dollars", rates: { dollar: 1.25 } };
  await deployment.client.submit({
    id: "offer",
    kind: "flow",
    tasks: [
      { id: "price", type: "price-in-euros", input },
      { id: "day", type: "calendar_weekday", input: { date: "2026-11-21" } },
    ],
  });
  expect(await resultOf("offer")).toEqual({ price: { euros: 4 }, day: "Saturday" });
});

test("an agent whose model cannot be reached for a while is tried again, and goes on where it was", async () => {
  script = ({ prompt }, step) => {
    // The server breaks down after the first step, for longer than one call is repeated.
    if (step === 0) outages = prompt.includes("ten dollars") ? 4 : 0;
    return [decide("exchange", { amount: 10, rate: 1.25 }), finish({ euros: 8 })][step];
  };
  const input = { task: "ten dollars in euros", reasoner: "model", tools: ["exchange"] };
  const tasks = [{ id: "a", type: "agent", input }];
  await deployment.client.submit({ id: "outage", kind: "flow", tasks });
  expect(await resultOf("outage")).toMatchObject({ a: { result: { euros: 8 }, steps: 1 } });
  const failures = (await deployment.client.history("outage")).flatMap(({ record }) =>
    record.type === "task-failed" ? [record] : [],
  );
  expect(failures).toMatchObject([{ error: { code: "model-unavailable" }, answer: "retry" }]);
  const [trail] = (await deployment.client.trail("outage")).trails;
  expect(trail).toMatchObject({ resumed: 1, steps: [{ action: "exchange" }, {}] });
});

test("an agent asks a person, the goal sleeps, and it goes on with the answer on another node", async () => {
  script = ({ prompt }, step) =>
    [
      decide("exchange", { amount: 10, rate: 1.25 }),
      decide("request_approval", { question: "Refund 8 euros?" }),
      finish(prompt.includes("go ahead") ? "refunded" : "kept"),
    ][step];
  const before = model.requests.length;
  await deployment.client.submit({ id: "refund", ...example("approval-goal.json") });
  const slept = await deployment.follow("refund", ({ record }) => record.type === "suspended");
  expect(slept.map(({ record }) => record)).toContainEqual(
    expect.objectContaining({ type: "approval-requested", question: "Refund 8 euros?" }),
  );
  const asked = await deployment.client.show("refund");
  const worker = asked.task.find(({ id }) => id === "refund")?.winner ?? "";
  await deployment.kill(worker.split("/")[0] ?? "");
  // As with `nats pub`: whoever lives takes it up.
  const answer = { task: "refund", approved: true, by: "ann", note: "go ahead" };
  const command = JSON.stringify({ command: "approve", goal: "refund", ...answer });
  deployment.transport.publish("troupe.goals", new TextEncoder().encode(command));
  const { refund } = (await resultOf("refund")) as { refund: { result: unknown } };
  expect(refund).toMatchObject({ result: "refunded", steps: 2 });
  expect(model.requests.length - before).toBe(3);
});
