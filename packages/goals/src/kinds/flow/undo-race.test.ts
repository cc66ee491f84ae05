import { defineTool } from "@troupe/agents";
import { expect, test } from "vitest";
import { z } from "zod";
import { FlowWorld } from "../../simulation/flow-world.test-data.ts";

/**
 * A flow of which one task fails after a time, while another is in an auction that ends only at its
 * deadline, since one bidder is cut off. Tasks in the order they ended.
 */
async function failAfter(ms: number): Promise<readonly string[]> {
  const world = new FlowWorld({ journalMs: 100 });
  const { clock, network } = world;
  const ended: string[] = [];
  const tool = (type: string) =>
    defineTool({
      type,
      purpose: "does what the test says",
      input: z.looseObject({ ms: z.number().default(10), fails: z.boolean().default(false) }),
      run: async ({ ms: takes, fails }, { task, signal }) => {
        await world.pause(takes);
        signal.throwIfAborted();
        if (fails) throw new Error("it broke");
        ended.push(task);
        return {};
      },
    });
  world.node("n1", [tool("work"), tool("other")]);
  world.node("silent", [tool("other")], { coordinates: false });
  await clock.advance(2000);
  network.isolate("silent");
  const undo = { type: "work" };
  const goal = {
    id: "g",
    kind: "flow",
    failFast: true,
    tasks: [
      { id: "done", type: "work", compensate: undo },
      { id: "bad", type: "work", input: { ms, fails: true } },
      { id: "late", type: "other", input: { ms: 50 }, compensate: undo },
    ],
  };
  world.publish(goal);
  await clock.advance(60_000);
  return ended;
}

test("whatever was done is undone, also when it was awarded while the goal was failing", async () => {
  for (let ms = 2500; ms <= 3500; ms += 50) {
    const ended = await failAfter(ms);
    const done = ended.filter((task) => !task.startsWith("undo."));
    expect(done, `failing after ${ms} ms`).toContain("done");
    for (const task of done) {
      expect(ended, `failing after ${ms} ms`).toContain(`undo.${task}`);
    }
  }
});
