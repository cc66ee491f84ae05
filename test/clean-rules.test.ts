import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { cleanResultSchema } from "@troupe/goals";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Command } from "./deployment/command.ts";
import { Deployment } from "./deployment/deployment.ts";

let deployment: Deployment;
let source = "";
beforeAll(async () => {
  deployment = await Deployment.start({ nodes: 1 });
  source = join(deployment.inbox, "people.csv");
  writeFileSync(
    source,
    "name,age,height\nAnn,31,170\nBob,-4,180\nCid,40,175\nDee,,165\nEva,22,16\n",
  );
}, 120_000);
afterAll(() => deployment?.stop());

const yaml = `rules:
  - id: age
    column: age
    expression: age BETWEEN 0 AND 120 # nobody is older
    severity: block
  - id: height
    column: height
    expression: height > 50
`;

async function resultOf(id: string) {
  const end = (await deployment.follow(id)).at(-1)?.record;
  if (end?.type !== "finished") throw new Error(`it ended as ${JSON.stringify(end)}`);
  return cleanResultSchema.parse(end.result);
}

test("the command line gives a goal the rules of a YAML file, which the nodes need not see", async () => {
  const rules = join(deployment.directory, "rules.yaml");
  writeFileSync(rules, yaml);
  const args = ["goal", "submit", "--server", deployment.server.url, "--kind", "clean"];
  const submit = (file: string): Promise<number | null> => {
    const goal = ["--source", source, "--id", "by-cli", "--rules", file];
    return new Command(deployment.directory, [...args, ...goal]).ended;
  };
  writeFileSync(`${rules}.bad`, yaml.replace("severity: block", "severity: stop"));
  expect(await submit(`${rules}.bad`)).toBe(2);
  expect(await submit(rules)).toBe(0);
  const { rows, reasons, quality } = await resultOf("by-cli");
  expect(rows).toMatchObject({ source: 5, kept: 4, quarantined: 1 });
  expect(reasons).toMatchObject([{ column: "age", rows: 1, action: "quarantined" }]);
  expect(quality.findings).toBe(1);
}, 120_000);

test("rules within a published goal are looked at before it is taken, and then held", async () => {
  const goal = (rule: object) => ({
    id: "inline",
    kind: "clean",
    source,
    rules: { rules: [{ id: "tall", column: "height", expression: "height > 50", ...rule }] },
  });
  await expect(deployment.client.submit(goal({ severity: "stop" }))).rejects.toThrow(
    /rules\.0\.severity/,
  );
  await deployment.client.submit(goal({ severity: "block" }));
  const { rows } = await resultOf("inline");
  expect(rows).toMatchObject({ kept: 4, quarantined: 1 });
}, 120_000);

test("a file of rules that a goal names may be YAML, and what is wrong in it ends the goal with the place", async () => {
  const rules = join(deployment.inbox, "named.yaml");
  writeFileSync(rules, yaml.replace("- id: age", "- id: a b"));
  await deployment.client.submit({ id: "named", kind: "clean", source, rules });
  const end = (await deployment.follow("named")).at(-1)?.record;
  expect(end).toMatchObject({
    type: "failed",
    error: {
      code: "quality-rule-file",
      message: expect.stringContaining("line 2, column 9: rules.0.id"),
    },
  });
}, 120_000);
