import { type ActorSystem, createActorSystem } from "@troupe/actor";
import { replayWorkflow, type Workflow } from "@troupe/orchestration";
import { InMemoryNetwork, seededRandom, VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import { RunnersLostError, RunnersMissingError, SilentRunnerError } from "../errors.ts";
import { membership } from "../temporary-cluster/membership.ts";
import type { RunNews } from "./conductor.ts";
import { diamond, flow } from "./flows.test-data.ts";
import { Pace } from "./pace.ts";
import { gatherRunners, perform } from "./perform.ts";
import { runner, runnerCapability } from "./runner.ts";

/** A conductor's node and nodes with runners, on a simulated network. */
class Cluster {
  readonly clock = new VirtualClock();
  readonly random = seededRandom(1);
  readonly network: InMemoryNetwork;
  readonly news: RunNews[] = [];
  readonly system: ActorSystem;

  /** @param delayMs how long a message takes */
  constructor(runners: Readonly<Record<string, number>>, delayMs = 0) {
    this.network = new InMemoryNetwork({ clock: this.clock, random: this.random, delayMs });
    this.system = this.#node("conductor");
    for (const [name, count] of Object.entries(runners)) {
      const system = this.#node(name);
      const pace = new Pace();
      for (let index = 0; index < count; index += 1) {
        system.spawn(runner(pace), { capabilities: [runnerCapability] });
      }
    }
  }

  #node(node: string): ActorSystem {
    const { clock, random, network } = this;
    const transport = network.connect(node);
    return createActorSystem({ node, ports: { transport, clock, random }, membership });
  }

  async perform(workflow: Workflow, runners: number, observe?: (news: RunNews) => void) {
    const { clock, system } = this;
    const gathering = gatherRunners(system, clock, runners);
    await clock.advance(100);
    const told = (news: RunNews): void => {
      this.news.push(news);
      observe?.(news);
    };
    const found = await gathering;
    return perform(system, { clock, workflow, runners: found, msPerSecond: 500, observe: told });
  }

  /** The same, in as much virtual time as it takes. */
  async performed(...args: Parameters<Cluster["perform"]>) {
    const performing = this.perform(...args);
    const ended = performing.then(
      () => true,
      () => true,
    );
    const step = async (): Promise<boolean> => {
      await this.clock.advance(500);
      return false;
    };
    while (!(await Promise.race([step(), ended]))) {}
    return performing;
  }

  tasks(type: "started" | "finished"): readonly string[] {
    return this.news.flatMap((one) => (one.type === type ? [one.task] : []));
  }
}

test.each([
  [1, 10],
  [2, 7],
])("%i runners take %i recorded seconds, by the scale", async (runners, seconds) => {
  const cluster = new Cluster({ a: 1, b: 1 });
  expect(await cluster.performed(diamond, runners)).toEqual({
    outcome: "succeeded",
    ms: seconds * 500,
    runs: 4,
    repeatedRuns: 0,
    lostRunners: 0,
    workMs: 5000,
  });
});

test("it takes as long as the replay, each task once, when the next run waits behind the last", async () => {
  const steps = Array.from({ length: 40 }, (_, index) => [`t${index}`, 1 + (index % 7)] as const);
  const workflow = flow(...steps);
  const cluster = new Cluster({ a: 2, b: 2 });
  const { ms, repeatedRuns } = await cluster.performed(workflow, 4);
  expect(ms / 500).toBeCloseTo(replayWorkflow(workflow, 4).makespanSeconds, 5);
  expect(repeatedRuns).toBe(0);
  expect(cluster.tasks("finished").toSorted()).toEqual(steps.map(([id]) => id).toSorted());
});

test("a runner has its next run when the last ends, however long messages take there and back", async () => {
  const workflow = flow(...Array.from({ length: 20 }, (_, index) => [`t${index}`, 1] as const));
  const delayMs = 2;
  const { ms } = await new Cluster({ a: 1 }, delayMs).performed(workflow, 1);
  // There once, and back once.
  expect(ms).toBeCloseTo(20 * 500 + 2 * delayMs, 5);
});

test("a run is not started before those it waits for have ended", async () => {
  const cluster = new Cluster({ a: 2 });
  await cluster.performed(diamond, 2);
  const lines = cluster.news.map((one) =>
    one.type === "runner-lost" ? "" : `${one.type} ${one.task}`,
  );
  const at = (line: string): number => lines.indexOf(line);
  expect(at("started left")).toBeGreaterThan(at("finished load"));
  expect(at("started right")).toBeGreaterThan(at("finished load"));
  expect(at("started join")).toBeGreaterThan(at("finished right"));
  expect(at("started join")).toBeGreaterThan(at("finished left"));
});

test("when a node is lost its runs are done again elsewhere, on as many runners as are left", async () => {
  const cluster = new Cluster({ a: 2, b: 2 });
  const workflow = flow(...Array.from({ length: 8 }, (_, index) => [`t${index}`, 4] as const));
  const performed = await cluster.performed(workflow, 4, () => {
    if (cluster.tasks("started").length === 4) cluster.network.isolate("b");
  });
  expect(performed).toMatchObject({
    outcome: "succeeded",
    runs: 8,
    repeatedRuns: 4,
    lostRunners: 2,
  });
  expect(cluster.tasks("finished").toSorted()).toEqual(
    workflow.tasks.map(({ id }) => id).toSorted(),
  );
  // The two that the lost runners had, and those behind them.
  const again = cluster.news.filter((one) => one.type === "started" && one.attempt === 2);
  expect(again.every((one) => one.type === "started" && one.runner.startsWith("a/"))).toBe(true);
});

test("when the last runner is lost it ends with an error", async () => {
  const cluster = new Cluster({ a: 1 });
  const performing = cluster.performed(flow(["only", 100]), 1, () => cluster.network.isolate("a"));
  await expect(performing).rejects.toThrow(RunnersLostError);
});

test("a runner that never ends its run, since a message was lost, is told of by name", async () => {
  const cluster = new Cluster({ a: 1 });
  const performing = cluster.performed(flow(["only", 100]), 1, ({ type }) => {
    if (type !== "started") return;
    cluster.network.isolate("a");
    cluster.clock.schedule(membership.suspectMs / 2, () => cluster.network.heal());
  });
  await expect(performing).rejects.toThrow(/^runner 'a\/.*' has not ended task 'only'/);
  await expect(performing).rejects.toThrow(SilentRunnerError);
});

test("runners that do not come are waited for a bounded time", async () => {
  const cluster = new Cluster({ a: 1 });
  const gathering = gatherRunners(cluster.system, cluster.clock, 2);
  const refused = expect(gathering).rejects.toThrow("1 of 2 runners have come within 15 s");
  await cluster.clock.advance(20_000);
  await refused;
  await expect(gathering).rejects.toThrow(RunnersMissingError);
});
