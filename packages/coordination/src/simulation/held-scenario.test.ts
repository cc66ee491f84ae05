import { simulate } from "@troupe/testkit";
import { expect, test } from "vitest";
import { heldScenario } from "./held-scenario.ts";

test("what has to succeed after the faults is held before a run is over, on nodes that came after it began", async () => {
  const held: string[] = [];
  const scenario = heldScenario(
    {
      name: "held",
      description: "each node holds something in the end",
      protocol: "held",
      nodes: ["a", "b"],
      faults: {},
      faultyMs: 100,
      calmMs: 5000,
      actions: 0,
      lastFromMs: 1000,
    },
    (world) => ({
      boot: () => {},
      act: () => {},
      get last() {
        return world.nodes.map(
          ({ name }) =>
            () =>
              void held.push(name),
        );
      },
    }),
  );
  expect((await simulate(scenario, 1)).violations).toEqual([]);
  expect(held).toEqual(["a", "b"]);
});
