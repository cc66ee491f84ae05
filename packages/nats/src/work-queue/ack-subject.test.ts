import { expect, test } from "vitest";
import { parseAckSubject } from "./ack-subject.ts";

test("reads attempt and sequence from both forms of the reply subject", () => {
  expect(parseAckSubject("$JS.ACK.S.C.2.17.5.1700000000000000000.3")).toEqual({
    attempt: 2,
    sequence: 17,
  });
  expect(parseAckSubject("$JS.ACK._.hash.S.C.1.9.9.1700000000000000000.0.token")).toEqual({
    attempt: 1,
    sequence: 9,
  });
});

test("anything else is no delivery", () => {
  expect(parseAckSubject(undefined)).toBeUndefined();
  expect(parseAckSubject("_INBOX.x.y")).toBeUndefined();
  expect(parseAckSubject("$JS.ACK.short")).toBeUndefined();
});
