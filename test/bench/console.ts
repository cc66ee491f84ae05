import { silentLog, systemClock } from "@troupe/actor";
import { consoleConfigSchema, startConsole } from "@troupe/console";
import { openGoalJournal } from "@troupe/goals";
import { canBrowse, openBrowser } from "../deployment/browser.ts";
import { Deployment } from "../deployment/deployment.ts";
import { startShakyNode } from "../deployment/shaky-node.ts";

const goals = Number(process.argv[2] ?? 1000);
const actors = Number(process.argv[3] ?? 10_000);
/** Times that each page is opened, each in a browser without anything kept. */
const rounds = 9;

/** Stores a goal as a node would have: accepted, with a few tasks, and finished. */
async function store(deployment: Deployment, index: number): Promise<void> {
  const id = `goal-${String(index).padStart(5, "0")}`;
  const journal = await openGoalJournal(deployment.journal, id, systemClock);
  const tasks = ["one", "two", "three"].map((name) => ({
    id: name,
    type: "pass",
    arguments: [],
    dependsOn: [],
  }));
  const trace = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
  const goal = { id, kind: "flow" };
  await journal.append({ type: "accepted", goal, sequence: index + 1, node: "n1", trace, tasks });
  for (const { id: task } of tasks) {
    const done = { task, attempt: 1, by: "n1/generalist", durationMs: 12, facts: {} };
    await journal.append({ type: "task-done", ...done });
  }
  if (index % 20 === 0) {
    const error = { code: "x", message: "it broke", retryable: false };
    await journal.append({ type: "failed", error });
  } else await journal.append({ type: "finished", result: {} });
}

/** How long until pages are painted, and until they show what they are about, with many goals and actors. */
async function main(): Promise<void> {
  if (!canBrowse()) return;
  const deployment = await Deployment.start({ nodes: 1 });
  for (let from = 0; from < goals; from += 50) {
    const some = Array.from({ length: Math.min(50, goals - from) }, (_, index) => from + index);
    await Promise.all(some.map((index) => store(deployment, index)));
  }
  const many = startShakyNode(deployment.transport, "many", actors);
  const config = consoleConfigSchema.parse({ natsUrl: deployment.server.url, port: 0 });
  const begun = systemClock.monotonic();
  const running = await startConsole(config, silentLog);
  const listed = async (): Promise<number> => {
    const answer = await fetch(`${running.url}/api/goals?limit=1`);
    return ((await answer.json()) as { readonly total: number }).total;
  };
  while ((await listed()) < goals);
  const loaded = systemClock.monotonic() - begun;
  console.log(
    `${goals} goals, ${actors} actors; the console has read them in ${loaded.toFixed(0)} ms`,
  );
  const browser = await openBrowser();
  for (const [path, what] of [
    ["/", ".tile"],
    ["/goals", "table.goals tbody tr"],
    ["/actors", "table.actors tbody tr"],
    ["/goals/goal-00007", "g.task"],
  ] as const) {
    const paints: number[] = [];
    const ready: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(`${running.url}${path}`, { waitUntil: "commit" });
      await page.locator(what).first().waitFor();
      ready.push(Number(await page.evaluate("performance.now()")));
      const paint = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0";
      paints.push(Number(await page.evaluate(paint)));
      await context.close();
    }
    console.log(
      `${path.padEnd(20)} first paint ${median(paints)} ms, shows it after ${median(ready)} ms`,
    );
  }
  await browser.close();
  await running.stop();
  await many.stop();
  await deployment.stop();
}

function median(values: readonly number[]): string {
  return (values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0).toFixed(
    0,
  );
}

await main();
