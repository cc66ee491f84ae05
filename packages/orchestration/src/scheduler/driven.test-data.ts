import type { Command, StartCommand } from "./commands.ts";
import type { GoalSpec } from "./goal-spec.ts";
import { advance, createScheduler, type Report, submit } from "./scheduler.ts";
import type { SchedulerSettings, SchedulerState } from "./state.ts";

/** A scheduler driven by hand: commands as short lines, runs by the name of their task. */
export class Driven {
  readonly state: SchedulerState;
  #now = 0;
  readonly #runs = new Map<string, number>();

  constructor(settings: Partial<SchedulerSettings> = {}) {
    this.state = createScheduler({ capacity: { cpu: 2 }, timeout: 1000, ...settings });
  }

  submit(goal: GoalSpec): readonly string[] {
    return this.#lines(submit(this.state, goal, { at: this.#now }));
  }

  /** @param names tasks, `task'` for the second copy */
  finish(...names: readonly string[]): readonly string[] {
    return this.report(
      ...names.map((name) => ({ type: "finished" as const, run: this.run(name) })),
    );
  }

  fail(name: string, retryable = true): readonly string[] {
    return this.report({ type: "failed", run: this.run(name), retryable });
  }

  report(...reports: readonly Report[]): readonly string[] {
    return this.#lines(advance(this.state, reports, { at: this.#now }));
  }

  /** Lets time pass. */
  at(now: number, jitter = 0): readonly string[] {
    this.#now = now;
    return this.#lines(advance(this.state, [], { at: now, jitter }));
  }

  run(name: string): number {
    return this.#runs.get(name) ?? -1;
  }

  #lines(commands: readonly Command[]): readonly string[] {
    return commands.map((command) => {
      switch (command.type) {
        case "start":
          this.#runs.set(nameOf(command), command.run);
          return `start ${nameOf(command)}${command.attempt > 1 ? ` again` : ""}`;
        case "stop":
          return `stop ${command.task}: ${command.reason}`;
        case "settled":
          return `${command.task} ${command.outcome}${command.because === undefined ? "" : ` by ${command.because}`}`;
        case "ended":
          return `${command.goal} ${command.outcome}`;
      }
      throw new RangeError("there is no such command");
    });
  }
}

function nameOf({ task, speculative }: StartCommand): string {
  return speculative ? `${task}'` : task;
}
