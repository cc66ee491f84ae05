import type { StoredStep } from "@troupe/agents";
import type { GoalClient } from "@troupe/goals";
import { type TargetOptions, withDeployment } from "../connection.ts";
import { exitCodes } from "../errors.ts";
import { follow } from "../follow.ts";
import { type Io, screenOf } from "../io.ts";
import { trailLines } from "../output/trail-lines.ts";
import { trailRecordLine } from "../output/trail-record-line.ts";
import { writeJson, writeLines } from "../output/write.ts";
import { unlessInterrupted } from "../waiting.ts";

interface TrailOptions extends TargetOptions {
  readonly json: boolean;
  readonly watch: boolean;
  /** Longest time to follow, seconds. */
  readonly timeout: number;
  readonly task?: string;
}

/**
 * `troupe trail`: what the agents that reason for a goal did, step by step, also after it has ended; or what they do, until
 * it ends.
 *
 * @throws GoalStalledError, FollowLimitError, InterruptedError while it is followed
 */
export async function trail(io: Io, goal: string, options: TrailOptions): Promise<number> {
  const { json, task, watch } = options;
  if (watch) {
    await withDeployment(io, options, ({ client }) => watchTrail(io, client, goal, options));
    return exitCodes.ok;
  }
  const found = await withDeployment(io, options, ({ client }) =>
    client.trail(goal, task === undefined ? {} : { task }),
  );
  if (json) writeJson(io.out, found);
  else writeLines(io.out, trailLines(found, screenOf(io.out)));
  return exitCodes.ok;
}

async function watchTrail(
  io: Io,
  client: GoalClient,
  goal: string,
  { json, task, timeout }: TrailOptions,
): Promise<void> {
  await client.show(goal);
  let last = 0;
  const observe = (step: StoredStep): void => {
    if (step.sequence <= last) return;
    last = step.sequence;
    if (json) writeJson(io.out, { type: "step", goal, ...step });
    else writeLines(io.out, trailRecordLine(step, screenOf(io.out)));
  };
  const watching = await client.watchTrail(goal, { task }, observe);
  const { clock, interrupted: signal } = io;
  try {
    const limitMs = timeout * 1000;
    await unlessInterrupted(
      io,
      follow({ client, clock, goal, limitMs, signal }, () => {}),
    );
  } finally {
    watching.unsubscribe();
  }
  // An event on its way can be lost.
  for (let next: number | undefined = last; next !== undefined; ) {
    const page: Awaited<ReturnType<GoalClient["trailPage"]>> = await client.trailPage(goal, {
      task,
      after: next,
    });
    page.records.forEach(observe);
    next = page.next;
  }
}
