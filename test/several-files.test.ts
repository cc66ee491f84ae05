import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Engine, openEngine } from "@troupe/data";
import { cleanKind, cleanResultSchema, replayGoal } from "@troupe/goals";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Command } from "./deployment/command.ts";
import { Deployment } from "./deployment/deployment.ts";

let deployment: Deployment;
let engine: Engine;
beforeAll(async () => {
  deployment = await Deployment.start({ nodes: 2 });
  engine = await openEngine({ readable: [deployment.directory], workspace: deployment.directory });
}, 120_000);
afterAll(async () => {
  await engine?.close();
  await deployment?.stop();
});

const put = (name: string, content: string | Buffer): string => {
  const path = join(deployment.inbox, name);
  writeFileSync(path, content);
  return path;
};
const endOf = async (id: string) => (await deployment.follow(id)).at(-1)?.record;

/** Orders with the given numbers, of which every fiftieth costs more than any may. */
const orders = (from: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => {
    const id = from + at;
    return `${id},${id % 50 === 7 ? "5000.50" : `${id % 90}.50`},shop ${id % 5}`;
  });

test("files that a pattern matches become one dataset, and each row's file is known", async () => {
  const paths = [
    put("orders-1.csv", `${["id,amount,shop", ...orders(1, 120)].join("\n")}\n`),
    put(
      "orders-2.csv",
      Buffer.from(
        `${["ID,amount,shop", ...orders(121, 90), "211,1.50,Zo\xeb"].join("\n")}\n`,
        "latin1",
      ),
    ),
    put(
      "orders-3.csv",
      `${["id,amount,shop,note", ...orders(212, 100).map((row) => `${row},late`)].join("\n")}\n`,
    ),
  ];
  const source = join(deployment.inbox, "orders-*.csv");
  // In parts, and by the nodes of a deployment.
  const partition = { above: 1000, rows: 70 };
  const cheap = { id: "cheap", column: "amount", expression: "amount < 1000", severity: "block" };
  const rules = { rules: [cheap] };
  await deployment.client.submit({ id: "orders", kind: "clean", source, partition, rules });
  const end = await endOf("orders");
  if (end?.type !== "finished") throw new Error(`it ended as ${JSON.stringify(end)}`);
  const result = cleanResultSchema.parse(end.result);
  expect(result.dataset).toBe("orders");
  expect(result.rows).toMatchObject({ source: 311, quarantined: 7, duplicates: 0 });
  expect(
    result.sources?.map(({ path, rows, quarantined, encoding }) => [
      path,
      rows,
      quarantined,
      encoding,
    ]),
  ).toEqual([
    [paths[0], 120, 3, "UTF-8"],
    [paths[1], 91, 2, "Windows-1252 (Latin-1)"],
    [paths[2], 100, 2, "UTF-8"],
  ]);
  expect(result.differences?.map(({ file, kind }) => [file, kind])).toEqual([
    [paths[1], "column-case"],
    [paths[2], "columns-added"],
    [paths[1], "encoding"],
  ]);
  expect(result.delegations?.map(({ task }) => task)).toContain("stage");
  const aside = await engine.rows(
    `SELECT file, file_row::DOUBLE AS file_row, "value" FROM '${result.files.quarantine}' ORDER BY _row`,
  );
  expect(aside[0]).toEqual({ file: paths[0], file_row: 7, value: "5000.5" });
  expect(aside.at(-1)).toEqual({ file: paths[2], file_row: 96, value: "5000.5" });
  const data = await engine.rows(`SELECT id, shop, note FROM '${result.files.data}'`);
  expect(data.map(({ id }) => Number(id))).toEqual(
    data.map(({ id }) => Number(id)).sort((a, b) => a - b),
  );
  expect(data.find(({ id }) => Number(id) === 211)).toMatchObject({ shop: "Zoë", note: null });
  const replay = await replayGoal("orders", await deployment.follow("orders"), cleanKind);
  expect(replay.steps.filter(({ verdict }) => verdict === "different")).toEqual([]);
}, 120_000);

test("the command line takes several files, and a goal whose files are of no kind names the one that is not", async () => {
  const paths = [put("a.csv", "id,n\n1,2\n"), put("b.csv", "id,n\n3,4\n")];
  const submit = async (id: string, ...given: readonly string[]): Promise<void> => {
    const target = ["--server", deployment.server.url];
    const sources = given.flatMap((path) => ["--source", path]);
    const goal = ["--kind", "clean", "--id", id, ...sources];
    const command = new Command(deployment.inbox, ["goal", "submit", ...goal, ...target]);
    expect(await command.ended).toBe(0);
  };
  await submit("by-cli", "b.csv", "a.csv");
  const end = await endOf("by-cli");
  expect(end?.type === "finished" && cleanResultSchema.parse(end.result).sources).toMatchObject([
    { path: paths[1], rows: 1 },
    { path: paths[0], rows: 1 },
  ]);

  const other = put("c.csv", "day,rain,wind\n1,2,3\n");
  await submit("mixed", "a.csv", "c.csv");
  expect(await endOf("mixed")).toMatchObject({
    type: "failed",
    error: { code: "sources-differ", message: expect.stringContaining(`'${other}'`) },
  });
  await submit("nothing", "none-*.csv");
  expect(await endOf("nothing")).toMatchObject({
    type: "failed",
    error: {
      code: "sources-not-found",
      message: expect.stringContaining(`no file in '${deployment.inbox}' matches 'none-*.csv'`),
    },
  });
}, 120_000);
