import { join } from "node:path";
import { flowResultSchema } from "@troupe/goals";
import { type ModelRequest, ModelServer, type ScriptedAnswer } from "@troupe/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Deployment } from "./deployment/deployment.ts";

const plugin = join(import.meta.dirname, "..", "docs", "examples", "tool.ts");
const say = (action: string, input: unknown): ScriptedAnswer => ({
  text: JSON.stringify({ thought: "it follows", action, input }),
});
const stepOf = ({ prompt }: ModelRequest): number => prompt.split('"observation":').length - 1;

let model: ModelServer;
let deployment: Deployment;
beforeAll(async () => {
  let isFirst = true;
  model = await ModelServer.start((request) => {
    if (stepOf(request) === 0) return say("exchange", { amount: 10, rate: 1.25 });
    if (!isFirst) return say("final_result", { result: { euros: 8 } });
    isFirst = false;
    return { hangAfter: '{"thought": "' };
  });
  deployment = await Deployment.start({
    nodes: 2,
    environment: {
      TROUPE_PLUGINS: plugin,
      TROUPE_MODEL_PROVIDER: "openai-compatible",
      TROUPE_MODEL: "local",
      TROUPE_MODEL_URL: model.url,
    },
  });
}, 120_000);
afterAll(async () => {
  await deployment?.stop();
  await model?.[Symbol.asyncDispose]();
});

test("an agent whose node dies while its model answers goes on elsewhere, after its last finished step", async () => {
  const input = { task: "10 dollars in euros", reasoner: "model", tools: ["exchange"] };
  const tasks = [{ id: "think", type: "agent", input }];
  await deployment.client.submit({ id: "g", kind: "flow", tasks });
  await model.next("asked");
  while (model.requests.length < 2) await model.next("asked");
  const events = await deployment.follow("g", ({ record }) => record.type === "awarded");
  const award = events.map(({ record }) => record).find((record) => record.type === "awarded");
  await deployment.kill(award?.winner.split("/")[0] ?? "");
  const end = (await deployment.follow("g")).at(-1)?.record;
  if (end?.type !== "finished") throw new Error(`it ended as ${JSON.stringify(end)}`);
  // Three calls are paid: the one that was lost, too.
  expect(flowResultSchema.parse(end.result).results).toMatchObject({
    think: { result: { euros: 8 }, steps: 1, spent: { calls: 3 } },
  });
  expect(model.requests.map(stepOf)).toEqual([0, 1, 1]);
  const trail = await deployment.journal.read("journal.agent.g.think");
  const types = trail.map(
    ({ payload }) => JSON.parse(new TextDecoder().decode(payload)).record?.type,
  );
  expect(types.filter((type) => type === "observed")).toHaveLength(1);
});
