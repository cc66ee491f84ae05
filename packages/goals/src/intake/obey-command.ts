import { type ActorSystem, AskError, type TroupeError } from "@troupe/actor";
import { coordinatorProtocol } from "../coordinator/protocol.ts";
import {
  GoalChangesHandsError,
  GoalEndedError,
  GoalNotFoundError,
  NotAskedError,
} from "../errors.ts";
import { applyRecords } from "../goal/apply-records.ts";
import { droppedTasks } from "../goal/dropped-tasks.ts";
import type { GoalJournal } from "../goal/journal.ts";
import { hasEnded } from "../goal/phases.ts";
import type { GoalRecord } from "../goal/records.ts";
import type { GoalState } from "../goal/state.ts";
import type { Command } from "./command.ts";

/** How long a coordinator has to record a command, milliseconds. */
const recordingMs = 4000;

/** What became of a command. */
export type Obeyed =
  /** The goal slept: it is this node's from now on, to be coordinated under the command's delivery. */
  | { readonly is: "awake" }
  /** The coordinator of the goal has recorded it, or it was dealt with before. */
  | { readonly is: "told" }
  | { readonly is: "refused"; readonly error: TroupeError };

/**
 * Sees that a command gets into the journal of its goal: through the coordinator where there is one,
 * else by waking the goal.
 *
 * @param sequence of the command in the goal stream
 * @throws GoalChangesHandsError, FencedError when it has to be tried again
 */
export async function obeyCommand(
  journal: GoalJournal,
  command: Command,
  sequence: number,
  system: ActorSystem,
): Promise<Obeyed> {
  const { state } = journal;
  if (state.sequence === sequence) {
    // Delivered again: what it says is on record, and its goal is coordinated under it.
    if (hasEnded(state) || state.suspended) return { is: "told" };
    await journal.append({ type: "resumed", node: system.node });
    return { is: "awake" };
  }
  const refusal = refusalFor(state, command);
  if (refusal !== undefined) return { is: "refused", error: refusal };
  if (!state.suspended) return tellCoordinator(state, command, system);
  const said = recordOf(command);
  const after = applyRecords(state, [said], state.updatedAt);
  await journal.append(said, ...droppedTasks(after), {
    type: "resumed",
    node: system.node,
    sequence,
  });
  return { is: "awake" };
}

function refusalFor(state: GoalState, command: Command): TroupeError | undefined {
  const { id, phase, tasks } = state;
  if (phase === "unknown") return new GoalNotFoundError(id);
  if (hasEnded(state)) return new GoalEndedError(id, phase);
  if (command.command === "cancel" || tasks[command.task]?.status === "asked") return undefined;
  const asking = Object.values(tasks).filter(({ status }) => status === "asked");
  return new NotAskedError(
    id,
    command.task,
    asking.map((task) => task.id),
  );
}

async function tellCoordinator(
  state: GoalState,
  command: Command,
  system: ActorSystem,
): Promise<Obeyed> {
  const ref = system.ref(coordinatorProtocol, `${state.coordinator}/goal-${state.id}`);
  const within = { withinMs: recordingMs };
  try {
    const { recorded } =
      command.command === "cancel"
        ? await ref.ask("cancel", cancelOf(command), within)
        : await ref.ask("approve", answerOf(command), within);
    if (recorded) return { is: "told" };
  } catch (error) {
    if (!(error instanceof AskError)) throw error;
  }
  throw new GoalChangesHandsError(state.id);
}

function recordOf(command: Command): GoalRecord {
  if (command.command === "cancel") return { type: "cancel-requested", ...cancelOf(command) };
  return { type: "approval-given", ...answerOf(command) };
}

function cancelOf({ reason, by }: Extract<Command, { command: "cancel" }>) {
  return { reason, ...(by === undefined ? {} : { by }) };
}

function answerOf({ task, approved, by, note }: Extract<Command, { command: "approve" }>) {
  return { task, approved, by, ...(note === undefined ? {} : { note }) };
}
