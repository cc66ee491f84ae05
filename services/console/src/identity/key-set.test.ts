import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VirtualClock } from "@troupe/testkit";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { openKeySet } from "./key-set.ts";
import { readToken } from "./signed-tokens.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "troupe-keys-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A key, and a token signed with it. */
async function made(kid: string, clock: VirtualClock) {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const key = { ...(await exportJWK(publicKey)), kid };
  const token = await new SignJWT({ iss: "i", aud: "a", email: "ada", exp: clock.now() + 1e6 })
    .setProtectedHeader({ alg: "ES256", kid })
    .sign(privateKey);
  return { key, token };
}

test("an address that does not answer is asked at growing distances, and known keys count meanwhile", async () => {
  const clock = new VirtualClock();
  const [first, second] = [await made("first", clock), await made("second", clock)];
  let keys: readonly object[] | undefined;
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.statusCode = keys === undefined ? 503 : 200;
    response.end(JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const about = { clock, issuer: "i", audience: "a", user: "email", groups: "groups" };
  const rules = { ...about, keys: await openKeySet(`http://127.0.0.1:${port}/keys`, clock) };
  const read = async ({ token }: { readonly token: string }) => (await readToken(token, rules)).is;
  const readMany = async (one: { readonly token: string }) => [
    ...new Set(await Promise.all(Array.from({ length: 20 }, () => read(one)))),
  ];
  for (const [pause, times] of [
    [0, 1],
    [999, 1],
    [1, 2],
    [1999, 2],
    [1, 3],
  ] as const) {
    await clock.advance(pause);
    expect(await readMany(first)).toEqual(["unverifiable"]);
    expect([pause, asked]).toEqual([pause, times]);
  }
  asked = 0;
  for (let seconds = 0; seconds < 300; seconds += 1) {
    await clock.advance(1000);
    await read(first);
  }
  expect(asked).toBeGreaterThanOrEqual(10);
  expect(asked).toBeLessThanOrEqual(14);

  keys = [first.key];
  await clock.advance(30_000);
  expect(await readMany(first)).toEqual(["known"]);
  keys = undefined;
  await clock.advance(30_000);
  asked = 0;
  expect(await readMany(second)).toEqual(["unverifiable"]);
  expect(await readMany(first)).toEqual(["known"]);
  expect(asked).toBe(1);
  keys = [first.key, second.key];
  await clock.advance(1000);
  expect([await read(second), await read(first)]).toEqual(["known", "known"]);
  keys = undefined;
  await clock.advance(600_000);
  expect(await readMany(first)).toEqual(["unverifiable"]);
});

test("a file of keys is read again for a key that is not known, and no more than once in a while", async () => {
  const file = join(folder, "keys.json");
  const clock = new VirtualClock();
  const [first, second] = [await made("first", clock), await made("second", clock)];
  const put = (...keys: readonly object[]) => writeFileSync(file, JSON.stringify({ keys }));
  put(first.key);
  const about = { clock, issuer: "i", audience: "a", user: "email", groups: "groups" };
  const rules = { ...about, keys: await openKeySet(file, clock) };
  const read = async ({ token }: { readonly token: string }) => (await readToken(token, rules)).is;
  expect([await read(first), await read(second)]).toEqual(["known", "refused"]);
  put(second.key);
  expect([await read(first), await read(second)]).toEqual(["known", "refused"]);
  await clock.advance(30_000);
  expect([await read(second), await read(first)]).toEqual(["known", "refused"]);
  put(first.key);
  expect(await read(first)).toBe("refused");
  await clock.advance(30_000);
  writeFileSync(file, "{");
  expect([await read(second), await read(first)]).toEqual(["known", "unverifiable"]);
});
