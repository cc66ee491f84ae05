import type { Command, StartCommand } from "../scheduler/commands.ts";
import type { GoalSpec } from "../scheduler/goal-spec.ts";
import { type Before, pop, push } from "../scheduler/heap.ts";
import { advance, createScheduler, nextWake, type Report, submit } from "../scheduler/scheduler.ts";
import type { SchedulerSettings, SchedulerState } from "../scheduler/state.ts";

/** What comes of a run: when, counted from its start, it reports how it ended. */
export interface RunEnd {
  readonly after: number;
  readonly how: "finished" | "failed" | "fatal";
}

/** A world to schedule in. */
export interface World {
  /** `undefined`: the run is never heard of again. */
  run(start: StartCommand): RunEnd | undefined;
  /** Random numbers, 0 to 1, for the scheduler. Default: always 0. */
  jitter?(): number;
}

/** A goal, and when it is submitted. */
export interface Arrival {
  readonly at: number;
  readonly goal: GoalSpec;
}

/** A command and when it was given. */
export interface TimedCommand {
  readonly at: number;
  readonly command: Command;
}

/** All that was done in virtual time. */
export interface VirtualRun {
  readonly commands: readonly TimedCommand[];
  /** The scheduler afterwards, with nothing left to do. */
  readonly state: SchedulerState;
}

interface Due {
  readonly at: number;
  readonly run: number;
  readonly how: RunEnd["how"];
}

/** Runs goals to their end in virtual time: as fast as the scheduler decides, without waiting. */
export function scheduleInVirtualTime(
  settings: SchedulerSettings,
  arrivals: readonly Arrival[],
  world: World,
): VirtualRun {
  const state = createScheduler(settings);
  const ends: Due[] = [];
  const given: TimedCommand[] = [];
  const obey = (at: number, commands: readonly Command[]): void => {
    for (const command of commands) {
      given.push({ at, command });
      const end = command.type === "start" ? world.run(command) : undefined;
      if (end === undefined || command.type !== "start") continue;
      push(ends, { at: at + end.after, run: command.run, how: end.how }, byTime);
    }
  };
  const coming = arrivals.toSorted((a, b) => a.at - b.at);
  for (;;) {
    const at = nextMoment(state, coming[0]?.at, ends[0]?.at);
    if (at === undefined) return { commands: given, state };
    const moment = (): { at: number; jitter: number } => ({ at, jitter: world.jitter?.() ?? 0 });
    obey(at, advance(state, reportsAt(ends, at), moment()));
    while (coming[0] !== undefined && coming[0].at <= at) {
      const arrival = coming.shift();
      if (arrival !== undefined) obey(at, submit(state, arrival.goal, moment()));
    }
  }
}

const byTime: Before<Due> = (a, b) => a.at < b.at || (a.at === b.at && a.run < b.run);

function nextMoment(
  state: SchedulerState,
  ...others: readonly (number | undefined)[]
): number | undefined {
  const times = [nextWake(state), ...others].filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}

function reportsAt(ends: Due[], at: number): readonly Report[] {
  const reports: Report[] = [];
  while (ends[0] !== undefined && ends[0].at <= at) {
    const due = pop(ends, byTime);
    if (due === undefined) break;
    const { run, how } = due;
    reports.push(
      how === "finished"
        ? { type: "finished", run }
        : { type: "failed", run, retryable: how === "failed" },
    );
  }
  return reports;
}
