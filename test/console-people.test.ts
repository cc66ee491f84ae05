import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Log } from "@troupe/actor";
import { consoleConfigSchema, type RunningConsole, startConsole } from "@troupe/console";
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Deployment } from "./deployment/deployment.ts";

const issuer = "https://login.example.org/realms/main";
const audience = "troupe";
/** Where the proxy of these tests is, and where it is not. */
const [proxy, elsewhere] = ["127.0.0.1", "127.0.0.2"];

let deployment: Deployment;
let folder: string;
let keyFile: string;
let signing: { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey };
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "troupe-people-"));
  keyFile = join(folder, "keys.json");
  signing = await generateKeyPair("ES256");
  writeFileSync(keyFile, JSON.stringify(await keySet("first", signing.publicKey)));
  deployment = await Deployment.start({ nodes: 1 });
});
afterAll(async () => {
  await deployment?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const act of undo.splice(0).reverse()) await act();
});

async function keySet(kid: string, publicKey: CryptoKey) {
  return { keys: [{ ...(await exportJWK(publicKey)), kid, use: "sig" }] };
}

interface Said {
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A console that believes what a proxy at 127.0.0.1 says. */
async function start(
  settings: Record<string, unknown>,
): Promise<RunningConsole & { readonly said: Said[] }> {
  const natsUrl = deployment.server.url;
  const config = consoleConfigSchema.parse({
    natsUrl,
    port: 0,
    statusMs: 500,
    proxies: proxy,
    ...settings,
  });
  const said: Said[] = [];
  const log: Log = (_level, message, fields = {}) => {
    said.push({ message, fields });
  };
  const running = await startConsole(config, log);
  undo.push(() => running.stop());
  return { ...running, said };
}

interface Asked {
  /** The address that the connection comes from. Default: the proxy's. */
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Makes it a write, as the console's own pages send it. */
  readonly body?: unknown;
  /** Leaves out what the console's own pages send. */
  readonly foreign?: boolean;
}

/** What the console answers. */
function ask(
  { url }: RunningConsole,
  path: string,
  { from = proxy, headers = {}, body, foreign = false }: Asked = {},
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of it
): Promise<{ readonly status: number; readonly data: any }> {
  const own = foreign ? {} : { "x-troupe-console": "1" };
  const writing = body === undefined ? {} : { "content-type": "application/json", ...own };
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; data: unknown }>();
  const sent = request(
    `${url}${path}`,
    {
      method: body === undefined ? "GET" : "POST",
      localAddress: from,
      // biome-ignore lint/suspicious/noExplicitAny: several values of a header are sent as they are
      headers: { ...writing, ...headers } as any,
    },
    (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, data: JSON.parse(text) });
      });
    },
  );
  sent.on("error", reject);
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  return promise;
}

const reason = async (answer: ReturnType<typeof ask>) => {
  const { status, data } = await answer;
  return [status, data.error?.reason];
};
const byHeader = { userHeader: "X-Forwarded-User", groupsHeader: "X-Forwarded-Groups" };
const ada = { "x-forwarded-user": "ada@example.org", "x-forwarded-groups": "ops, staff" };
const bob = { "x-forwarded-user": "bob@example.org", "x-forwarded-groups": "staff" };
const asking = (id: string) => ({
  id,
  kind: "flow",
  tasks: [
    { id: "ask", type: "approval", input: { question: "go on?" } },
    { id: "long", type: "wait", input: { ms: 60_000 }, dependsOn: ["ask"] },
  ],
});

test("whom a proxy names may look or act by their groups, and what they do is recorded under that name", async () => {
  const running = await start({ ...byHeader, operators: "group:ops", viewers: "group:staff" });
  expect(await ask(running, "/api/session", { headers: bob })).toMatchObject({
    data: { open: true, login: false, user: "bob@example.org", mayAct: false },
  });
  expect(await ask(running, "/api/session", { headers: ada })).toMatchObject({
    data: { open: true, user: "ada@example.org", mayAct: true },
  });
  expect((await ask(running, "/api/overview", { headers: bob })).status).toBe(200);
  const eve = { "x-forwarded-user": "eve@example.org" };
  expect(await reason(ask(running, "/api/overview", { headers: eve }))).toEqual([
    403,
    "not-allowed",
  ]);

  const published = await ask(running, "/api/goals", { headers: ada, body: asking("named") });
  expect(published.status).toBe(202);
  await expect
    .poll(async () => (await deployment.client.show("named")).approvals, { timeout: 60_000 })
    .toBe(1);
  const answer = { task: "ask", approved: true, by: "somebody else" };
  const approving = ask(running, "/api/goals/named/approve", { headers: bob, body: answer });
  expect(await reason(approving)).toEqual([403, "only-looks"]);
  const approved = await ask(running, "/api/goals/named/approve", { headers: ada, body: answer });
  expect(approved.status).toBe(202);
  const cancelled = await ask(running, "/api/goals/named/cancel", { headers: ada, body: {} });
  expect(cancelled.status).toBe(202);
  const records = (await deployment.client.history("named")).map(({ record }) => record);
  expect(records).toContainEqual(
    expect.objectContaining({ type: "approval-given", by: "ada@example.org" }),
  );
  expect(records).toContainEqual(
    expect.objectContaining({ type: "cancel-requested", by: "ada@example.org" }),
  );

  const replay = { do: "replay", id: "q1", by: "somebody else" };
  expect(
    (await ask(running, "/api/nodes/n1/operate", { headers: ada, body: replay })).data,
  ).toEqual({ done: false });
  await expect
    .poll(async () => (await ask(running, "/api/incidents", { headers: bob })).data.nodes[0])
    .toMatchObject({ operations: [{ did: "replay", of: "q1", by: "ada@example.org" }] });
  const silence = { do: "silence", rule: "*", seconds: 60, by: "somebody else", reason: "moving" };
  const silenced = await ask(running, "/api/nodes/n1/alerts", { headers: ada, body: silence });
  expect(silenced.data.refused).toBeUndefined();
  await expect
    .poll(async () => (await ask(running, "/api/nodes", { headers: bob })).data.nodes[0]?.silences)
    .toMatchObject([{ by: "ada@example.org" }]);
  const acts = running.said.filter(({ message }) => message === "somebody acted");
  expect(acts.map(({ fields }) => [fields["by"], fields["path"], fields["status"]])).toContainEqual(
    ["bob@example.org", "/api/goals/named/approve", 403],
  );
}, 120_000);

test("a name that does not come from a proxy is ignored, and told in the log", async () => {
  const running = await start({ ...byHeader, operators: "*" });
  for (let times = 0; times < 3; times += 1) {
    const forged = ask(running, "/api/overview", { from: elsewhere, headers: ada });
    expect(await reason(forged)).toEqual([401, "not-logged-in"]);
  }
  // Nor is this machine's own let in without a name: the proxy decides.
  expect(await reason(ask(running, "/api/overview"))).toEqual([401, "not-logged-in"]);
  expect(
    (await ask(running, "/api/session", { from: elsewhere, headers: ada })).data,
  ).toMatchObject({ open: false, login: false, mayAct: false });
  const told = running.said.filter(({ message }) => message.includes("not believed"));
  expect(told).toEqual([
    expect.objectContaining({ fields: expect.objectContaining({ address: elsewhere, count: 1 }) }),
  ]);
});

test("a name that is several, or none to be seen, is refused", async () => {
  const running = await start({ ...byHeader, operators: "*" });
  const names: readonly (string | readonly string[])[] = [
    ["ada@example.org", "eve@example.org"],
    "ada@example.org, eve@example.org",
    "",
    "a".repeat(201),
    Buffer.from("ada\u202Eeve").toString("latin1"),
  ];
  for (const name of names) {
    const answer = ask(running, "/api/overview", { headers: { "x-forwarded-user": name } });
    expect([name, ...(await reason(answer))]).toEqual([name, 401, "not-believed"]);
  }
  const groups = { ...ada, "x-forwarded-groups": ["ops", "staff"] };
  const twice = ask(running, "/api/overview", { headers: groups });
  expect(await reason(twice)).toEqual([401, "not-believed"]);
  const umlaut = { "x-forwarded-user": Buffer.from("Jörg").toString("latin1") };
  expect((await ask(running, "/api/session", { headers: umlaut })).data.user).toBe("Jörg");
});

test("who is named by a proxy still writes from the console's own pages only", async () => {
  const publicUrl = "https://troupe.example.org";
  const running = await start({ ...byHeader, operators: "*", publicUrl });
  const cancel = (asked: Asked) => ask(running, "/api/goals/nobody/cancel", { body: {}, ...asked });
  const evil = { ...ada, origin: "https://evil.example" };
  const cross = { ...ada, "sec-fetch-site": "cross-site" };
  expect(await reason(cancel({ headers: ada, foreign: true }))).toEqual([403, "foreign-origin"]);
  expect(await reason(cancel({ headers: evil }))).toEqual([403, "foreign-origin"]);
  expect(await reason(cancel({ headers: cross }))).toEqual([403, "foreign-origin"]);
  const own = { ...ada, origin: publicUrl, host: "troupe.example.org" };
  expect(await reason(cancel({ headers: own }))).toEqual([404, "goal-not-found"]);
  const renamed = { ...ada, origin: publicUrl };
  expect(await reason(cancel({ headers: renamed }))).toEqual([404, "goal-not-found"]);
  const rebound = { ...ada, host: "evil.example" };
  expect(await reason(cancel({ headers: rebound }))).toEqual([403, "wrong-host"]);
});

test("the limit of requests is that of a person, not of the proxy", async () => {
  const running = await start({ ...byHeader, operators: "*" });
  const writes = Array.from({ length: 80 }, () =>
    ask(running, "/api/goals/g1/cancel", { headers: ada, body: {}, foreign: true }),
  );
  const statuses = new Set((await Promise.all(writes)).map(({ status }) => status));
  expect(statuses).toEqual(new Set([403, 429]));
  const other = ask(running, "/api/goals/nobody/cancel", { headers: bob, body: {} });
  expect(await reason(other)).toEqual([404, "goal-not-found"]);
});

test("beside the proxy the token still lets programs in, and a name said with it is seen to be one", async () => {
  const token = "a-token-of-16-or-more";
  const running = await start({ ...byHeader, operators: "*", token });
  await deployment.client.submit(asking("tokened"));
  const headers = { authorization: `Bearer ${token}` };
  const body = { by: "ada@example.org" };
  const given = { from: elsewhere, headers, body, foreign: true };
  expect((await ask(running, "/api/goals/tokened/cancel", given)).status).toBe(202);
  const history = async () =>
    (await deployment.client.history("tokened")).map(({ record }) => record);
  await expect
    .poll(history, { timeout: 60_000 })
    .toContainEqual(
      expect.objectContaining({ type: "cancel-requested", by: "ada@example.org (by token)" }),
    );
}, 90_000);

/** A token as an identity provider makes it. */
function signed(
  claims: JWTPayload & { readonly exp?: number } = {},
  { key = signing.privateKey, kid = "first", alg = "ES256" } = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const all = {
    iss: issuer,
    aud: audience,
    exp: now + 300,
    email: "ada@example.org",
    email_verified: true,
    groups: ["ops"],
    ...claims,
  };
  return new SignJWT(all).setProtectedHeader({ alg, kid }).sign(key);
}
const byToken = () => ({
  jwks: keyFile,
  jwtIssuer: issuer,
  jwtAudience: audience,
  operators: "group:ops",
});
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test("a signed token is believed when its key, issuer, audience and time are right, and in no other case", async () => {
  const running = await start(byToken());
  const open = async (token: string, from = proxy) =>
    reason(ask(running, "/api/overview", { headers: bearer(token), from }));
  expect(await open(await signed())).toEqual([200, undefined]);
  expect((await ask(running, "/api/session", { headers: bearer(await signed()) })).data).toEqual({
    open: true,
    login: false,
    user: "ada@example.org",
    mayAct: true,
  });
  const viewer = bearer(await signed({ groups: "staff" }));
  expect((await ask(running, "/api/session", { headers: viewer })).data.mayAct).toBe(false);
  expect(await open(await signed(), elsewhere)).toEqual([401, "not-logged-in"]);

  const other = await generateKeyPair("ES256");
  const now = Math.floor(Date.now() / 1000);
  const encoded = (part: unknown) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const [head = "", body = "", signature = ""] = (await signed()).split(".");
  const secret = new TextEncoder().encode(JSON.stringify(await exportJWK(signing.publicKey)));
  const wrong = {
    issuer: await signed({ iss: "https://evil.example" }),
    audience: await signed({ aud: "another" }),
    expired: await signed({ exp: now - 60 }),
    "not yet": await signed({ nbf: now + 600 }),
    key: await signed({}, { key: other.privateKey }),
    "unknown key": await signed({}, { key: other.privateKey, kid: "other" }),
    "no signature": `${encoded({ alg: "none", kid: "first" })}.${body}.AA`,
    "shared secret": await new SignJWT({ email: "ada@example.org" })
      .setProtectedHeader({ alg: "HS256", kid: "first" })
      .setIssuer(issuer)
      .setAudience(audience)
      .setExpirationTime("5m")
      .sign(secret),
    changed: `${head}.${encoded({ iss: issuer, aud: audience, exp: now + 300, email: "eve" })}.${signature}`,
    nobody: await signed({ email: 7 as never }),
    unverified: await signed({ email_verified: false }),
  };
  for (const [what, token] of Object.entries(wrong)) {
    expect([what, ...(await open(token))]).toEqual([what, 401, "not-believed"]);
  }
  const endless = await new SignJWT({ email: "ada@example.org" })
    .setProtectedHeader({ alg: "ES256", kid: "first" })
    .setIssuer(issuer)
    .setAudience(audience)
    .sign(signing.privateKey);
  expect(await open(endless)).toEqual([401, "not-believed"]);
});

test("where a name comes with a token, both are needed and must be the same", async () => {
  const running = await start({
    ...byToken(),
    userHeader: "X-Auth-Request-Email",
    jwtHeader: "X-Forwarded-Access-Token",
  });
  const who = async (headers: Record<string, string>) =>
    reason(ask(running, "/api/overview", { headers }));
  const token = await signed();
  const name = { "x-auth-request-email": "ada@example.org" };
  expect(await who({ ...name, "x-forwarded-access-token": token })).toEqual([200, undefined]);
  expect(await who(name)).toEqual([401, "not-believed"]);
  const eve = { "x-auth-request-email": "eve@example.org" };
  expect(await who({ ...eve, "x-forwarded-access-token": token })).toEqual([401, "not-believed"]);
  expect(await who({ "x-forwarded-access-token": "rubbish" })).toEqual([401, "not-believed"]);
});

test("keys are read from an address, anew when there is another one; while there are none nobody is let in by them", async () => {
  const second = await generateKeyPair("RS256");
  let set: unknown;
  const server = createServer((_request, response) => {
    response.statusCode = set === undefined ? 503 : 200;
    response.end(JSON.stringify(set ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  undo.push(() => new Promise((resolve) => server.close(resolve)));
  const { port } = server.address() as AddressInfo;
  const running = await start({ ...byToken(), jwks: `http://127.0.0.1:${port}/keys` });
  const open = async (token: string) =>
    reason(ask(running, "/api/overview", { headers: bearer(token) }));
  expect(await open(await signed())).toEqual([503, "unverifiable"]);
  set = await keySet("second", second.publicKey);
  const rotated = await signed({}, { key: second.privateKey, kid: "second", alg: "RS256" });
  // An address that did not answer is left alone for a second.
  await expect.poll(() => open(rotated), { timeout: 10_000 }).toEqual([200, undefined]);
  expect(await open(await signed())).toEqual([401, "not-believed"]);
});

test("the event stream ends when the token does that it was opened with", async () => {
  const running = await start(byToken());
  // Clocks may be half a minute apart.
  const exp = Math.floor(Date.now() / 1000) - 27;
  const headers = bearer(await signed({ exp }));
  const { promise, resolve } = Promise.withResolvers<string>();
  const heard = new Set<string>();
  request(`${running.url}/api/events`, { headers, localAddress: proxy }, (response) => {
    let text = "";
    response.setEncoding("utf8");
    response.on("data", (part: string) => {
      text += part;
      heard.add(text);
    });
    response.on("end", () => resolve(text));
  }).end();
  await expect.poll(() => heard.size).toBeGreaterThan(0);
  await expect
    .poll(async () => (await ask(running, "/api/overview", { headers })).status, {
      timeout: 10_000,
    })
    .toBe(401);
  await deployment.client.submit({ id: "late", kind: "flow", tasks: [{ id: "a", type: "pass" }] });
  expect(await promise).not.toContain('"late"');
}, 60_000);

test("a file that holds no public keys is refused at the start", async () => {
  const file = join(folder, "broken.json");
  const secret = { keys: [{ kty: "oct", k: "c2VjcmV0", kid: "one" }] };
  for (const content of ["{", "{}", '{"keys": []}', JSON.stringify(secret)]) {
    writeFileSync(file, content);
    await expect(start({ ...byToken(), jwks: file }), content).rejects.toMatchObject({
      code: "unusable-key-set",
    });
  }
});
