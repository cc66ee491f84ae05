import { type Actor, type Clock, defineActor } from "@troupe/actor";
import {
  advance,
  type Command,
  createScheduler,
  type GoalOutcome,
  type GoalSpec,
  nextWake,
  type Report,
  type StartCommand,
  submit,
  type Workflow,
  workflowGoal,
  workflowSettings,
} from "@troupe/orchestration";
import { RunnersLostError, SilentRunnerError } from "../errors.ts";
import { conductorProtocol } from "./conductor-protocol.ts";
import { Roster } from "./roster.ts";
import { runnerProtocol } from "./runner.ts";

/** Longest delay of a timer: beyond it, timers of Node fire at once. */
const longestDelayMs = 2 ** 31 - 1;

/**
 * How long before the expected end of a run its runner is given the next, if one is ready, so that the runner
 * need not wait for messages to go there and back: a few of their times, and of a timer's lateness.
 */
const leadMs = 5;

/** A run that takes this much longer than its task is never heard of again, milliseconds. */
const silenceMs = 60_000;

/** What happens while a workflow is run. */
export type RunNews =
  | {
      readonly type: "started";
      readonly task: string;
      /** Address. */
      readonly runner: string;
      /** 1 for the first. */
      readonly attempt: number;
    }
  /** `ms`: how long it took where it ran. */
  | { readonly type: "finished"; readonly task: string; readonly ms: number }
  | { readonly type: "runner-lost"; readonly runner: string };

/** What a conductor needs to drive a workflow to its end. */
export interface Score {
  readonly workflow: Workflow;
  /** Addresses of runners; at least one. */
  readonly runners: readonly string[];
  /** Real milliseconds per recorded second. */
  readonly msPerSecond: number;
  readonly clock: Clock;
  readonly observe: (news: RunNews) => void;
  /** Called once, with the milliseconds that have passed since `begin`. */
  readonly ended: (outcome: GoalOutcome, ms: number) => void;
  /** Called instead when it cannot be brought to an end. */
  readonly failed: (error: Error) => void;
}

/**
 * Drives the scheduler: gives its commands to runners, and their reports to it. What has arrived together
 * is reported together, and what is started then leaves as one message per node. There is room for one run more
 * behind each that is about to end, and that much less when a runner is gone: its runs are done again elsewhere.
 */
export function conductor(score: Score): Actor<(typeof conductorProtocol)["messages"]> {
  const { workflow, runners, msPerSecond, clock, observe, ended, failed } = score;
  return defineActor(conductorProtocol, (context) => {
    const state = createScheduler(workflowSettings(workflow, runners.length));
    const msOf = new Map(workflow.tasks.map(({ id, seconds }) => [id, seconds * msPerSecond]));
    const roster = new Roster(runners);
    const tasks = new Map<number, string>();
    let reports: Report[] = [];
    let isDeciding = false;
    let began = 0;
    const now = (): { at: number } => ({ at: (clock.monotonic() - began) / msPerSecond });

    /** A run begins about now: knows when it is about to end. */
    const begins = (run: number): void => {
      const ms = msOf.get(tasks.get(run) ?? "") ?? 0;
      context.timers.once(`run-${run}`, Math.max(0, ms - leadMs), "ending", { run });
    };
    const start = ({ run, task, attempt }: StartCommand): void => {
      const taken = roster.take(run);
      if (taken === undefined)
        throw new RangeError("more runs were started than there is room for");
      const { runner, waits } = taken;
      tasks.set(run, task);
      const body = { run, ms: msOf.get(task) ?? 0, conductor: context.self.address };
      context.ref(runnerProtocol, runner).tell("work", body);
      observe({ type: "started", task, runner, attempt });
      if (!waits) begins(run);
    };
    const obey = (commands: readonly Command[]): void => {
      for (const command of commands) {
        if (command.type === "start") start(command);
        else if (command.type === "stop") {
          failed(
            new SilentRunnerError(roster.runnerOf(command.run) ?? "", command.task, silenceMs),
          );
        } else if (command.type === "ended") {
          ended(command.outcome, clock.monotonic() - began);
          context.stop();
        }
      }
      const wake = nextWake(state);
      if (wake === undefined) return context.timers.cancel("wake");
      const delay = Math.min(longestDelayMs, (wake - now().at) * msPerSecond);
      context.timers.once("wake", delay, "decide", {});
    };
    const decideSoon = (): void => {
      if (isDeciding) return;
      isDeciding = true;
      // The message goes behind those that have arrived with this one.
      context.self.tell("decide", {});
    };
    const lose = (runner: string): void => {
      for (const run of roster.remove(runner)) reports.push({ type: "failed", run });
      observe({ type: "runner-lost", runner });
      decideSoon();
      if (roster.runners === 0) failed(new RunnersLostError(runners.length));
    };

    return {
      begin: () => {
        for (const address of runners) context.watch({ address }, () => lose(address));
        began = clock.monotonic();
        obey(submit(state, goalOf(score), now()));
      },
      finished: ({ run, ms }) => {
        const next = roster.release(run);
        if (next === false) return;
        context.timers.cancel(`run-${run}`);
        if (next !== undefined) begins(next);
        observe({ type: "finished", task: tasks.get(run) ?? "", ms });
        reports.push({ type: "finished", run });
        decideSoon();
      },
      ending: ({ run }) => {
        roster.endsSoon(run);
        if (state.readyCount > 0) decideSoon();
      },
      decide: () => {
        const known = reports;
        reports = [];
        isDeciding = false;
        const capacity = { cpu: roster.room };
        obey(advance(state, [...known, { type: "capacity", capacity }], now()));
      },
    };
  });
}

/** The workflow as a goal whose runs are done again as often as they can be lost, once for each runner. */
function goalOf({ workflow, runners, msPerSecond }: Score): GoalSpec {
  const goal = workflowGoal(workflow);
  return {
    ...goal,
    tasks: goal.tasks.map((task) => ({
      ...task,
      timeout: (task.duration ?? 0) + silenceMs / msPerSecond,
      retry: { limit: runners.length, delay: 0 },
    })),
  };
}
