import { type GoalView, type Receipt, subjectsOf, unknownGoal, viewOf } from "@troupe/goals";
import { InMemoryNetwork, seededRandom, VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import { BenchStalledError } from "../errors.ts";
import { endure } from "./goals-under-load.ts";

/** A deployment whose goals end as the test says. */
class Deployment {
  readonly clock = new VirtualClock();
  readonly #network = new InMemoryNetwork({ clock: this.clock, random: seededRandom(1) });
  readonly transport = this.#network.connect("cli");
  readonly #nodes = this.#network.connect("node");
  readonly #ended = new Map<string, string>();
  /** Goals under way, and the most there ever were. */
  readonly open = new Set<string>();
  most = 0;

  async submit(goal: unknown): Promise<Receipt> {
    const { id } = goal as { id: string };
    this.open.add(id);
    this.most = Math.max(this.most, this.open.size);
    return { goal: id, stream: "goals", seq: 1, duplicate: false };
  }

  async show(goal: string): Promise<GoalView> {
    const phase = this.#ended.get(goal) ?? "executing";
    return { ...viewOf(unknownGoal(goal)), phase };
  }

  /** Ends all that are under way, and tells of it or not. */
  end(outcome: string, told = true): void {
    for (const goal of this.open) {
      this.#ended.set(goal, outcome);
      const news = new TextEncoder().encode(JSON.stringify({ goal, outcome }));
      if (told) this.#nodes.publish(subjectsOf("t").result(goal), news);
    }
    this.open.clear();
  }

  endure(goals: number, open: number) {
    return endure({
      client: this,
      transport: this.transport,
      clock: this.clock,
      prefix: "t",
      goals,
      open,
      stallMs: 5000,
      goal: (index) => ({ id: `g${index}` }),
      progress: () => {},
    });
  }
}

test("so many goals are kept under way, and each takes as long as the news of its end", async () => {
  const deployment = new Deployment();
  const enduring = deployment.endure(5, 2);
  for (let round = 1; round <= 3; round += 1) {
    await deployment.clock.advance(100);
    deployment.end("succeeded");
  }
  await deployment.clock.advance(100);
  const { receipts, ends, failed, tookMs } = await enduring;
  expect(deployment.most).toBe(2);
  expect(receipts).toEqual([0, 0, 0, 0, 0]);
  expect(ends).toEqual([100, 100, 100, 100, 100]);
  expect(failed).toEqual([]);
  expect(tookMs).toBe(300);
});

test("goals that did not succeed are named", async () => {
  const deployment = new Deployment();
  const enduring = deployment.endure(2, 1);
  await deployment.clock.advance(10);
  deployment.end("failed");
  await deployment.clock.advance(10);
  deployment.end("succeeded");
  await deployment.clock.advance(10);
  expect((await enduring).failed).toEqual(["g0"]);
});

test("a goal whose news was lost is asked about", async () => {
  const deployment = new Deployment();
  const enduring = deployment.endure(1, 1);
  await deployment.clock.advance(10);
  deployment.end("succeeded", false);
  await deployment.clock.advance(2000);
  expect(await enduring).toMatchObject({ ends: [2000], failed: [] });
});

test("when nothing ends for too long, the error names a goal that is under way", async () => {
  const deployment = new Deployment();
  const enduring = deployment.endure(3, 2);
  const failure = enduring.catch((error: unknown) => error);
  await deployment.clock.advance(10_000);
  const error = await failure;
  expect(error).toBeInstanceOf(BenchStalledError);
  expect(error).toMatchObject({ goals: ["g0", "g1"] });
  expect(String(error)).toContain("troupe goal show g0");
});
