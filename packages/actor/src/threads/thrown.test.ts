import { expect, test } from "vitest";
import { AskError, FencedError } from "../errors.ts";
import { fromThrown, toThrown } from "./thrown.ts";

const across = (error: unknown): Error => fromThrown(structuredClone(toThrown(error)));

test("a failed ask is the same failed ask in the other thread", () => {
  const error = new AskError("mailbox", "n1/a: b", "total", "it: was full");
  expect(across(error)).toBeInstanceOf(AskError);
  expect({ ...across(error), message: across(error).message }).toEqual({
    ...error,
    message: error.message,
  });
});

test("other errors keep name, message, stack and code", () => {
  const error = new FencedError("journal.x", 7);
  expect(across(error)).toMatchObject({
    name: "FencedError",
    code: "fenced",
    message: error.message,
    stack: error.stack,
  });
  expect(across("just text").message).toBe("just text");
});
