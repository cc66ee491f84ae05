import { VirtualClock } from "@troupe/testkit";
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from "jose";
import { expect, test } from "vitest";
import { readToken } from "./signed-tokens.ts";

test("an address that is not said to be verified is nobody's name, however that is written", async () => {
  const clock = new VirtualClock();
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const keys = createLocalJWKSet({ keys: [await exportJWK(publicKey)] });
  const about = { keys, clock, issuer: "i", audience: "a", groups: "groups" };
  const read = async (claims: Record<string, unknown>, user = "email") => {
    const exp = clock.now() / 1000 + 60;
    const token = await new SignJWT({ iss: "i", aud: "a", exp, email: "ada", sub: "7", ...claims })
      .setProtectedHeader({ alg: "ES256" })
      .sign(privateKey);
    return (await readToken(token, { ...about, user })).is;
  };
  for (const verified of [true, "true", undefined]) {
    expect(await read({ email_verified: verified })).toBe("known");
  }
  for (const verified of [false, "false", "", 0, null]) {
    expect([verified, await read({ email_verified: verified })]).toEqual([verified, "refused"]);
    expect(await read({ email_verified: verified }, "sub")).toBe("known");
  }
});
