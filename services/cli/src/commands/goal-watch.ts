import { type TargetOptions, withDeployment } from "../connection.ts";
import { InterruptedError } from "../errors.ts";
import { exitCodeOfGoal } from "../goal-end.ts";
import type { Io } from "../io.ts";
import { watchGoal } from "../watch-goal.ts";

/** `troupe goal watch`: follows a goal to its end. */
export function goalWatch(
  io: Io,
  goal: string,
  options: TargetOptions & { readonly json: boolean; readonly timeout: number },
): Promise<number> {
  const { json, timeout } = options;
  let isKnown = false;
  const done = withDeployment(io, options, async (deployment) => {
    await deployment.client.show(goal);
    isKnown = true;
    return exitCodeOfGoal(await watchGoal(io, { deployment, goal, json, limitMs: timeout * 1000 }));
  });
  return done.catch((error) => {
    throw error instanceof InterruptedError && isKnown ? new InterruptedError(goal) : error;
  });
}
