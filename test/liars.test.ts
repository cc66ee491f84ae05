import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cleanResultSchema, dissentOf, type GoalRecord } from "@troupe/goals";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Deployment } from "./deployment/deployment.ts";

/** Columns of every type; half of the integers are 0 or 1, and the texts look like words, so that lies about them look good. */
function writeReadings(folder: string): string {
  const lines = Array.from({ length: 200 }, (_, i) => {
    const day = new Date(Date.UTC(2020, 0, 1 + i)).toISOString().slice(0, 10);
    const tags = JSON.stringify({ of: i % 5 });
    const note = i % 20 === 0 ? "." : `note ${i % 30}`;
    return `{"reading":${i + 1},"flag":${i % 2},"code":"0${100 + i}","day":"${day}","at":"${day} 10:${10 + (i % 50)}:00","celsius":${i % 9}.25,"note":"${note}","tags":${tags},"on":${i % 3 === 0}}`;
  });
  const file = join(folder, "readings.json");
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}

let deployment: Deployment;
let source = "";
beforeEach(async () => {
  deployment = await Deployment.start({ nodes: 0 });
  source = writeReadings(deployment.inbox);
}, 60_000);
afterEach(() => deployment.stop());

const nodes = ["n1", "n2", "n3"];

/** Three nodes, of which some have analysts that lie. */
async function startNodes(liars: Readonly<Record<string, string>> = {}): Promise<void> {
  await Promise.all(
    nodes.map((name) => deployment.startNode(name, { TROUPE_LIARS: liars[name] ?? "" })),
  );
}

async function clean(id: string) {
  await deployment.client.submit({ id, kind: "clean", source });
  const records = (await deployment.follow(id)).map(({ record }) => record);
  const deliberated = records.find(
    (record): record is Extract<GoalRecord, { type: "deliberated" }> =>
      record.type === "deliberated",
  );
  const last = records.at(-1);
  if (last?.type !== "finished" || deliberated === undefined) throw new Error(JSON.stringify(last));
  const result = cleanResultSchema.parse(last.result);
  return {
    ...deliberated,
    result,
    data: readFileSync(result.files.data),
    quarantined: result.rows.quarantined,
    report: readFileSync(result.files.report, "utf8"),
  };
}

const analysts = ["analyst-storage", "analyst-values", "analyst-sample"];

test.for(analysts)(
  "one %s that lies is outvoted: the dataset is the same to the byte, and what it did is shown",
  { timeout: 120_000 },
  async (liar) => {
    await startNodes();
    const honest = await clean("honest");
    expect(honest.quarantined).toBe(0);
    await deployment.kill("n2");
    await deployment.startNode("n2", { TROUPE_LIARS: liar });
    const lied = await clean("lied");
    expect(lied.proposals).toHaveLength(9);
    expect(lied.data.equals(honest.data)).toBe(true);
    expect(lied.result.columns).toEqual(honest.result.columns);
    // Every column was disputed, and decided all the same.
    expect(lied.votes).toHaveLength(9);
    const address = `n2/${liar}`;
    for (const { question, decided, confidence, proposed = {}, counts, refused } of lied.votes) {
      expect(decided, question).toBeDefined();
      expect(confidence).toBeGreaterThanOrEqual(0.67);
      const lone = Object.entries(proposed).filter(([, [first, second]]) => {
        return first === address && second === undefined;
      });
      expect(lone, question).toHaveLength(1);
      expect(Object.keys(counts)).not.toContain(lone[0]?.[0]);
      expect(refused?.filter(({ why }) => why === "forged")).toHaveLength(2);
    }
    const view = await deployment.client.show("lied");
    const [first] = dissentOf(view.proposals, view.votes);
    expect(first).toMatchObject({ member: address, refused: { forged: 18 } });
    expect(first?.proposedOtherwise.toSorted()).toEqual(
      lied.votes.map(({ question }) => question).toSorted(),
    );
    expect(lied.report).toContain("### Dissent");
    expect(lied.report).toMatch(
      new RegExp(`\\| ${address} \\| proposed otherwise for 9;.*18 forged`),
    );
    expect(honest.report).not.toContain("forged");
  },
);

test("two liars of nine that agree with each other are outvoted, too", {
  timeout: 120_000,
}, async () => {
  await startNodes();
  const honest = await clean("honest");
  await Promise.all(["n1", "n3"].map((node) => deployment.kill(node)));
  await deployment.startNode("n1", { TROUPE_LIARS: "analyst-values" });
  await deployment.startNode("n3", { TROUPE_LIARS: "analyst-values" });
  const lied = await clean("lied");
  expect(lied.data.equals(honest.data)).toBe(true);
  // Seconded, the lies were voted on, and nobody honest was taken in.
  const flag = lied.votes.find(({ question }) => question === "flag");
  expect(flag).toMatchObject({ decided: "integer", counts: { integer: 7, boolean: 2 } });
});

test("three liars of nine can keep the others from deciding, and get nothing but text, of which nothing is lost", {
  timeout: 120_000,
}, async () => {
  await startNodes({ n1: "analyst-values", n2: "analyst-values", n3: "analyst-values" });
  const lied = await clean("lied");
  expect(lied.votes.map(({ decided, reason }) => decided ?? reason)).toEqual(
    Array.from({ length: 9 }, () => "out-of-reach"),
  );
  expect(lied.result.columns.map(({ type }) => type)).toEqual(
    Array.from({ length: 9 }, () => "text"),
  );
  expect(lied.result.rows).toMatchObject({ source: 200, kept: 200, quarantined: 0, repaired: 0 });
  expect(lied.confidence).toBeLessThan(0.67);
  expect(lied.report).toContain("no consensus; the type that loses nothing was taken");
});
