import { type Clock, defineActor } from "@troupe/actor";
import {
  advance,
  type Command,
  createScheduler,
  type GoalOutcome,
  nextWake,
  submit,
  type Workflow,
  workflowGoal,
  workflowSettings,
} from "@troupe/orchestration";
import { conductorProtocol } from "./conductor-protocol.ts";
import { runnerProtocol } from "./runner.ts";

/** Longest delay of a timer: beyond it, timers of Node fire at once. */
const longestDelayMs = 2 ** 31 - 1;

/** A run is given this much longer than its work could take, for all that a busy machine does besides. */
const graceMs = 600_000;

/** What a conductor needs to drive a workflow to its end. */
export interface Performance {
  readonly workflow: Workflow;
  /** Addresses of runners; at least one. */
  readonly runners: readonly string[];
  /** Real milliseconds per recorded second. */
  readonly msPerSecond: number;
  readonly clock: Clock;
  /** Called once, with the recorded seconds that have passed. */
  ended(outcome: GoalOutcome, seconds: number): void;
}

/** Drives the scheduler: gives its commands to runners, and their reports to it. */
export function conductor({ workflow, runners, msPerSecond, clock, ended }: Performance) {
  return defineActor(conductorProtocol, (context) => {
    const settings = workflowSettings(workflow, runners.length);
    const timeout = settings.timeout + graceMs / msPerSecond;
    const state = createScheduler({ ...settings, timeout });
    // A runner that is silent for so long is lost, and with it the measurement.
    const goal = { ...workflowGoal(workflow), failFast: true };
    const secondsOf = new Map(workflow.tasks.map(({ id, seconds }) => [id, seconds]));
    const idle = [...runners];
    const busy = new Map<number, string>();
    const began = clock.monotonic();
    const at = (): number => (clock.monotonic() - began) / msPerSecond;

    const obey = (commands: readonly Command[]): void => {
      for (const command of commands) {
        if (command.type === "ended") ended(command.outcome, at());
        if (command.type !== "start") continue;
        const runner = idle.pop();
        if (runner === undefined) throw new RangeError("more runs were started than fit");
        busy.set(command.run, runner);
        const ms = (secondsOf.get(command.task) ?? 0) * msPerSecond;
        const body = { run: command.run, ms, conductor: context.self.address };
        context.ref(runnerProtocol, runner).tell("work", body);
      }
      const wake = nextWake(state);
      if (wake === undefined) return;
      const delay = Math.min(longestDelayMs, (wake - at()) * msPerSecond);
      context.timers.once("wake", delay, "wake", {});
    };

    return {
      begin: () => obey(submit(state, goal, { at: at() })),
      finished: ({ run }) => {
        const runner = busy.get(run);
        if (runner === undefined) return;
        busy.delete(run);
        idle.push(runner);
        obey(advance(state, [{ type: "finished", run }], { at: at() }));
      },
      wake: () => obey(advance(state, [], { at: at() })),
    };
  });
}
