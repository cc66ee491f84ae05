import { expect, test } from "vitest";
import { InvalidRecordSubjectError } from "../errors.ts";
import { locateFilter, locateSubject } from "./record-subject.ts";

test("the first token says which stream", () => {
  expect(locateSubject("a.b", "journal.goal.1")).toEqual({
    stream: "A_B_JOURNAL",
    subject: "a.b.journal.goal.1",
  });
  expect(locateFilter("t", "spans.*.x.>").stream).toBe("T_SPANS");
});

test("snapshots lie in the stream of the records they cover", () => {
  expect(locateSubject("t", "snapshot.goal.1")).toEqual({
    stream: "T_JOURNAL",
    subject: "t.snapshot.goal.1",
  });
});

test.each([
  "goals",
  "journal",
  "other.x",
  "journal..x",
  "journal.a b",
  "journal.x.",
  "journal.>.x",
  "journal.\n",
])("refuses '%s'", (subject) => {
  expect(() => locateFilter("t", subject)).toThrow(InvalidRecordSubjectError);
});

test("a record has no wildcards, but may contain their characters inside a token", () => {
  expect(() => locateSubject("t", "journal.*")).toThrow(InvalidRecordSubjectError);
  expect(() => locateSubject("t", "journal.>")).toThrow(InvalidRecordSubjectError);
  expect(locateSubject("t", "journal.a*b").subject).toBe("t.journal.a*b");
});
