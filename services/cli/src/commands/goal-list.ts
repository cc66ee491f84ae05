import { type TargetOptions, withDeployment } from "../connection.ts";
import { exitCodes } from "../errors.ts";
import { type Io, screenOf } from "../io.ts";
import { goalListScreen } from "../output/goal-list-screen.ts";
import { writeJson, writeLines } from "../output/write.ts";

/** `troupe goal list`: the goals known, newest first. */
export async function goalList(
  io: Io,
  options: TargetOptions & { readonly json: boolean },
): Promise<number> {
  const goals = await withDeployment(io, options, ({ client }) => client.list());
  if (options.json) writeJson(io.out, { goals });
  else writeLines(io.out, goalListScreen(goals, screenOf(io.out)));
  return exitCodes.ok;
}
