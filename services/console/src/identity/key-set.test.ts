import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VirtualClock } from "@troupe/testkit";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openKeySet } from "./key-set.ts";
import { readToken } from "./signed-tokens.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "troupe-keys-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a file of keys is read again for a key that is not known, and no more than once in a while", async () => {
  const file = join(folder, "keys.json");
  const clock = new VirtualClock();
  const made = async (kid: string) => {
    const { publicKey, privateKey } = await generateKeyPair("ES256");
    const key = { ...(await exportJWK(publicKey)), kid };
    const token = await new SignJWT({ iss: "i", aud: "a", email: "ada", exp: clock.now() + 1e6 })
      .setProtectedHeader({ alg: "ES256", kid })
      .sign(privateKey);
    return { key, token };
  };
  const [first, second] = [await made("first"), await made("second")];
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
