import { seededRandom, VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import type { Workshop } from "../../workshop/workshop.ts";
import { agentTask } from "./agent-task.ts";

test("an action that the node does not have is named, beside those that there are and where others come from", () => {
  const clock = new VirtualClock();
  const world = { node: "n1", clock, random: seededRandom(1) };
  const { input } = agentTask({ world, plugins: [], readable: [] } as unknown as Workshop);
  const { success, error } = input.safeParse({ task: "pay it back", tools: ["refund"] });
  expect(success).toBe(false);
  expect(error?.issues[0]?.message).toBe(
    `"refund" is no action of this node: use 'analyze_schema', 'validate_data', 'transform_data', 'route_pipeline', or name the plugin that has it in TROUPE_PLUGINS of the nodes`,
  );
});
