import { type TargetOptions, withDeployment } from "../connection.ts";
import { exitCodes } from "../errors.ts";
import { type Io, screenOf } from "../io.ts";
import { planScreen } from "../output/plan-screen.ts";
import { writeJson, writeLines } from "../output/write.ts";

/** `troupe plan`: what a goal's agents set out to do, how sure they were, and what changed on the way. */
export async function plan(
  io: Io,
  goal: string,
  options: TargetOptions & { readonly json: boolean },
): Promise<number> {
  const view = await withDeployment(io, options, ({ client }) => client.show(goal));
  if (options.json) {
    const { id, phase, planConfidence, criticalPath, risks, task, replanned } = view;
    writeJson(io.out, {
      goal: id,
      phase,
      confidence: planConfidence ?? null,
      criticalPath,
      risks,
      tasks: task,
      plan: view.plan ?? null,
      replanned,
    });
  } else {
    writeLines(io.out, planScreen(view, screenOf(io.out)));
  }
  return exitCodes.ok;
}
