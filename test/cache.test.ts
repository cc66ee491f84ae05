import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { Command } from "./deployment/command.ts";
import { Deployment } from "./deployment/deployment.ts";

let deployment: Deployment;
beforeAll(async () => {
  deployment = await Deployment.start({ nodes: 2 });
}, 120_000);
afterAll(() => deployment?.stop());

/** Runs a `troupe cache` command against the deployment. */
async function cache(...args: readonly string[]) {
  const server = ["--server", deployment.server.url];
  const command = new Command(deployment.directory, ["cache", ...args, ...server]);
  const code = await command.ended;
  return { code, document: command.news[0] };
}

const listSchema = z.object({
  types: z.array(z.object({ type: z.string(), entries: z.number(), bytes: z.number() })),
  entries: z.array(z.object({ key: z.string(), bytes: z.number() })).optional(),
  nodes: z.array(
    z.object({
      node: z.string(),
      counts: z.object({
        hits: z.object({ memory: z.number(), shared: z.number() }),
        stores: z.number(),
      }),
    }),
  ),
});
const list = async (...args: readonly string[]) =>
  listSchema.parse((await cache("list", ...args)).document);

/** Runs so many cached tasks with inputs of their own. */
async function run(id: string, inputs: number): Promise<void> {
  const tasks = Array.from({ length: inputs }, (_, number) => ({
    id: `t${number}`,
    type: "pass",
    cached: true,
    input: { number },
  }));
  await deployment.client.submit({ id, kind: "flow", tasks });
  expect((await deployment.follow(id)).at(-1)?.record.type).toBe("finished");
}

test("cached results are listed by type, warmed on every node, and forgotten by key, by type, and all", async () => {
  expect(await list()).toMatchObject({ types: [], nodes: [{ node: "n1" }, { node: "n2" }] });
  await run("first", 5);
  const found = await list("--type", "pass");
  expect(found.types).toMatchObject([{ type: "pass", entries: 5 }]);
  expect(found.entries).toHaveLength(5);
  expect(found.types[0]?.bytes).toBe(found.entries?.reduce((sum, { bytes }) => sum + bytes, 0));
  expect(found.nodes.reduce((sum, { counts }) => sum + counts.stores, 0)).toBe(5);

  const warmed = await cache("warm", "--type", "pass");
  expect(warmed).toMatchObject({
    code: 0,
    document: {
      nodes: [
        { node: "n1", warmed: 5 },
        { node: "n2", warmed: 5 },
      ],
    },
  });
  await run("second", 5);
  const hits = (await list()).nodes.reduce((sum, { counts }) => sum + counts.hits.memory, 0);
  expect(hits).toBe(5);

  const key = found.entries?.[0]?.key ?? "";
  expect(await cache("invalidate", "--key", key)).toMatchObject({
    code: 0,
    document: { entries: 1 },
  });
  expect((await list()).types).toMatchObject([{ type: "pass", entries: 4 }]);
  await cache("invalidate", "--type", "pass");
  expect((await list()).types).toEqual([]);
  await run("third", 5);
  const stores = (await list()).nodes.reduce((sum, { counts }) => sum + counts.stores, 0);
  expect(stores).toBe(10);
  expect(await cache("invalidate", "--all")).toMatchObject({ document: { entries: 5 } });
  expect((await list()).types).toEqual([]);
}, 120_000);

test("what is meant must be said", async () => {
  for (const args of [
    ["invalidate"],
    ["invalidate", "--all", "--type", "pass"],
    ["warm"],
    ["invalidate", "--key", "x"],
  ]) {
    expect(await cache(...args)).toMatchObject({ code: 2, document: { error: { code: "usage" } } });
  }
}, 60_000);
