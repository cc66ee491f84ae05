import { createServer } from "node:http";
import { silentLog } from "@troupe/actor";
import { consoleConfigSchema, type RunningConsole, startConsole } from "@troupe/console";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Deployment } from "./deployment/deployment.ts";

let deployment: Deployment;
beforeAll(async () => {
  deployment = await Deployment.start({ nodes: 1 });
});
afterAll(() => deployment?.stop());

const consoles: RunningConsole[] = [];
afterEach(async () => {
  await Promise.all(consoles.splice(0).map((one) => one.stop()));
});

async function start(settings: Record<string, unknown> = {}): Promise<RunningConsole> {
  const natsUrl = deployment.server.url;
  const config = consoleConfigSchema.parse({ natsUrl, port: 0, statusMs: 500, ...settings });
  const running = await startConsole(config, silentLog);
  consoles.push(running);
  return running;
}

const write = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});
const ours = { "x-troupe-console": "1" };
/** An answer of the API as data, to be looked into. */
// biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of it
const dataOf = async (answer: Response | Promise<Response>): Promise<any> => (await answer).json();
const flow = (id: string) => ({ id, kind: "flow", tasks: [{ id: "one", type: "pass" }] });

test("a goal is published, listed as it changes, and shown; what is wrong with others is told", async () => {
  const { url } = await start();
  const published = await fetch(`${url}/api/goals`, write(flow("first"), ours));
  expect([published.status, await published.json()]).toEqual([
    202,
    { goal: "first", duplicate: false },
  ]);
  const listed = () => dataOf(fetch(`${url}/api/goals?phase=succeeded&text=fir`));
  await expect
    .poll(async () => (await listed()).goals, { timeout: 60_000 })
    .toEqual([expect.objectContaining({ id: "first", tasksDone: 1 })]);
  const shown = await dataOf(fetch(`${url}/api/goals/first`));
  expect(shown).toMatchObject({ phase: "succeeded", task: [{ id: "one", status: "done" }] });
  const history = await dataOf(fetch(`${url}/api/goals/first/history`));
  expect(history.events.at(-1).record.type).toBe("finished");

  const unknown = await fetch(`${url}/api/goals/nobody`);
  expect([unknown.status, (await dataOf(unknown)).error.reason]).toEqual([404, "goal-not-found"]);
  const wrong = await fetch(`${url}/api/goals`, write({ kind: "flow" }, ours));
  expect([wrong.status, (await dataOf(wrong)).error.reason]).toEqual([400, "invalid-goal"]);
  const late = await fetch(`${url}/api/goals/first/cancel`, write({}, ours));
  expect([late.status, (await dataOf(late)).error.reason]).toEqual([409, "goal-ended"]);
  const limit = await fetch(`${url}/api/goals?limit=many`);
  expect([limit.status, (await dataOf(limit)).error.reason]).toEqual([400, "invalid"]);
});

test("the event stream says which goals have changed, several together", async () => {
  const { url } = await start();
  const gone = new AbortController();
  const { body, headers } = await fetch(`${url}/api/events`, { signal: gone.signal });
  expect(headers.get("content-type")).toContain("text/event-stream");
  await deployment.client.submit(flow("told"));
  let text = "";
  for await (const chunk of body ?? []) {
    text += new TextDecoder().decode(chunk);
    if (text.includes('"told"')) break;
  }
  gone.abort();
  expect(text).toMatch(/event: news\ndata: {"revision":\d+,"goals":\[[^\]]*"told"/);
});

test("the API describes itself: every address that the pages use", async () => {
  const { url } = await start();
  const { openapi, paths } = await dataOf(fetch(`${url}/api/openapi.json`));
  expect(openapi).toBe("3.1.0");
  expect(Object.keys(paths)).toEqual(
    expect.arrayContaining([
      "/api/goals/{id}/approve",
      "/api/nodes/{node}/operate",
      "/api/overview",
    ]),
  );
});

test("pages of elsewhere can neither write nor be shown the console inside themselves", async () => {
  const { url } = await start();
  const plain = await fetch(`${url}/api/goals`, write(flow("foreign")));
  expect(plain.status).toBe(403);
  const foreign = write(flow("foreign"), { ...ours, origin: "http://evil.example" });
  expect((await fetch(`${url}/api/goals`, foreign)).status).toBe(403);
  const page = await fetch(url);
  const policy = page.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(await page.text()).not.toMatch(/<script>|<script [^>]*>[^<]/);
  await expect(deployment.client.show("foreign")).rejects.toMatchObject({ code: "goal-not-found" });
});

test("on this machine alone, another name for it is refused: it may be a page's from elsewhere", async () => {
  const { url } = await start();
  const { port } = new URL(url);
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const { request } = await import("node:http");
  request({ port, path: "/api/goals", headers: { host: "evil.example" } }, (response) => {
    response.resume();
    resolve(response.statusCode);
  }).end();
  expect(await promise).toBe(403);
});

test("with a token nothing is told before the login, and nothing after the logout", async () => {
  const token = "a-token-of-16-or-more";
  const { url, madeUpToken } = await start({ token });
  expect(madeUpToken).toBeUndefined();
  expect(await dataOf(fetch(`${url}/api/session`))).toEqual({ open: false, login: true });
  for (const path of ["/api/goals", "/api/overview", "/api/events", "/api/openapi.json"]) {
    expect((await fetch(`${url}${path}`)).status, path).toBe(401);
  }
  expect((await fetch(`${url}/api/login`, write({ token: "wrong" }, ours))).status).toBe(401);
  const login = await fetch(`${url}/api/login`, write({ token }, ours));
  const cookie = login.headers.get("set-cookie") ?? "";
  expect(cookie).toMatch(/HttpOnly/i);
  expect(cookie).toMatch(/SameSite=Strict/i);
  const headers = { cookie: cookie.split(";")[0] ?? "" };
  expect((await fetch(`${url}/api/goals`, { headers })).status).toBe(200);
  expect((await fetch(`${url}/api/goals`, write(flow("x"), headers))).status).toBe(403);
  await fetch(`${url}/api/logout`, write({}, { ...ours, ...headers }));
  expect((await fetch(`${url}/api/goals`, { headers })).status).toBe(401);

  const bearer = { authorization: `Bearer ${token}` };
  expect((await fetch(`${url}/api/goals`, { headers: bearer })).status).toBe(200);
  expect((await fetch(`${url}/api/goals`, write(flow("by-program"), bearer))).status).toBe(202);
});

test("other addresses than this machine's own need a login, whose token is made up; guesses run out", async () => {
  const { url, madeUpToken } = await start({ host: "0.0.0.0" });
  expect(madeUpToken).toMatch(/^[\w-]{32}$/);
  const here = url.replace("0.0.0.0", "127.0.0.1");
  expect((await fetch(`${here}/api/goals`)).status).toBe(401);
  const statuses: number[] = [];
  for (let guess = 0; guess < 7; guess += 1) {
    const answer = await fetch(`${here}/api/login`, write({ token: `guess ${guess}` }, ours));
    statuses.push(answer.status);
  }
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
});

test("a request that is too large is refused before it is read", async () => {
  const { url } = await start();
  const large = write({ kind: "flow", note: "x".repeat(600_000) }, ours);
  expect((await fetch(`${url}/api/goals`, large)).status).toBe(413);
});

test("a port that is taken is told as what it is", async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const address = taken.address();
  const port = typeof address === "object" ? address?.port : undefined;
  await expect(start({ port })).rejects.toMatchObject({ name: "ListenError" });
  await new Promise((resolve) => taken.close(resolve));
});
