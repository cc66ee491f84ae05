import type { Clock } from "@troupe/actor";
import type { Undo } from "../undo.ts";
import { leaseMs, type MortalDeployment } from "./deployment.ts";
import { type Fault, faultSchedule } from "./fault-schedule.ts";
import type { GoalSource } from "./goal-source.ts";
import { type FaultCounts, injectFaults } from "./injection.ts";
import { GoalLoad, type PublishedGoal } from "./load.ts";
import type { ChaosPlan } from "./report.ts";

/** When the time is up, goals that are open may still take so long to end, without faults. */
const graceMs = 60_000;
/** How often it is told how far it is, milliseconds. */
const progressMs = 10_000;

/** How far a storm is, in goals. */
export interface StormProgress {
  readonly acknowledged: number;
  readonly ended: number;
}

export interface StormOptions {
  readonly clock: Clock;
  readonly plan: ChaosPlan;
  readonly deployment: MortalDeployment;
  readonly source: GoalSource;
  readonly onFault: (fault: Fault, node: string | undefined) => void;
  readonly onProgress: (progress: StormProgress) => void;
}

/** What was published, and what was done to it. */
export interface Storm {
  readonly published: readonly PublishedGoal[];
  readonly faults: FaultCounts;
  readonly skipped: number;
  /** From the first goal to the last end, or to when it was given up. */
  readonly seconds: number;
}

/**
 * Goals and faults at once, until all goals have ended or the plan's minutes are over. Then
 * everything is brought back, and what is still open gets a last while.
 *
 * @param undo is told how to end it midway
 * @throws what a node or the server can't be brought back with, or a goal is refused with
 */
export async function runStorm(options: StormOptions, undo: Undo): Promise<Storm> {
  const { clock, plan, deployment, source } = options;
  const { client, server, fleet } = deployment;
  const { seed, kill: kinds, goals } = plan;
  const enough = new AbortController();
  const over = new AbortController();
  undo.push(() => {
    enough.abort();
    over.abort();
  });
  const begun = clock.monotonic();
  const signals = { enough: enough.signal, over: over.signal };
  const load = new GoalLoad({ client, clock, source, goals, ...signals });
  const { promise: broken, reject: fail } = Promise.withResolvers<never>();
  const injection = injectFaults({
    clock,
    faults: faultSchedule({ seed, kinds, leaseMs }),
    everyMs: plan.everySeconds * 1000,
    fleet,
    server,
    observe: options.onFault,
    fail,
    signal: enough.signal,
  });
  let seconds = 0;
  const ended = load.run().then(() => {
    seconds = Math.round(clock.monotonic() - begun) / 1000;
  });
  const timeUp = Promise.withResolvers<void>();
  const cancelLimit = clock.schedule(plan.minutes * 60_000, timeUp.resolve);
  const cancelReports = repeat(clock, progressMs, () => options.onProgress(progressOf(load)));
  undo.push(cancelLimit);
  undo.push(cancelReports);

  await Promise.race([ended, timeUp.promise, broken, fleet.failed]);
  cancelLimit();
  enough.abort();
  const { faults, skipped } = await injection;
  await Promise.all([server.heal(), fleet.heal()]);
  const cancelGrace = clock.schedule(graceMs, () => over.abort());
  await Promise.race([ended, broken, fleet.failed]);
  cancelGrace();
  cancelReports();
  return { published: load.published, faults, skipped, seconds };
}

function progressOf({ published }: GoalLoad): StormProgress {
  return {
    acknowledged: published.filter(({ acknowledged }) => acknowledged).length,
    ended: published.filter(({ endedAt }) => endedAt !== undefined).length,
  };
}

function repeat(clock: Clock, everyMs: number, act: () => void): () => void {
  let cancel = (): void => {};
  const next = (): void => {
    cancel = clock.schedule(everyMs, () => {
      act();
      next();
    });
  };
  next();
  return () => cancel();
}
