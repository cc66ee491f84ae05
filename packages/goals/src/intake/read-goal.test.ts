import { expect, test } from "vitest";
import { InvalidGoalError, UnknownGoalKindError } from "../errors.ts";
import { cleanGoalSchema } from "../kinds/clean/goal.ts";
import type { GoalKind } from "../kinds/kind.ts";
import { readGoal } from "./read-goal.ts";

const kinds = [{ name: "clean", schema: cleanGoalSchema } as unknown as GoalKind];
const read = (text: string, headers = {}) =>
  readGoal(new TextEncoder().encode(text), headers, kinds);

test("a goal is known by its own id, or by the message id it was published with", () => {
  expect(read('{"id":"a","kind":"clean","source":"x.csv"}', { "Nats-Msg-Id": "b" }).id).toBe("a");
  expect(read('{"kind":"clean","source":"x.csv"}', { "Nats-Msg-Id": "b" }).id).toBe("b");
  expect(read('{"kind":"clean","source":"x.csv"}').id).toBeUndefined();
});

test("each way of being malformed is named", () => {
  const refused = (text: string) => {
    try {
      read(text);
      return "accepted";
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidGoalError);
      return (error as Error).message;
    }
  };
  expect(refused("clean movies please")).toContain("not JSON");
  expect(refused("[]")).toContain("expected object");
  expect(refused('{"source":"x"}')).toContain("kind");
  expect(refused('{"kind":"clean"}')).toContain("source: must be the path of a file");
  expect(refused('{"kind":"clean","source":5}')).toContain("source");
  expect(refused('{"kind":"clean","source":"x","id":"a b"}')).toContain("id");
  expect(refused(`{"kind":"clean","source":"${"x".repeat(70_000)}"}`)).toContain("exceed");
});

test("an unknown kind is refused with the kinds there are", () => {
  expect(() => read('{"kind":"polish"}')).toThrow(UnknownGoalKindError);
  expect(() => read('{"kind":"polish"}')).toThrow("use one of 'clean'");
});
