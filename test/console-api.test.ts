import { createServer, request } from "node:http";
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

/** A request with a head of one's own making: `fetch` sends the true host always. */
async function statusFor(url: string, headers: Record<string, string>, path = "/api/goals") {
  const { port } = new URL(url);
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  request({ port, path, headers }, (response) => {
    response.resume();
    resolve(response.statusCode);
  }).end();
  return promise;
}

test("on this machine alone, another name for it is refused: it may be a page's from elsewhere", async () => {
  const { url } = await start();
  const { port } = new URL(url);
  const statuses = async (...hosts: readonly string[]) =>
    Promise.all(hosts.map((host) => statusFor(url, { host })));
  const evil = ["evil.example", "127.evil.example", "127.0.0.1.evil.example", "10.0.0.1"];
  expect(await statuses(...evil)).toEqual(evil.map(() => 403));
  const broken = ["127.09", "a b", "[::1", "@"];
  expect(await statuses(...broken)).toEqual(broken.map(() => 400));
  const own = ["localhost", `127.0.0.1:${port}`, `[::1]:${port}`, "127.8.8.8"];
  expect(await statuses(...own)).toEqual(own.map(() => 200));
});

test("every request that changes something is refused to pages of elsewhere, and to those without a session", async () => {
  const token = "a-token-of-16-or-more";
  const [open, closed] = [await start(), await start({ token })];
  const { paths } = await dataOf(fetch(`${open.url}/api/openapi.json`));
  const described = Object.entries(paths as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).flatMap((method) => (method === "get" ? [] : [path])),
  );
  expect(described.length).toBeGreaterThan(3);
  for (const path of [...described, "/api/login", "/api/logout"]) {
    const at = path.replace("{id}", "g1").replace("{node}", "n1");
    const foreign: readonly Record<string, string>[] = [
      {},
      { ...ours, origin: "http://evil.example" },
      { ...ours, origin: "null" },
      { ...ours, "sec-fetch-site": "cross-site" },
    ];
    for (const headers of foreign) {
      const answer = await fetch(`${open.url}${at}`, write({}, headers));
      expect([at, headers, answer.status]).toEqual([at, headers, 403]);
    }
    if (!described.includes(path)) continue;
    expect((await fetch(`${closed.url}${at}`, write({}, ours))).status, at).toBe(401);
  }
});

test("a token in an address lets nobody in, and no answer may be kept or shown elsewhere", async () => {
  const token = "a-token-of-16-or-more";
  const { url } = await start({ token });
  const answer = await fetch(`${url}/api/goals?token=${token}&access_token=${token}`);
  expect(answer.status).toBe(401);
  const kept = [await fetch(`${url}/api/session`), answer, await fetch(url)];
  for (const { headers } of kept) {
    expect(Object.fromEntries(headers)).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
    });
    expect(headers.get("content-security-policy")).not.toContain("unsafe");
    expect(headers.get("access-control-allow-origin")).toBeNull();
  }
  const answers = [
    ...kept.slice(0, 2),
    await fetch(`${url}/api/login`, write({ token }, ours)),
    await fetch(`${url}/api/login`, write({ token: "none-of-the-tokens" }, ours)),
    await fetch(`${url}/api/logout`, write({}, ours)),
  ];
  for (const { headers, url: asked } of answers) {
    expect(headers.get("cache-control"), asked).toBe("no-store");
  }
});

test("what is no JSON, or no id of a goal, is refused as the sender's mistake", async () => {
  const { url } = await start();
  const headers = { ...ours, "content-type": "application/json" };
  const broken = await fetch(`${url}/api/goals`, { method: "POST", headers, body: "{" });
  expect([broken.status, (await dataOf(broken)).error.reason]).toEqual([400, "invalid"]);
  for (const id of ["a%0Db", "*", "%3E", "a.b", "x".repeat(65)]) {
    const answer = await fetch(`${url}/api/goals/${id}/trace`);
    expect([id, answer.status, (await dataOf(answer)).error.reason]).toEqual([id, 400, "invalid"]);
  }
});

test("guesses of a token run out, however they are brought", async () => {
  const token = "a-token-of-16-or-more";
  const { url } = await start({ token });
  const statuses: number[] = [];
  for (let guess = 0; guess < 6; guess += 1) {
    const headers = { authorization: `Bearer guess-${guess}` };
    statuses.push((await fetch(`${url}/api/goals`, { headers })).status);
  }
  // The right one too, or it would be known by being let in.
  const right = { authorization: `Bearer ${token}` };
  statuses.push((await fetch(`${url}/api/goals`, { headers: right })).status);
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
});

test("more requests than a person makes are refused for a while", async () => {
  const { url } = await start();
  const writes = Array.from({ length: 80 }, () => fetch(`${url}/api/goals/g1/cancel`, write({})));
  const statuses = (await Promise.all(writes)).map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([403, 429]));
});

test("the event stream ends for who has logged out", async () => {
  const token = "a-token-of-16-or-more";
  const { url } = await start({ token });
  const login = await fetch(`${url}/api/login`, write({ token }, ours));
  const headers = { cookie: login.headers.get("set-cookie")?.split(";")[0] ?? "" };
  const { body, status } = await fetch(`${url}/api/events`, { headers });
  expect(status).toBe(200);
  const texts: string[] = [];
  for await (const chunk of body ?? []) {
    texts.push(new TextDecoder().decode(chunk));
    if (texts.length > 1) continue;
    await fetch(`${url}/api/logout`, write({}, { ...ours, ...headers }));
    // The next news would be told now.
    await deployment.client.submit(flow("unheard"));
  }
  expect(texts.join("")).not.toContain("unheard");
});

test("with a token nothing is told before the login, and nothing after the logout", async () => {
  const token = "a-token-of-16-or-more";
  const { url, madeUpToken } = await start({ token });
  expect(madeUpToken).toBeUndefined();
  const before = await dataOf(fetch(`${url}/api/session`));
  expect(before).toMatchObject({ open: false, login: true, mayAct: false });
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
