import fc from "fast-check";
import { expect, test } from "vitest";
import { UnreadableSpansError } from "../errors.ts";
import { spanOf } from "./span-record.test-data.ts";
import { decodeSpans, encodeSpans, readSpans, type SpanRecord } from "./span-record.ts";

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const text = fc.string({ unit: "binary" });
/** JSON does not tell -0 from 0. */
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const attributes = fc.dictionary(
  text.filter((key) => key !== "__proto__"),
  fc.oneof(text, number, fc.boolean(), fc.array(text)),
  { noNullPrototype: true },
);
const id = fc.string({ minLength: 1 });
const span: fc.Arbitrary<SpanRecord> = fc.record(
  {
    traceId: id,
    spanId: id,
    parentSpanId: id,
    name: text,
    kind: fc.constantFrom("internal", "server", "client", "producer", "consumer"),
    startMs: number,
    endMs: number,
    status: fc.constantFrom("ok", "error"),
    message: text,
    attributes,
    events: fc.array(
      fc.record({ name: text, atMs: number, attributes }, { noNullPrototype: true }),
    ),
    links: fc.array(fc.record({ traceId: id, spanId: id }, { noNullPrototype: true })),
    service: text,
    node: text,
  },
  {
    requiredKeys: [
      "traceId",
      "spanId",
      "name",
      "kind",
      "startMs",
      "endMs",
      "status",
      "attributes",
      "events",
      "links",
      "service",
      "node",
    ],
    noNullPrototype: true,
  },
);

test("spans come back from bytes as they were", () => {
  fc.assert(
    fc.property(fc.array(span, { maxLength: 8 }), (spans) => {
      expect(decodeSpans(encodeSpans(spans))).toEqual(spans);
    }),
  );
});

test("bytes that are no spans are refused as such, whatever they are", () => {
  const isEmptyBatch = (bytes: Uint8Array): boolean =>
    new TextDecoder().decode(bytes).replaceAll(/\s/g, "") === "[]";
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }).filter((bytes) => !isEmptyBatch(bytes)),
      (bytes) => {
        expect(() => decodeSpans(bytes)).toThrow(UnreadableSpansError);
      },
    ),
  );
});

test("a batch that is cut short anywhere is refused", () => {
  const whole = encodeSpans([spanOf("a", undefined, 0, 1), spanOf("b", "a", 0, 1)]);
  for (let length = 0; length < whole.length; length += 1) {
    expect(() => decodeSpans(whole.subarray(0, length))).toThrow(UnreadableSpansError);
  }
});

test("text in which bytes were damaged is refused, not read with replacements", () => {
  const bytes = encodeSpans([spanOf("ä", undefined, 0, 1)]);
  bytes[bytes.indexOf(0xc3)] = 0xff;
  expect(() => decodeSpans(bytes)).toThrow("it is not JSON");
});

test("the refusal names the field that is wrong", () => {
  const { name: _, ...nameless } = spanOf("a", undefined, 0, 1);
  expect(() => decodeSpans(json([nameless]))).toThrow("'0.name'");
});

test("fields from a later version are left out", () => {
  const known = spanOf("a", undefined, 0, 1);
  expect(decodeSpans(json([{ ...known, mood: "fine" }]))).toEqual([known]);
});

test("a batch that cannot be read hides no other, and is counted", () => {
  const [one, other] = [spanOf("a", undefined, 0, 1), spanOf("b", "a", 0, 1)];
  const old = Uint8Array.of(0x91, 0x80);
  expect(readSpans([encodeSpans([one]), old, encodeSpans([other])])).toEqual({
    spans: [one, other],
    unreadable: 1,
  });
});
