import { expect, test } from "vitest";
import { Undo } from "./undo.ts";

test("what was begun last is ended first, and a failure does not keep the rest from being ended", async () => {
  const ended: string[] = [];
  const undo = new Undo();
  undo.push(() => void ended.push("server"));
  undo.push(() => {
    throw new Error("stuck");
  });
  undo.push(async () => void ended.push("nodes"));
  await expect(undo.run()).rejects.toThrow(AggregateError);
  expect(ended).toEqual(["nodes", "server"]);
  await undo.run();
  expect(ended).toHaveLength(2);
});
