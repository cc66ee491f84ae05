import type { GoalClient, GoalView } from "@troupe/goals";
import { type TargetOptions, withDeployment } from "../connection.ts";
import { exitCodes, NothingAskedError, UsageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { writeJson, writeLines } from "../output/write.ts";
import { whoAsks } from "../who-asks.ts";

export interface GoalApproveOptions extends TargetOptions {
  readonly json: boolean;
  readonly reject: boolean;
  /** Default: the only task that asks. */
  readonly task?: string;
  readonly note?: string;
  /** Default: the name of the user who runs the command. */
  readonly by?: string;
}

/** `troupe goal approve`: answers a task that asks people, and wakes its goal if it sleeps. */
export async function goalApprove(
  io: Io,
  goal: string,
  options: GoalApproveOptions,
): Promise<number> {
  const { json, note } = options;
  const answer = {
    approved: !options.reject,
    by: whoAsks(io, options),
    ...(note === undefined ? {} : { note }),
  };
  const task = await withDeployment(io, options, async ({ client }) => {
    const asking = options.task ?? (await onlyAsking(client, goal));
    await client.approve(goal, { task: asking, ...answer });
    return asking;
  });
  if (json) writeJson(io.out, { goal, task, ...answer });
  else {
    const verb = answer.approved ? "approved" : "rejected";
    writeLines(io.out, [`task '${task}' of goal ${goal} is ${verb} by ${answer.by}`]);
  }
  return exitCodes.ok;
}

/**
 * The task of a goal that asks.
 *
 * @throws UsageError when several do; NothingAskedError when none does
 */
async function onlyAsking(client: Pick<GoalClient, "show">, goal: string): Promise<string> {
  const view = await client.show(goal);
  const asking = view.task.filter(({ status }) => status === "asked");
  const [first] = asking;
  if (first !== undefined && view.approvals === 1) return first.id;
  if (view.approvals === 0) throw new NothingAskedError(goal, view.phase);
  throw new UsageError(
    `goal '${goal}' asks ${view.approvals} things: name one with --task: ${asking.map(question).join("; ")}`,
  );
}

function question({ id, question: text }: GoalView["task"][number]): string {
  return text === undefined ? id : `${id} (${text})`;
}
