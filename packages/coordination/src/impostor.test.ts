import { expect, test } from "vitest";
import { impostor } from "./impostor.ts";

test.each([
  ["the actor itself", "n1/ann", undefined],
  ["a child of it", "n1/ann/3", undefined],
  ["an actor whose name begins alike", "n1/anna", "n1/anna"],
  ["its namesake on another node", "n2/ann", "n2/ann"],
  ["somebody outside any actor", undefined, "nobody"],
])("of the messages of n1/ann, one by %s is judged rightly", (_, sender, found) => {
  expect(impostor(sender, "n1/ann")).toBe(found);
});

test("messages of nobody known are judged by their receivers", () => {
  expect(impostor("n1/ann", undefined)).toBeUndefined();
});
