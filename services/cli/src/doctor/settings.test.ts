import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { checkSettings, judgeMemory } from "./settings.ts";

const folder = mkdtempSync(join(tmpdir(), "troupe-settings-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const gib = 2 ** 30;

test("memory for queries beyond what the container has fails, nearly all of it warns", () => {
  expect(judgeMemory(2 * gib, gib)).toMatchObject({
    verdict: "fail",
    remedy: expect.stringContaining("TROUPE_MEMORY_MB"),
  });
  expect(judgeMemory(0.9 * gib, gib).verdict).toBe("warn");
  expect(judgeMemory(0.5 * gib, gib).verdict).toBe("ok");
});

/** What is said about a console in this environment, in a word each. */
async function aboutConsole(environment: Readonly<Record<string, string>>) {
  const checks = await checkSettings(environment);
  return checks.filter(({ name }) => name !== "memory");
}
const proxied = {
  TROUPE_CONSOLE_USER_HEADER: "X-Forwarded-User",
  TROUPE_CONSOLE_PROXIES: "10.1.2.3",
  TROUPE_CONSOLE_OPERATORS: "group:ops",
  TROUPE_CONSOLE_HOST: "0.0.0.0",
};

test("settings with which no console starts fail, each by its name", async () => {
  const { TROUPE_CONSOLE_PROXIES: _proxies, ...unguarded } = proxied;
  expect(await aboutConsole(unguarded)).toEqual([
    expect.objectContaining({
      name: "console settings",
      verdict: "fail",
      found: expect.stringContaining("TROUPE_CONSOLE_PROXIES"),
    }),
  ]);
  const wrong = { TROUPE_CONSOLE_PORT: "many", TROUPE_CONSOLE_HOST: "nowhere.example" };
  expect((await aboutConsole(wrong)).map(({ found }) => found.split(":")[0])).toEqual([
    "host",
    "port",
  ]);
});

test("the port of a console is tried on the host that it would listen on", async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const address = taken.address();
  const port = String(typeof address === "object" ? address?.port : 0);
  expect(await aboutConsole({ TROUPE_CONSOLE_PORT: port })).toMatchObject([
    { name: `port ${port}`, verdict: "warn" },
  ]);
  const elsewhere = { TROUPE_CONSOLE_PORT: port, TROUPE_CONSOLE_HOST: "127.0.0.2" };
  expect(await aboutConsole(elsewhere)).toMatchObject([{ verdict: "ok" }]);
  await new Promise((resolve) => taken.close(resolve));
});

test("proxies that say who people are: what would let too many act, or nobody, is warned of", async () => {
  expect(await aboutConsole(proxied)).toMatchObject([{ name: "people", verdict: "ok" }]);
  const weak: readonly (readonly [Record<string, string>, string])[] = [
    [{ TROUPE_CONSOLE_PROXIES: "10.0.0.0/8" }, "TROUPE_CONSOLE_JWKS"],
    [{ TROUPE_CONSOLE_OPERATORS: "" }, "name people"],
    [{ TROUPE_CONSOLE_HOST: "127.0.0.1" }, "TROUPE_CONSOLE_URL"],
  ];
  for (const [changed, remedy] of weak) {
    expect(await aboutConsole({ ...proxied, ...changed })).toMatchObject([
      { name: "people", verdict: "warn", remedy: expect.stringContaining(remedy) },
    ]);
  }
});

test("the keys of tokens are read, and are missed where there are none", async () => {
  const file = join(folder, "keys.json");
  const signed = {
    ...proxied,
    TROUPE_CONSOLE_JWKS: file,
    TROUPE_CONSOLE_JWT_ISSUER: "https://login.example.org",
    TROUPE_CONSOLE_JWT_AUDIENCE: "troupe",
  };
  const keys = async (environment: Record<string, string>) =>
    (await aboutConsole(environment)).filter(({ name }) => name === "keys");
  expect(await keys(signed)).toMatchObject([{ verdict: "fail" }]);
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  writeFileSync(file, JSON.stringify({ keys: [publicKey.export({ format: "jwk" })] }));
  expect(await keys(signed)).toMatchObject([
    { verdict: "ok", found: expect.stringMatching(/^1 public keys/) },
  ]);
  const gone = { ...signed, TROUPE_CONSOLE_JWKS: "https://127.0.0.1:1/keys" };
  expect(await keys(gone)).toMatchObject([{ verdict: "fail" }]);
});
