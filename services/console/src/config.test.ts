import { expect, test } from "vitest";
import { readConsoleConfig } from "./config.ts";

const names = { TROUPE_CONSOLE_USER_HEADER: "X-Forwarded-User" };
const proxies = { TROUPE_CONSOLE_PROXIES: "10.1.2.3, 10.2.0.0/16, fd00::/8" };
const signed = {
  TROUPE_CONSOLE_JWKS: "https://login.example.org/keys",
  TROUPE_CONSOLE_JWT_ISSUER: "https://login.example.org",
  TROUPE_CONSOLE_JWT_AUDIENCE: "troupe",
};

/** The settings that are refused. */
function refused(environment: Readonly<Record<string, string>>): readonly string[] {
  try {
    readConsoleConfig(environment);
    return [];
  } catch (thrown) {
    return (thrown as { issues: { path: string[] }[] }).issues.map(({ path }) => path.join("."));
  }
}

test("without variables nobody is believed who says who people are", () => {
  const config = readConsoleConfig({});
  expect(config).toMatchObject({ proxies: [], operators: [], viewers: ["*"] });
  expect(config.userHeader ?? config.jwks).toBeUndefined();
});

test("a header that names people is refused without the proxies that may send it", () => {
  expect(refused(names)).toEqual(["proxies"]);
  expect(refused(signed)).toEqual(["proxies"]);
  expect(refused({ ...names, ...proxies })).toEqual([]);
  expect(refused({ ...signed, ...proxies })).toEqual([]);
  expect(refused(proxies)).toEqual(["userHeader"]);
  expect(refused({ TROUPE_CONSOLE_OPERATORS: "ada" })).toEqual(["operators"]);
});

test("proxies are addresses and ranges, and never everybody", () => {
  const list = (text: string) => refused({ ...names, TROUPE_CONSOLE_PROXIES: text });
  for (const wrong of ["0.0.0.0/0", "::/0", "10.0.0.0/33", "proxy", "10.0.0", "::1/129", "/8"]) {
    expect([wrong, list(wrong)]).toEqual([wrong, expect.arrayContaining(["proxies"])]);
  }
  expect(readConsoleConfig({ ...names, ...proxies }).proxies).toEqual([
    { address: "10.1.2.3", bits: 32, family: "ipv4" },
    { address: "10.2.0.0", bits: 16, family: "ipv4" },
    { address: "fd00::", bits: 8, family: "ipv6" },
  ]);
});

test("keys without an issuer and an audience are refused, as are keys that could be forged on the way", () => {
  const { TROUPE_CONSOLE_JWT_ISSUER: _issuer, ...anybodys } = signed;
  expect(refused({ ...anybodys, ...proxies })).toEqual(["jwtIssuer"]);
  const forAll = { TROUPE_CONSOLE_JWKS: signed.TROUPE_CONSOLE_JWKS };
  expect(refused({ ...forAll, ...proxies })).toEqual(["jwtIssuer", "jwtAudience"]);
  const plain = { ...signed, ...proxies, TROUPE_CONSOLE_JWKS: "http://login.example.org/keys" };
  expect(refused(plain)).toEqual(["jwks"]);
  const { TROUPE_CONSOLE_JWKS: _keys, ...useless } = signed;
  expect(refused({ ...names, ...proxies, ...useless })).toEqual(["jwtIssuer", "jwtAudience"]);
});

test("a header that means something else names nobody", () => {
  for (const header of ["Cookie", "Host", "Authorization", "X Forwarded"]) {
    const given = { TROUPE_CONSOLE_USER_HEADER: header, ...proxies };
    expect([header, refused(given)]).toEqual([header, ["userHeader"]]);
  }
});
