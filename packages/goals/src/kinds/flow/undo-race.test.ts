import { createActorSystem, type Journal, type Ports, silentLog } from "@troupe/actor";
import { defineTool, type Tool, worker } from "@troupe/agents";
import { TaskTypes } from "@troupe/orchestration";
import {
  InMemoryJournal,
  InMemoryNetwork,
  InMemoryWorkQueue,
  RecordingTracer,
  seededRandom,
  VirtualClock,
} from "@troupe/testkit";
import { expect, test } from "vitest";
import { z } from "zod";
import { encodeJson } from "../../contract/replies.ts";
import { subjectsOf } from "../../contract/subjects.ts";
import { Intake } from "../../intake/intake.ts";
import { flowKind } from "./kind.ts";

const journalMs = 100;
const subjects = subjectsOf("troupe");

/**
 * A flow of which one task fails after a time, while another is in an auction that ends only at its
 * deadline, since one bidder is cut off. Tasks in the order they ended.
 */
async function failAfter(ms: number): Promise<readonly string[]> {
  const clock = new VirtualClock();
  const network = new InMemoryNetwork({ clock, random: seededRandom(1) });
  const memory = new InMemoryJournal(clock);
  const pause = (delay: number) => new Promise<void>((resolve) => clock.schedule(delay, resolve));
  const journal: Journal = {
    append: async (...request) => {
      await pause(journalMs);
      return memory.append(...request);
    },
    read: (...request) => memory.read(...request),
    last: (...request) => memory.last(...request),
    purge: (...request) => memory.purge(...request),
  };
  const queue = new InMemoryWorkQueue(clock);
  const ended: string[] = [];
  const tool = (type: string) =>
    defineTool({
      type,
      purpose: "does what the test says",
      input: z.looseObject({ ms: z.number().default(10), fails: z.boolean().default(false) }),
      run: async ({ ms: takes, fails }, { task, signal }) => {
        await pause(takes);
        signal.throwIfAborted();
        if (fails) throw new Error("it broke");
        ended.push(task);
        return {};
      },
    });
  const tools: readonly Tool[] = [tool("work"), tool("other")];
  const node = (name: string, mine: readonly Tool[]) => {
    const ports: Ports = {
      transport: network.connect(name),
      clock,
      random: seededRandom(name.length),
      tracer: new RecordingTracer(clock, seededRandom(2)),
      log: silentLog,
    };
    const system = createActorSystem({ node: name, ports });
    const capabilities = mine.map(({ type }) => type);
    system.spawn(worker({ tools: mine, concurrency: 4 }), { name: "worker", capabilities });
    return { system, ports };
  };
  const coordinating = node("n1", tools);
  const kinds = [flowKind({ types: new TaskTypes(tools) })];
  void new Intake({ ...coordinating, journal, queue: queue.connect(), subjects, kinds }).start();
  node("silent", [tool("other")]);
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
  queue.push(encodeJson(goal), {});
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
