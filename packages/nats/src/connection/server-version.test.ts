import { expect, test } from "vitest";
import { isAtLeast, parseVersion } from "./server-version.ts";

test("versions are compared by number, not by letter", () => {
  expect(isAtLeast(parseVersion("nats-server: v2.9.10"), "2.10.0")).toBe(false);
  expect(isAtLeast(parseVersion("2.12.3-RC.1"), "2.12.3")).toBe(true);
  expect(isAtLeast(parseVersion("3.0.0"), "2.14.5")).toBe(true);
  expect(parseVersion("nats-server: v2.12.3-RC.1\n").text).toBe("2.12.3-RC.1");
});

test("an unreadable version is older than any", () => {
  expect(isAtLeast(parseVersion("no version here"), "0.0.1")).toBe(false);
});
