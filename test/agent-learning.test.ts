import { join } from "node:path";
import { flowResultSchema } from "@troupe/goals";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Deployment } from "./deployment/deployment.ts";

const example = join(import.meta.dirname, "..", "docs", "examples", "learning-agent.ts");
/** The way that fails takes 300 ms, the way that succeeds 60. */
const detourMs = 300;

let deployment: Deployment;
beforeAll(async () => {
  deployment = await Deployment.start({ nodes: 2, environment: { TROUPE_PLUGINS: example } });
}, 120_000);
afterAll(async () => {
  await deployment?.stop();
});

/** A goal for one date: who did it, how long it took, and what agents bid for it. */
async function read(id: string, text: string) {
  const tasks = [{ id: "a", type: "read-date", input: { from: "berlin", text } }];
  await deployment.client.submit({ id, kind: "flow", tasks });
  const records = (await deployment.follow(id)).map(({ record }) => record);
  const done = records.find((record) => record.type === "task-done");
  const award = records.find((record) => record.type === "awarded");
  const end = records.at(-1);
  const results = end?.type === "finished" ? flowResultSchema.parse(end.result).results : {};
  const bids = new Map(award?.bids.map(({ bidder, durationMs }) => [bidder, durationMs]));
  return { date: results["a"], tookMs: done?.durationMs ?? 0, winner: award?.winner ?? "", bids };
}

/** What an agent changed in its way of working. */
async function changes(agent: string) {
  const key = agent.replace("/", "-");
  const stored = await deployment.journal.read(`journal.reflection.${key}`);
  return stored.flatMap(({ payload }) => {
    const { record } = JSON.parse(new TextDecoder().decode(payload));
    return record === undefined || record.type === "episode" ? [] : [record];
  });
}

test("after ten goals of a kind agents work and bid otherwise, for a stated reason, and remember it", async () => {
  const goals = [];
  for (let day = 10; day < 26; day += 1) goals.push(await read(`day-${day}`, `${day}.11.2026`));
  expect(goals.map(({ date }) => date)).toContain("2026-11-25");
  const [first, last] = [goals[0], goals.at(-1)];
  expect(first?.tookMs).toBeGreaterThan(detourMs - 10);
  expect(last?.tookMs).toBeLessThan(detourMs - 10);
  const winner = last?.winner ?? "";
  expect((await changes(winner))[0]).toMatchObject({
    type: "adapted",
    situation: "read-date berlin",
    method: "european",
    because: "of the last 5 tries 'standard' succeeded in 0 %, 'european' in 100 %",
  });
  // It expected more of itself after each detour, and less since there are none.
  const bids = goals.map((goal) => goal.bids.get(winner) ?? 0);
  expect(bids.at(-1)).toBeGreaterThan(0);
  expect(bids.at(-1)).toBeLessThan(Math.max(...bids));
  await Promise.all(["n1", "n2"].map((node) => deployment.kill(node)));
  await deployment.startNode(winner.split("/")[0] ?? "");
  expect((await read("reborn", "26.11.2026")).tookMs).toBeLessThan(detourMs - 10);
  // Nobody can read this one, so that fewer succeed than before.
  const { winner: by } = await read("odd", "yesterday");
  expect(by).toBe(winner);
  const withdrawn = (await changes(winner)).filter(({ type }) => type === "withdrawn");
  expect(withdrawn).toMatchObject([{ method: "european" }]);
});
