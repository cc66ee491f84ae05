import { flowResultSchema } from "@troupe/goals";
import { ModelServer } from "@troupe/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Deployment } from "./deployment/deployment.ts";

const flow = {
  tasks: [
    { id: "collect", type: "pass", input: { found: [1, 2, 3] } },
    { id: "tell", type: "pass", input: { $from: "collect", at: "found" }, dependsOn: ["collect"] },
  ],
};
/** First a flow that cannot run, then the same mended. */
const answers = [{ tasks: [{ ...flow.tasks[0], type: "conjure" }, flow.tasks[1]] }, flow];

let model: ModelServer;
let deployment: Deployment;
beforeAll(async () => {
  model = await ModelServer.start((_request, index) => ({
    text: JSON.stringify(answers[Math.min(index, 1)]),
  }));
  deployment = await Deployment.start({
    nodes: 2,
    environment: {
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

test("a described goal becomes the model's flow once that can run, and another node does not ask again", async () => {
  await deployment.client.submit({ id: "wish", kind: "flow", describe: "Tell me what there is." });
  await deployment.follow("wish", ({ record }) => record.type === "planned");
  const { node } = await deployment.client.show("wish");
  await deployment.kill(node);
  const end = (await deployment.follow("wish")).at(-1)?.record;
  if (end?.type !== "finished") throw new Error(`it ended as ${JSON.stringify(end)}`);
  expect(flowResultSchema.parse(end.result).results).toEqual({ tell: [1, 2, 3] });
  expect(model.requests).toHaveLength(2);
  expect(model.requests[0]?.prompt).toContain("Tell me what there is.");
  expect(model.requests[1]?.prompt).toContain("'conjure' is not a known task type");
});
