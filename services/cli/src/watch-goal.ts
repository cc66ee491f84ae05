import { type GoalEvent, type GoalView, viewOf } from "@troupe/goals";
import type { Deployment } from "./connection.ts";
import { follow } from "./follow.ts";
import { criticalPathOf } from "./goal-trace.ts";
import { type Io, screenOf } from "./io.ts";
import { eventLine } from "./output/event-line.ts";
import { LiveRegion } from "./output/live-region.ts";
import type { Notices } from "./output/notices.ts";
import { advance, noProgress } from "./output/progress.ts";
import { progressScreen } from "./output/progress-screen.ts";
import { resultScreen } from "./output/result-screen.ts";
import { writeJson, writeLines } from "./output/write.ts";
import { unlessInterrupted } from "./waiting.ts";

/** Longest wait for the last spans of a goal that has just ended. */
const spansWaitMs = 3000;

export interface WatchOptions {
  readonly deployment: Pick<Deployment, "client">;
  readonly goal: string;
  readonly json: boolean;
  /** Longest time to follow, milliseconds. */
  readonly limitMs: number;
  /** What else may have to be told meanwhile. */
  readonly notices?: Notices;
}

/**
 * Shows a goal's course until it has ended, and then its result: a living task list in a terminal,
 * a line per decision elsewhere, a JSON line per decision when asked.
 *
 * @throws GoalStalledError when nothing is heard of it; InterruptedError on Ctrl-C
 */
export async function watchGoal(io: Io, options: WatchOptions): Promise<GoalView> {
  const { goal, json, limitMs } = options;
  const { client } = options.deployment;
  let progress = noProgress(goal);
  const region =
    json || !io.out.live
      ? undefined
      : new LiveRegion(io, (now, screen) => progressScreen(progress, now, screen));
  const restore =
    region === undefined ? undefined : options.notices?.divert((lines) => region.above(lines));
  const observe = (event: GoalEvent): void => {
    progress = advance(progress, event);
    if (json) writeJson(io.out, { type: "event", goal, ...event });
    else if (region === undefined) writeLines(io.out, [eventLine(event, progress)]);
  };
  try {
    await unlessInterrupted(
      io,
      follow({ client, clock: io.clock, goal, limitMs, signal: io.interrupted }, observe),
    );
  } finally {
    restore?.();
    region?.end();
  }
  const view = viewOf(progress.state);
  if (json) {
    writeJson(io.out, { type: "result", goal: view });
  } else {
    const path = await criticalPathOf(client, io.clock, view, spansWaitMs).catch(() => undefined);
    const shown = {
      path,
      otlpEndpoint: io.environment["OTEL_EXPORTER_OTLP_ENDPOINT"],
    };
    writeLines(io.out, ["", ...resultScreen(view, shown, screenOf(io.out)), ""]);
  }
  return view;
}
