import { type TargetOptions, withDeployment } from "../connection.ts";
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
  return withDeployment(io, options, async (deployment) => {
    await deployment.client.show(goal);
    return exitCodeOfGoal(await watchGoal(io, { deployment, goal, json, limitMs: timeout * 1000 }));
  });
}
