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
  const { goals, more } = await withDeployment(io, options, ({ client }) => client.listPage({}));
  if (options.json) writeJson(io.out, { goals });
  else {
    writeLines(io.out, goalListScreen(goals, io.clock.now(), screenOf(io.out)));
    if (more) writeLines(io.out, ["and older ones, which the console shows: troupe console"]);
  }
  return exitCodes.ok;
}
