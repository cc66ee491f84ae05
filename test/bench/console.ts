import { pause, silentLog, systemClock } from "@troupe/actor";
import { consoleConfigSchema, startConsole } from "@troupe/console";
import { openGoalJournal } from "@troupe/goals";
import type { Page } from "playwright-core";
import { canBrowse, openBrowser } from "../deployment/browser.ts";
import { Deployment } from "../deployment/deployment.ts";
import { startShakyNode } from "../deployment/shaky-node.ts";

const goals = Number(process.argv[2] ?? 1000);
const actors = Number(process.argv[3] ?? 10_000);
/** Times that each page is opened, each in a browser without anything kept. */
const rounds = 9;
/** How long each page is watched once it is open, milliseconds. */
const watchMs = 10_000;

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

/** What an open page goes on to read, and what it holds. */
async function trafficOf(page: Page): Promise<string> {
  let read = 0;
  let answers = 0;
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  session.on("Network.loadingFinished", ({ encodedDataLength }) => {
    read += encodedDataLength;
    answers += 1;
  });
  await pause(systemClock, watchMs);
  const held = Number(await page.evaluate("performance.memory.usedJSHeapSize"));
  await page.context().close();
  const seconds = watchMs / 1000;
  return `then reads ${(read / 1000 / seconds).toFixed(1)} kB/s in ${(answers / seconds).toFixed(1)} answers/s, holds ${mb(held)}`;
}

/** Bytes that the event stream tells in a while. */
async function newsBytes(url: string): Promise<number> {
  const gone = AbortSignal.timeout(watchMs);
  const { body } = await fetch(`${url}/api/events`, { signal: gone });
  let bytes = 0;
  try {
    for await (const chunk of body ?? []) bytes += chunk.length;
  } catch (error) {
    if (!gone.aborted) throw error;
  }
  return bytes;
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
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
    let traffic = "";
    for (let round = 0; round < rounds; round += 1) {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(`${running.url}${path}`, { waitUntil: "commit" });
      await page.locator(what).first().waitFor();
      ready.push(Number(await page.evaluate("performance.now()")));
      const paint = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0";
      paints.push(Number(await page.evaluate(paint)));
      if (round < rounds - 1) await context.close();
      else traffic = await trafficOf(page);
    }
    console.log(
      `${path.padEnd(20)} first paint ${median(paints)} ms, shows it after ${median(ready)} ms, ${traffic}`,
    );
  }
  const told = await newsBytes(running.url);
  const { heapUsed, rss } = process.memoryUsage();
  console.log(
    `event stream ${(told / (watchMs / 1000)).toFixed(0)} bytes/s; console and test node together ${mb(heapUsed)} of heap, ${mb(rss)} in all`,
  );
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
