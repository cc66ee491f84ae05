import { expect, test } from "vitest";
import { whoAsks } from "./who-asks.ts";

test("who asks is who was given, else who runs the command, and nobody has an empty name", () => {
  const environment = { USER: "ada", LOGNAME: "grace" };
  expect(whoAsks({ environment }, { by: "the night shift" })).toBe("the night shift");
  expect(whoAsks({ environment }, {})).toBe("ada");
  expect(whoAsks({ environment: { ...environment, USER: "" } }, {})).toBe("grace");
  expect(whoAsks({ environment: {} }, { by: "" })).toBe("unknown");
});
