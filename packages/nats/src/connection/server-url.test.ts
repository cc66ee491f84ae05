import { describe, expect, test } from "vitest";
import { InvalidServerUrlError } from "../errors.ts";
import { newUserKey } from "../permissions/user-key.ts";
import { hidePassword } from "./hide-password.ts";
import { parseServerUrl } from "./server-url.ts";

describe("a server url", () => {
  test("gives host, default port and no credentials", () => {
    expect(parseServerUrl("nats://broker")).toEqual({ servers: ["broker:4222"], tls: false });
    expect(parseServerUrl("broker:5000")).toEqual({ servers: ["broker:5000"], tls: false });
  });

  test("gives decoded user and password, or a token when there is a user only", () => {
    expect(parseServerUrl("nats://u:p%40ss@h:1")).toMatchObject({ user: "u", password: "p@ss" });
    expect(parseServerUrl("nats://secret@h:1")).toMatchObject({ token: "secret" });
  });

  test("may have the seed of an nkey for a password, without a mistake in it", () => {
    const { seed } = newUserKey();
    expect(parseServerUrl(`nats://n1:${seed}@h`)).toEqual({
      servers: ["h:4222"],
      tls: false,
      user: "n1",
      seed,
    });
    const mistaken = `nats://n1:${seed.slice(0, -4)}${seed.endsWith("AAAA") ? "BBBB" : "AAAA"}@h`;
    expect(() => parseServerUrl(mistaken)).toThrow(/seed/);
    expect(() => parseServerUrl(mistaken)).not.toThrow(seed.slice(0, -4));
    expect(parseServerUrl("nats://n1:SUPERSECRET@h")).toMatchObject({ password: "SUPERSECRET" });
  });

  test("may list several servers and ask for TLS", () => {
    expect(parseServerUrl("tls://u:p@a:1, tls://b")).toEqual({
      servers: ["a:1", "b:4222"],
      tls: true,
      user: "u",
      password: "p",
    });
    expect(parseServerUrl("nats://[::1]:4333").servers).toEqual(["[::1]:4333"]);
  });

  test.each(["", " , ", "http://h", "nats://", "nats://h:notaport"])("refuses '%s'", (url) => {
    expect(() => parseServerUrl(url)).toThrow(InvalidServerUrlError);
  });

  test("is shown without its password or token", () => {
    expect(hidePassword("nats://u:secret@a:1,nats://token@b")).toBe(
      "nats://u:***@a:1,nats://***@b",
    );
    expect(new InvalidServerUrlError("http://u:secret@h", "x").message).not.toContain("secret");
  });
});
