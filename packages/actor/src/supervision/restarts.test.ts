import { seededRandom, VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import { RestartWindow, type Supervised, superviseFailure, supervisionRule } from "./restarts.ts";

test("those after a sibling whose setup fails again wait until it is up", async () => {
  const clock = new VirtualClock();
  const rule = supervisionRule({ strategy: "rest-for-one" });
  const window = new RestartWindow(rule, seededRandom(1));
  const started: string[] = [];
  let failures = 1;
  const sibling = (address: string, start: () => void): Supervised => ({
    address,
    restartKind: "transient",
    start,
    suspend: () => {},
    terminate: async () => {},
  });
  const fail = (): void =>
    superviseFailure({ clock, emit: () => {} }, window, siblings, first, new Error("no"), () => {});
  const first = sibling("first", () => {
    failures -= 1;
    if (failures >= 0) fail();
    else started.push("first");
  });
  const siblings = [first, sibling("second", () => started.push("second"))];
  fail();
  await clock.advance(10_000);
  expect(started).toEqual(["first", "second"]);
});
