import { createActorSystem } from "@troupe/actor";
import type { GoalOutcome, Workflow } from "@troupe/orchestration";
import { InMemoryNetwork } from "@troupe/testkit";
import { InterruptedError } from "../errors.ts";
import type { Io } from "../io.ts";
import { conductor } from "./conductor.ts";
import { runner } from "./runner.ts";

export interface ExecuteOptions {
  readonly workers: number;
  /** Real seconds per recorded second. */
  readonly timeScale: number;
}

/** A workflow that was run in real time. */
export interface Execution {
  readonly outcome: GoalOutcome;
  readonly timeScale: number;
  readonly wallSeconds: number;
  /** Of recorded time, so that it compares with the replay. */
  readonly makespanSeconds: number;
}

/**
 * Runs a workflow with worker actors in this process, each task for its recorded time by the scale:
 * what is longer than the replay is what scheduling, messages and timers cost.
 */
export async function executeWorkflow(
  { clock, random, interrupted }: Io,
  workflow: Workflow,
  { workers, timeScale }: ExecuteOptions,
): Promise<Execution> {
  const network = new InMemoryNetwork({ clock, random });
  const ports = { transport: network.connect("schedule"), clock, random };
  const system = createActorSystem({ node: "schedule", ports });
  const runners = Array.from({ length: workers }, () => system.spawn(runner).address);
  const { promise, resolve, reject } = Promise.withResolvers<Execution>();
  const onInterrupt = (): void => reject(new InterruptedError());
  interrupted.addEventListener("abort", onInterrupt);
  const ended = (outcome: GoalOutcome, seconds: number): void =>
    resolve({
      outcome,
      timeScale,
      wallSeconds: seconds * timeScale,
      makespanSeconds: seconds,
    });
  const msPerSecond = timeScale * 1000;
  // An actor that fails would begin anew and know nothing of its runs: better no result than none ever.
  system.observe((event) => {
    if (event.kind === "quarantined") reject(event.error);
  });
  try {
    system
      .spawn(conductor({ workflow, runners, msPerSecond, clock, ended }), { name: "conductor" })
      .tell("begin", {});
    if (interrupted.aborted) onInterrupt();
    return await promise;
  } finally {
    interrupted.removeEventListener("abort", onInterrupt);
    await system.stop();
  }
}
