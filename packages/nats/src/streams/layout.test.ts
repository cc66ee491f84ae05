import { expect, test } from "vitest";
import { InvalidPrefixError } from "../errors.ts";
import { streamLayout, streamName } from "./layout.ts";

test("stream names are the prefix in capitals with the kind", () => {
  expect(streamName("acme.troupe", "journal")).toBe("ACME_TROUPE_JOURNAL");
});

test("no stream but the spans drops what it holds to make room", () => {
  const discards = streamLayout({ prefix: "t" }).map(({ kind, config }) => [kind, config.discard]);
  expect(Object.fromEntries(discards)).toEqual({
    goals: "new",
    journal: "new",
    dead: "new",
    results: "new",
    spans: "old",
  });
});

test("every stream is bounded in bytes, and the journal does not age", () => {
  for (const { kind, bytes, config } of streamLayout({ prefix: "t", maxAgeDays: 2 })) {
    expect(bytes).toBeGreaterThan(0);
    expect(config.max_age).toBe(kind === "journal" ? 0 : 2 * 24 * 3600 * 1e9);
  }
});

test.each(["", "a b", "a..b", ".a", "a.*", "a.>", "x".repeat(65)])(
  "refuses prefix '%s'",
  (prefix) => {
    expect(() => streamLayout({ prefix })).toThrow(InvalidPrefixError);
  },
);
