import { expect, test } from "vitest";
import { InvalidGoalError, UnknownGoalKindError } from "../errors.ts";
import { cleanGoalSchema } from "../kinds/clean/goal.ts";
import type { GoalKind } from "../kinds/kind.ts";
import { readPublished } from "./read-goal.ts";

const kinds = [{ name: "clean", schema: cleanGoalSchema } as unknown as GoalKind];
const read = (text: string, headers = {}) => {
  const published = readPublished(new TextEncoder().encode(text), headers, kinds);
  if (published.is !== "goal") throw new Error("read as a command");
  return published;
};

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
  expect(refused(`{"kind":"clean","source":"${"x".repeat(600_000)}"}`)).toContain("exceed");
});

test("an unknown kind is refused with the kinds there are", () => {
  expect(() => read('{"kind":"polish"}')).toThrow(UnknownGoalKindError);
  expect(() => read('{"kind":"polish"}')).toThrow("use one of 'clean'");
});

test("a command is read as what it says, and each way of being malformed is named", () => {
  const command = (document: object) =>
    readPublished(new TextEncoder().encode(JSON.stringify(document)), {}, kinds);
  expect(command({ command: "approve", goal: "g", task: "t", by: "ann" })).toEqual({
    is: "command",
    command: { command: "approve", goal: "g", task: "t", approved: true, by: "ann" },
  });
  expect(command({ command: "cancel", goal: "g" })).toMatchObject({
    command: { reason: "asked to" },
  });
  expect(() => command({ command: "explode", goal: "g" })).toThrow("command");
  expect(() => command({ command: "approve", goal: "g", task: "t", approved: "maybe" })).toThrow(
    "approved: must be true or false",
  );
});
