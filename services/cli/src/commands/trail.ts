import { type TargetOptions, withDeployment } from "../connection.ts";
import { exitCodes } from "../errors.ts";
import { type Io, screenOf } from "../io.ts";
import { trailLines } from "../output/trail-lines.ts";
import { writeJson, writeLines } from "../output/write.ts";

/** `troupe trail`: what the agents that reason for a goal did, step by step, also after it has ended. */
export async function trail(
  io: Io,
  goal: string,
  options: TargetOptions & { readonly json: boolean; readonly task?: string },
): Promise<number> {
  const { task } = options;
  const found = await withDeployment(io, options, ({ client }) =>
    client.trail(goal, task === undefined ? {} : { task }),
  );
  if (options.json) writeJson(io.out, found);
  else writeLines(io.out, trailLines(found, screenOf(io.out)));
  return exitCodes.ok;
}
