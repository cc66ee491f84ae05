import { expect, test } from "vitest";
import { LruMap } from "./lru-map.ts";

const entry = (size: number) => ({ bytes: new Uint8Array(size) });
const keys = (map: LruMap<{ bytes: Uint8Array }>) => [...map].map(([key]) => key);

test("drops what was used longest ago when there are too many entries", () => {
  const evicted: string[] = [];
  const map = new LruMap({
    maxEntries: 2,
    maxBytes: 100,
    onEvicted: (key) => {
      evicted.push(key);
    },
  });
  map.set("a", entry(1));
  map.set("b", entry(1));
  map.get("a");
  map.set("c", entry(1));
  expect(keys(map)).toEqual(["a", "c"]);
  expect(evicted).toEqual(["b"]);
});

test("drops as many as it takes when they have too many bytes", () => {
  const map = new LruMap<{ bytes: Uint8Array }>({ maxEntries: 10, maxBytes: 10 });
  for (const key of ["a", "b", "c"]) map.set(key, entry(3));
  map.set("d", entry(7));
  expect(keys(map)).toEqual(["c", "d"]);
  map.delete("c");
  map.set("e", entry(3));
  expect(keys(map)).toEqual(["d", "e"]);
});

test("does not hold what is larger than all of it, nor what that was to replace", () => {
  const map = new LruMap<{ bytes: Uint8Array }>({ maxEntries: 10, maxBytes: 10 });
  map.set("a", entry(3));
  map.set("b", entry(3));
  map.set("a", entry(11));
  expect(keys(map)).toEqual(["b"]);
});
