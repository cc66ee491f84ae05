import type { ActorSystem, Clock } from "@troupe/actor";
import type { GoalOutcome, Workflow } from "@troupe/orchestration";
import { RunnersMissingError } from "../errors.ts";
import { gather } from "../temporary-cluster/gather.ts";
import { conductor, type RunNews } from "./conductor.ts";
import { runnerCapability } from "./runner.ts";

/**
 * The addresses of the runners in the cluster, as soon as there are `count` of them.
 *
 * @throws RunnersMissingError when they have not come within 15 s
 */
export function gatherRunners(
  system: ActorSystem,
  clock: Clock,
  count: number,
): Promise<readonly string[]> {
  return gather(
    system,
    clock,
    runnerCapability,
    count,
    (found, waitMs) => new RunnersMissingError(found, count, waitMs),
  );
}

export interface PerformOptions {
  readonly clock: Clock;
  readonly workflow: Workflow;
  /** Addresses; at least one. */
  readonly runners: readonly string[];
  /** Real milliseconds per recorded second. */
  readonly msPerSecond: number;
  /** Default: nobody is told. */
  readonly observe?: (news: RunNews) => void;
}

/** What came of running a workflow. */
export interface Performed {
  readonly outcome: GoalOutcome;
  /** From the first decision to the last report, milliseconds. */
  readonly ms: number;
  /** Runs that ended and counted: one for each task. */
  readonly runs: number;
  /** Runs begun for tasks whose earlier run was lost. */
  readonly repeatedRuns: number;
  readonly lostRunners: number;
  /** How long the runs that counted took where they ran, in all, milliseconds. */
  readonly workMs: number;
}

/**
 * Runs a workflow on runners, with a conductor in the given system.
 *
 * @throws RunnersLostError when the last runner is gone; SilentRunnerError when one says nothing
 */
export function perform(system: ActorSystem, options: PerformOptions): Promise<Performed> {
  const { observe } = options;
  const tally = { runs: 0, repeatedRuns: 0, lostRunners: 0, workMs: 0 };
  const count = (news: RunNews): void => {
    if (news.type === "runner-lost") tally.lostRunners += 1;
    else if (news.type === "finished") {
      tally.runs += 1;
      tally.workMs += news.ms;
    } else if (news.attempt > 1) tally.repeatedRuns += 1;
    observe?.(news);
  };
  const { promise, resolve, reject } = Promise.withResolvers<Performed>();
  const ended = (outcome: GoalOutcome, ms: number): void => resolve({ outcome, ms, ...tally });
  const actor = conductor({ ...options, observe: count, ended, failed: reject });
  const ref = system.spawn(actor, { restart: "temporary" });
  // A conductor that fails would begin anew and know nothing of its runs: better no result than none ever.
  const forget = system.observe((event) => {
    if (event.kind === "quarantined" && event.actor === ref.address) reject(event.error);
  });
  ref.tell("begin", {});
  return promise.finally(forget);
}
