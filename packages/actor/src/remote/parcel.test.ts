import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeParcel, encodeParcel, type Item, type Parcel } from "./parcel.ts";

const name = fc.string({ minLength: 1, maxLength: 8 });
/** As JSON has it: the sign of a zero is lost, and `__proto__` is no name for a field. */
const body = fc
  .jsonValue({ maxDepth: 3 })
  .map((value) => JSON.stringify(value))
  .filter((text) => !text.includes("__proto__"))
  .map((text): unknown => JSON.parse(text));
const trace = fc.record({
  traceId: fc.constantFrom("5b8aa5a2d2c872e8321cf37308d69df2", "0af7651916cd43dd8448eb211c80319c"),
  spanId: fc.constantFrom("051581bf3cb55c13", "b7ad6b7169203331"),
  sampled: fc.boolean(),
});
const route = fc.record({
  path: name,
  type: name,
  sender: fc.option(name, { nil: undefined }),
  trace: fc.option(trace, { nil: undefined }),
  chain: fc.array(name, { maxLength: 3 }),
});
const item: fc.Arbitrary<Item> = fc.oneof(
  fc.record({
    kind: fc.constant("message" as const),
    route,
    body,
    ask: fc.option(fc.record({ id: fc.nat(), deadline: fc.nat() }), { nil: undefined }),
  }),
  fc.record({
    kind: fc.constant("answer" as const),
    id: fc.nat(),
    answer: fc.oneof(
      fc.record({ ok: fc.constant(true as const), value: fc.option(body, { nil: undefined }) }),
      fc.record({
        ok: fc.constant(false as const),
        stage: fc.constantFrom("unreachable", "mailbox", "handler", "cycle"),
        detail: fc.string(),
      }),
    ),
  }),
  fc.record({ kind: fc.constant("taken" as const), id: fc.nat() }),
  fc.record({
    kind: fc.constant("watch" as const),
    path: name,
    watcher: name,
    linked: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("unwatch" as const), path: name, watcher: name }),
  fc.record({
    kind: fc.constant("terminated" as const),
    path: name,
    actor: name,
    reason: fc.constantFrom("stopped", "failed"),
  }),
);
const parcel: fc.Arbitrary<Parcel> = fc.record({
  from: name,
  items: fc.array(item, { maxLength: 12 }),
});

test("what is packed comes out the same, in the same order", () => {
  fc.assert(
    fc.property(parcel, (sent) => {
      expect(decodeParcel(encodeParcel(sent))).toEqual(sent);
    }),
  );
});

test("bytes that are no parcel, or a parcel with a bit changed, are never a crash", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      decodeParcel(bytes);
    }),
  );
  fc.assert(
    fc.property(parcel, fc.nat(), fc.integer({ min: 1, max: 255 }), (sent, at, change) => {
      const bytes = encodeParcel(sent).slice();
      const index = at % bytes.length;
      bytes[index] = (bytes[index] ?? 0) ^ change;
      decodeParcel(bytes);
    }),
  );
});

test("messages along one route say it once", () => {
  const route = { path: "x", type: "t", sender: "n1/s", trace: undefined, chain: [] };
  const size = (count: number): number =>
    encodeParcel({
      from: "n1",
      items: Array.from({ length: count }, (_, body) => ({
        kind: "message" as const,
        route: { ...route },
        body: body % 100,
        ask: undefined,
      })),
    }).length;
  expect(size(100) - size(20)).toBe(80 * 3);
});
