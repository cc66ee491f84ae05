import { expect, test } from "vitest";
import { roleOf } from "./roles.ts";

const roles = { operators: ["ada", "group:ops"], viewers: ["bob", "group:staff"] };
const of = (user: string, ...groups: readonly string[]) => roleOf({ user, groups }, roles);

test("people act or look by their name or one of their groups, and others do neither", () => {
  expect([of("ada"), of("eve", "ops"), of("bob"), of("eve", "x", "staff")]).toEqual([
    "operator",
    "operator",
    "viewer",
    "viewer",
  ]);
  expect([of("eve"), of("Ada"), of("eve", "Ops"), of("eve", "ada")]).toEqual(
    Array.from({ length: 4 }, () => undefined),
  );
});

test("who is called like a group, or like everybody, is not thereby of it", () => {
  expect([of("group:ops"), of("*")]).toEqual([undefined, undefined]);
  expect(roleOf({ user: "eve", groups: [] }, { operators: [], viewers: ["*"] })).toBe("viewer");
});
