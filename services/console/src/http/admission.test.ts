import { silentLog } from "@troupe/actor";
import { VirtualClock } from "@troupe/testkit";
import { Hono } from "hono";
import { expect, test } from "vitest";
import { z } from "zod";
import { ProxiedPeople } from "../identity/proxied-people.ts";
import { identitySettings } from "../identity/settings.ts";
import { Admission, callerIn } from "./admission.ts";
import { RateLimit } from "./rate-limit.ts";
import { Sessions } from "./sessions.ts";

const proxy = "10.1.2.3";

/** A console's door in virtual time, with a proxy that names people in a header. */
async function door() {
  const clock = new VirtualClock();
  const settings = z.object(identitySettings).parse({ userHeader: "x-user", proxies: proxy });
  const admission = new Admission({
    sessions: new Sessions("the-token-of-this-test", clock),
    people: await ProxiedPeople.open(settings, clock),
    roles: settings,
    attempts: new RateLimit({ burst: 5, perSecond: 0.1, clock }),
    clock,
    log: silentLog,
  });
  const app = new Hono();
  app.use(admission.middleware());
  app.get("/who", (context) => {
    const admitted = context.get("admitted");
    const status = "status" in admitted ? admitted.status : 200;
    return context.json({ status, by: admission.countedBy(context) });
  });
  app.get("/listen", async (context) => {
    expect(callerIn(context)).toBeDefined();
    const held: boolean[] = [];
    for (const ms of [0, 59_000, 2000]) {
      await clock.advance(ms);
      held.push(admission.holds(context));
    }
    return context.json(held);
  });
  const ask = async (
    path: string,
    from: string,
    headers: Record<string, string>,
    // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of it
  ): Promise<any> => {
    const headersDistinct = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, [value]]),
    );
    const incoming = { headersDistinct, socket: { remoteAddress: from } };
    return (await app.request(path, { headers }, { incoming })).json();
  };
  return { clock, ask };
}

test("what a header says of somebody lets them listen for a minute; then they are asked anew", async () => {
  const { ask } = await door();
  expect(await ask("/listen", proxy, { "x-user": "ada" })).toEqual([true, true, false]);
});

test("wrong tokens are counted by the address that a believed proxy forwards, and of others by their own", async () => {
  const { ask } = await door();
  const guess = (from: string, forwarded: string) =>
    ask("/who", from, { authorization: "Bearer wrong", "x-forwarded-for": forwarded });
  const all = [];
  for (let times = 0; times < 6; times += 1) all.push((await guess(proxy, "192.0.2.1")).status);
  expect(all).toEqual([401, 401, 401, 401, 401, 429]);
  // What is before it, whoever asks may have written.
  expect(await guess(proxy, "192.0.2.9, 192.0.2.1")).toEqual({ status: 429, by: "192.0.2.1" });
  expect(await guess(proxy, `192.0.2.1, ${proxy}`)).toEqual({ status: 429, by: "192.0.2.1" });
  expect((await guess(proxy, "192.0.2.2")).status).toBe(401);
  for (let times = 0; times < 5; times += 1) await guess("192.0.2.5", `192.0.2.${times}`);
  expect(await guess("192.0.2.5", "192.0.2.7")).toEqual({ status: 429, by: "192.0.2.5" });
});

test("requests are counted by the person whom a proxy names, else by the address that they began at", async () => {
  const { ask } = await door();
  const by = async (from: string, headers: Record<string, string>) =>
    (await ask("/who", from, headers)).by;
  expect(await by(proxy, { "x-user": "ada", "x-forwarded-for": "192.0.2.1" })).toBe("user ada");
  expect(await by(proxy, { "x-forwarded-for": "192.0.2.1" })).toBe("192.0.2.1");
  expect(await by(proxy, {})).toBe(proxy);
  expect(await by(proxy, { "x-forwarded-for": "somebody" })).toBe(proxy);
  expect(await by("192.0.2.5", { "x-forwarded-for": "192.0.2.1" })).toBe("192.0.2.5");
});
