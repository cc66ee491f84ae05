import { expect, test } from "vitest";
import {
  decodeLog,
  encodeLog,
  type InvalidationLog,
  isInvalidated,
  rememberedInvalidations,
  tellsAllSince,
  withInvalidation,
} from "./invalidation-log.ts";

const empty: InvalidationLog = { origin: "o", number: 0, records: [] };
const at = (number: number, origin = "o") => ({ origin, number });

test("a result is invalidated by what names its key or a tag of it, after its run had begun", () => {
  const log = withInvalidation(withInvalidation(empty, { tag: "t" }), { key: "k" });
  expect(isInvalidated(log, "k", { tags: [], since: at(1) })).toBe(true);
  expect(isInvalidated(log, "k", { tags: [], since: at(2) })).toBe(false);
  expect(isInvalidated(log, "x", { tags: ["s", "t"], since: at(0) })).toBe(true);
  expect(isInvalidated(log, "x", { tags: ["s", "t"], since: at(1) })).toBe(false);
  expect(isInvalidated(log, "x", { tags: ["s"], since: at(0) })).toBe(false);
});

test("a log remembers a bounded number, and knows what it does not tell any more", () => {
  let log = empty;
  for (let i = 0; i < rememberedInvalidations + 5; i += 1) {
    log = withInvalidation(log, { key: String(i) });
  }
  expect(log.records.length).toBe(rememberedInvalidations);
  expect(log.records[0]).toEqual({ number: 6, target: { key: "5" } });
  expect(tellsAllSince(log, at(5))).toBe(true);
  expect(tellsAllSince(log, at(4))).toBe(false);
  expect(tellsAllSince(log, at(log.number))).toBe(true);
  expect(tellsAllSince(log, at(log.number + 1))).toBe(false);
  expect(tellsAllSince(log, at(log.number, "another"))).toBe(false);
  expect(tellsAllSince(empty, at(0))).toBe(true);
});

test("a log reads back from its bytes, and a damaged one is none", () => {
  const { added, ...log } = withInvalidation(empty, { tag: "t" });
  expect(added).toEqual({ number: 1, target: { tag: "t" } });
  expect(decodeLog(encodeLog(log))).toEqual(log);
  expect(decodeLog(encodeLog(log).subarray(1))).toBeUndefined();
  expect(decodeLog(new TextEncoder().encode('{"origin":"o","number":-1,"records":[]}'))).toBe(
    undefined,
  );
});
