import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLog } from "@troupe/actor";
import { consoleConfigSchema, type RunningConsole, startConsole } from "@troupe/console";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { canBrowse, keepPicture, openBrowser } from "./deployment/browser.ts";
import { Deployment } from "./deployment/deployment.ts";
import { type ShakyNode, startShakyNode } from "./deployment/shaky-node.ts";

/** A rule that always holds. */
const always = `every: 1
rules:
  - name: Always
    summary: it holds on {{node}}
    condition: {type: threshold, metric: troupe_node_ready, operator: ">=", value: 0}
`;
/** What a browser says of everything it reads while a network interface of the machine comes or goes. */
const interfaceChanged = "net::ERR_NETWORK_CHANGED";
/** What the API answers while no node does. */
const unheard = { error: { reason: "no-nodes", description: "nobody answers", retryable: true } };
const samples = join(import.meta.dirname, "..", "node_modules", "vega-datasets", "data");

/** Texts of a page whose contrast with the nearest colour behind them is below 4.5 to 1. Runs in the browser. */
const faintTexts = `(() => {
  const parts = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const light = (colour) => {
    const [r, g, b] = parts(colour).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if ((parts(colour)[3] ?? 1) === 1) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const faint = new Set();
  for (const element of document.querySelectorAll("main *:not(svg *), header *")) {
    const text = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== "");
    if (!text || element.getAnimations().length > 0 || element.matches(":disabled")) continue;
    const [one, other] = [light(getComputedStyle(element).color), light(behind(element))];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (contrast < 4.5) faint.add(element.className + " " + element.textContent.trim() + " " + contrast.toFixed(2));
  }
  return [...faint];
})()`;

describe.skipIf(!canBrowse())("the console in a browser", () => {
  let deployment: Deployment;
  let running: RunningConsole;
  let browser: Browser;
  let shaky: ShakyNode;
  let folder: string;
  const problems: string[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "troupe-console-"));
    const rules = join(folder, "alerts.yaml");
    writeFileSync(rules, always);
    deployment = await Deployment.start({
      nodes: 3,
      sources: [samples],
      environment: { TROUPE_HEALTH_MS: "1000", TROUPE_ALERTS: rules },
    });
    shaky = startShakyNode(deployment.transport, "shaky");
    const natsUrl = deployment.server.url;
    const config = consoleConfigSchema.parse({ natsUrl, port: 0, statusMs: 500 });
    [running, browser] = await Promise.all([startConsole(config, silentLog), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await running?.stop();
    await shaky?.stop();
    await deployment?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    await Promise.all((browser?.contexts() ?? []).map((context) => context.close()));
    // What a browser complains of: errors of the program, and what the security policy forbids.
    expect(problems.splice(0)).toEqual([]);
  });

  async function open(
    path: string,
    options: BrowserContextOptions = {},
    url = running.url,
    until = "header.top",
  ): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 900 },
      ...options,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(90_000);
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => {
      if (message.type() !== "error" || message.text().includes(interfaceChanged)) return;
      problems.push(message.text());
    });
    for (let tries = 1; tries <= 3; tries += 1) {
      await page.goto(`${url}${path}`);
      const shown = page.locator(until).waitFor({ timeout: 20_000 });
      if (await shown.then(() => true).catch(() => false)) break;
    }
    return page;
  }

  test("a goal is seen from its publication to its end, with its graph, votes and rows", async () => {
    const page = await open("/");
    await page.getByText("Nothing runs").waitFor();
    await deployment.client.submit({
      id: "movies",
      kind: "clean",
      source: join(samples, "movies.json"),
    });
    await page.getByRole("link", { name: "movies", exact: true }).first().click();
    await page.getByRole("heading", { name: "movies" }).waitFor();
    await page.locator(".goal-head").getByText("succeeded").waitFor();
    await page.getByRole("button", { name: /publish.*done/ }).waitFor();
    expect(await page.locator(".attempt.done").count()).toBeGreaterThan(4);
    expect(await page.locator("article.vote").count()).toBeGreaterThan(0);
    await page.getByRole("img", { name: /rows: .* kept/ }).waitFor();
    await page.getByRole("button", { name: /publish.*done/ }).press("Enter");
    await page.getByRole("columnheader", { name: "Bidder" }).waitFor();
    const lineage = page.getByRole("region", { name: "Lineage" });
    await lineage.getByRole("img", { name: /^movies.json to / }).waitFor();
    await lineage.getByLabel("Where a column comes from").selectOption("Release Date");
    await expect.poll(() => lineage.getByRole("row").count()).toBe(2);
    await lineage.getByRole("row", { name: /Release Date.*movies\.json/ }).waitFor();
    expect(await lineage.locator(".dataset.lit").count()).toBe(1);
    await keepPicture(page, "goal");
  });

  test("an approval that is asked for is given in the browser, and the goal goes on", async () => {
    const tasks = [
      { id: "prepare", type: "pass" },
      { id: "ask", type: "approval", input: { question: "publish it?" }, dependsOn: ["prepare"] },
      { id: "after", type: "pass", dependsOn: ["ask"] },
    ];
    const page = await open("/");
    await deployment.client.submit({ id: "asking", kind: "flow", tasks });
    const asks = page.getByRole("region", { name: "Asks you" });
    await asks.getByRole("link", { name: "asking" }).waitFor();
    await keepPicture(page, "overview-asked");
    await asks.getByRole("link", { name: "asking" }).click();
    await page.getByRole("heading", { name: "publish it?" }).waitFor();
    await keepPicture(page, "approval");
    await page.getByLabel("Note").fill("looks right");
    await page.getByRole("button", { name: "Approve" }).click();
    await page.locator(".goal-head").getByText("succeeded").waitFor();
    await page.getByText("ask: approved by console: looks right").waitFor();
    expect(await deployment.client.show("asking")).toMatchObject({ phase: "succeeded" });
  });

  test("a goal that fails is found by its state in the address, and says why", async () => {
    const source = join(deployment.inbox, "missing.csv");
    await deployment.client.submit({ id: "doomed", kind: "clean", source });
    const page = await open("/goals?phase=failed");
    const row = page.getByRole("row", { name: /doomed/ });
    await row.waitFor();
    await expect
      .poll(() => row.locator(".why").textContent(), { timeout: 60_000 })
      .toContain("missing.csv");
    expect(await page.getByRole("row", { name: /movies/ }).count()).toBe(0);
    await page.getByLabel("State").selectOption("succeeded");
    await page.getByRole("row", { name: /movies/ }).waitFor();
    expect(new URL(page.url()).search).toBe("?phase=succeeded");
    await keepPicture(page, "goals");
  });

  test("a running goal is cancelled after one more press", async () => {
    const tasks = [{ id: "long", type: "wait", input: { ms: 60_000 } }];
    await deployment.client.submit({ id: "endless", kind: "flow", tasks });
    const page = await open("/goals/endless");
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Really cancel?" }).click();
    await page.locator(".goal-head").getByText("cancelled").waitFor();
    expect(await deployment.client.show("endless")).toMatchObject({ phase: "cancelled" });
  });

  test("a message in quarantine is replayed once its cause is mended", async () => {
    shaky.counter.tell("count", { by: 41 });
    const page = await open("/incidents");
    const card = page.getByRole("listitem").filter({ hasText: '{"by":41}' });
    await card.waitFor();
    await card.getByText("the counter is out of order").waitFor();
    await keepPicture(page, "quarantine");
    shaky.mend();
    await card.getByRole("button", { name: "Replay" }).click();
    await page.getByText("Nothing is in quarantine").waitFor();
    expect(shaky.counted).toEqual([41]);
  });

  test("an agent that reasons is read step by step, with what it saw behind a press", async () => {
    const rows = Array.from({ length: 20 }, (_, n) => `${n === 19 ? 1 : n},${n === 5 ? "" : "x"}`);
    const path = join(deployment.inbox, "faulty.csv");
    writeFileSync(path, `order_id,what\n${rows.join("\n")}\n`);
    const tasks = [{ id: "look", type: "agent", input: { task: "look at it", path } }];
    await deployment.client.submit({ id: "thinking", kind: "flow", tasks });
    const page = await open("/goals/thinking");
    const trail = page.getByRole("article", { name: "Reasoning of look" });
    await trail.getByText("nothing is known of the file: look at it first").waitFor();
    await trail.getByText("transform data").waitFor();
    await trail.getByText("Result", { exact: true }).waitFor();
    const seen = trail.locator("details.data").first();
    await seen.locator("summary").press("Enter");
    await seen.locator("pre").getByText("order_id").first().waitFor();
    await keepPicture(page, "reasoning");
  });

  test("an alert is seen to, silenced and resolved by name", async () => {
    const page = await open("/alerts");
    await page.getByLabel("Your name, for the record").fill("Ada");
    const card = page.getByRole("listitem").filter({ hasText: "it holds on n2" });
    await card.getByRole("button", { name: "I see to it" }).click();
    await card.getByText("Ada sees to it").waitFor();
    await card.getByRole("button", { name: "Silence…" }).click();
    await card.getByLabel("Why").fill("being moved");
    await card.getByRole("button", { name: "Silence Always" }).click();
    await card.getByText("silenced", { exact: false }).first().waitFor();
    await page.getByText("by Ada: being moved").waitFor();
    await keepPicture(page, "alerts");
    await page.getByRole("button", { name: "End" }).click();
    await page.getByText("Nothing is silenced.").waitFor();
    await card.getByRole("button", { name: "Resolve" }).click();
    await card.getByRole("button", { name: "It is over?" }).click();
    await card.waitFor({ state: "detached" });
    const said = page.getByRole("region", { name: "Who said what" });
    await said.getByText("Ada resolved Always@n2[]").waitFor();
  });

  test("a goal that was refused is put right and published", async () => {
    deployment.client.publish({ kind: "flaw", tasks: [{ id: "one", type: "pass" }] });
    const page = await open("/incidents");
    const refused = page.getByRole("region", { name: "Refused goals" });
    await refused.getByText("goal kind 'flaw' is not known").waitFor();
    await refused.getByRole("button", { name: "Put right and publish…" }).click();
    const text = refused.getByLabel("What was published");
    await text.fill((await text.inputValue()).replace("flaw", "flow"));
    await keepPicture(page, "refused");
    await refused.getByRole("button", { name: "Publish", exact: true }).click();
    await refused.getByText(/published as g\d+/).waitFor();
  });

  test("actors are shown as they supervise each other, and one is stopped", async () => {
    const page = await open("/actors");
    await page.getByTitle("n1/health").waitFor();
    await keepPicture(page, "actors");
    await page.getByLabel("Find").fill("shaky/counter");
    const row = page.getByRole("row").filter({ has: page.getByTitle("shaky/counter") });
    await row.getByRole("button", { name: "Restart" }).click();
    await row.getByRole("button", { name: "Really restart?" }).click();
    await row.getByText("restarted").waitFor();
    await keepPicture(page, "restarted");
    await row.getByRole("button", { name: "Stop" }).click();
    await row.getByRole("button", { name: "Really stop?" }).click();
    await page.getByText("No actor fits").waitFor();
  });

  test("a node that is killed is seen to be gone", async () => {
    const page = await open("/nodes");
    await page.getByRole("heading", { name: "n3" }).waitFor();
    await keepPicture(page, "nodes");
    await deployment.kill("n3");
    await page.getByText("n3 does not answer").waitFor();
    await page.getByRole("link", { name: "Overview" }).click();
    await page.getByText("nodes, 1 gone").waitFor();
    await keepPicture(page, "overview");
  });

  test("a phone shows the same without scrolling sideways, in the dark", async () => {
    for (const path of ["/", "/goals", "/goals/movies", "/nodes"]) {
      const page = await open(path, { viewport: { width: 390, height: 800 }, colorScheme: "dark" });
      await page.getByRole("heading", { level: 1 }).waitFor({ state: "attached" });
      await page.getByText("live").waitFor();
      const width = await page.evaluate("document.documentElement.scrollWidth");
      expect(width, path).toBeLessThanOrEqual(390);
      await keepPicture(page, `phone${path.replaceAll("/", "-")}`);
    }
  });

  test("text can be read against what is behind it, in the light and in the dark (WCAG AA)", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      for (const path of ["/", "/goals/movies", "/goals/doomed", "/actors", "/nodes"]) {
        const page = await open(path, { colorScheme });
        await page.getByText("live").waitFor();
        await page.getByRole("heading", { level: 1 }).waitFor({ state: "attached" });
        expect(await page.evaluate(faintTexts), `${path} ${colorScheme}`).toEqual([]);
        if (colorScheme === "dark") await keepPicture(page, `dark${path.replaceAll("/", "-")}`);
      }
    }
  });

  test("who may only look is offered nothing to do, and is told who they are", async () => {
    const natsUrl = deployment.server.url;
    const guarded = await startConsole(
      consoleConfigSchema.parse({
        natsUrl,
        port: 0,
        statusMs: 500,
        userHeader: "X-Forwarded-User",
        proxies: "127.0.0.1",
        operators: "ada@example.org",
      }),
      silentLog,
    );
    try {
      const as = (user: string) => ({ extraHTTPHeaders: { "x-forwarded-user": user } });
      const bob = await open("/goals/movies", as("bob@example.org"), guarded.url);
      await bob.getByText("bob@example.org only looks").waitFor();
      await bob.locator(".goal-head").getByText("succeeded").waitFor();
      expect(await bob.getByRole("button", { name: "Run again" }).count()).toBe(0);
      await keepPicture(bob, "viewer");
      const phone = { ...as("bob@example.org"), viewport: { width: 390, height: 800 } };
      const small = await open("/alerts", { ...phone, colorScheme: "dark" }, guarded.url);
      await small.getByText("you are bob@example.org").waitFor();
      expect(await small.getByRole("button", { name: /see to it|Silence/ }).count()).toBe(0);
      expect(await small.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
      await keepPicture(small, "phone-viewer");
      const ada = await open("/goals/movies", as("ada@example.org"), guarded.url);
      await ada.getByRole("button", { name: "Run again" }).waitFor();
      const nobody = await open("/", {}, guarded.url, ".login");
      await nobody.getByText("Come through the proxy").waitFor();
      await keepPicture(nobody, "outside");
      // That it was refused is what the browser complains of.
      expect(problems.splice(0).filter((problem) => !problem.includes("401"))).toEqual([]);
    } finally {
      // Else pages would complain of the end of their news.
      await Promise.all(browser.contexts().map((context) => context.close()));
      await guarded.stop();
    }
  });

  test("the keyboard alone chooses a task, and the other colours, which stay", async () => {
    const page = await open("/goals/movies", { colorScheme: "light" });
    await page.getByRole("button", { name: /^stage/ }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: /^stage/ }).waitFor();
    await page.getByRole("button", { name: "Dark or light" }).press("Enter");
    await page.reload();
    expect(await page.evaluate("document.documentElement.dataset.theme")).toBe("dark");
  });

  test("while nothing can be read a page says why, and shows what there is as soon as it can", async () => {
    const page = await open("/");
    await page.route(/\/api\/goals\/movies$/, (route) =>
      route.fulfill({ status: 503, json: unheard }),
    );
    await page.goto(`${running.url}/goals/movies`);
    await page.getByText("nobody answers").waitFor();
    await keepPicture(page, "trouble");
    await page.unroute(/\/api\/goals\/movies$/);
    await page.locator(".goal-head").getByText("succeeded").waitFor();
    // That it was refused is what the browser complains of, once for each time.
    expect(problems.splice(0).filter((problem) => !problem.includes("503"))).toEqual([]);
  });

  test("alerts and an address that means nothing have a page too", async () => {
    const page = await open("/alerts");
    await page.getByRole("heading", { name: "Alerts" }).waitFor();
    await page.goto(`${running.url}/nowhere`);
    await page.getByText("There is no such page").waitFor();
  });
});
