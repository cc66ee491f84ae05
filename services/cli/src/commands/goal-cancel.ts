import { type TargetOptions, withDeployment } from "../connection.ts";
import { exitCodes } from "../errors.ts";
import type { Io } from "../io.ts";
import { writeJson, writeLines } from "../output/write.ts";
import { whoAsks } from "../who-asks.ts";

/** `troupe goal cancel`: asks for a goal to be stopped. */
export async function goalCancel(
  io: Io,
  goal: string,
  options: TargetOptions & {
    readonly json: boolean;
    readonly reason: string;
    /** Default: the name of the user who runs the command. */
    readonly by?: string;
  },
): Promise<number> {
  const { json, reason } = options;
  const by = whoAsks(io, options);
  await withDeployment(io, options, ({ client }) => client.cancel(goal, reason, by));
  if (json) writeJson(io.out, { goal, cancelling: true });
  else writeLines(io.out, [`goal ${goal} is being cancelled: ${reason}`]);
  return exitCodes.ok;
}
