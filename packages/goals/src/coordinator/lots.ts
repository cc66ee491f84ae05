import { lotLimit } from "@troupe/agents";
import { lotName } from "../goal/records.ts";
import type { GoalState, TaskState } from "../goal/state.ts";

/** Most bytes of inputs in one order, as JSON: it travels in one message. */
const inputBytes = 256 * 1024;

/** Tasks that are auctioned together. */
export interface Lot {
  /** Unique in the goal. */
  readonly name: string;
  readonly type: string;
  readonly attempt: number;
  readonly tasks: readonly TaskState[];
}

/**
 * Puts ready tasks together that one agent may as well do one after the other: copies of one task,
 * at the same attempt. With many more of them than agents the lots are large, and towards the end
 * they become small, so that all agents end together (guided self-scheduling, Polychronopoulos and
 * Kuck, 1987).
 *
 * Made as they are asked for: whoever has room for some need not pay for all.
 *
 * @param ready tasks in the order they should begin
 * @param agentsFor how many agents there are for a type
 * @param sizeOf bytes of a task's input as it will be sent
 */
export function formLots(
  ready: readonly TaskState[],
  agentsFor: (type: string) => number,
  sizeOf: (task: TaskState) => number,
): Iterable<Lot> {
  const groups = new Map<string, TaskState[]>();
  for (const task of ready) {
    const key = mayShare(task) ? `${task.of}/${task.attempts}` : `${task.id}/`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [task]);
    else group.push(task);
  }
  return eachOf(groups.values(), (group) => split(group, agentsFor, sizeOf));
}

function* eachOf<Group, Item>(
  groups: Iterable<Group>,
  split: (group: Group) => Iterable<Item>,
): Iterable<Item> {
  for (const group of groups) yield* split(group);
}

/** The lot of one more attempt at a task. */
export function lotOf(tasks: readonly [TaskState, ...TaskState[]]): Lot {
  const [first] = tasks;
  const attempt = first.attempts + 1;
  return { name: lotName(first.id, attempt), type: first.type, attempt, tasks };
}

/** A lot that an agent has. */
export interface HeldLot {
  readonly lot: string;
  readonly agent: string;
  readonly attempt: number;
  readonly tasks: readonly string[];
}

/** What the agents of a goal have, lot by lot. */
export function lotsWithAgents({ counts, tasks }: GoalState): readonly HeldLot[] {
  if (counts.awarded === 0) return [];
  const lots = new Map<string, HeldLot & { readonly tasks: string[] }>();
  for (const { id, runs } of Object.values(tasks)) {
    for (const { lot, winner: agent, attempt } of runs) {
      const known = lots.get(lot);
      if (known === undefined) lots.set(lot, { lot, agent, attempt, tasks: [id] });
      else known.tasks.push(id);
    }
  }
  return [...lots.values()];
}

/** What races others, or holds resources, is placed on its own. */
function mayShare({ of, speculateAfter, resources }: TaskState): boolean {
  return of !== undefined && speculateAfter === undefined && resources === undefined;
}

function* split(
  group: readonly TaskState[],
  agentsFor: (type: string) => number,
  sizeOf: (task: TaskState) => number,
): Iterable<Lot> {
  const agents = Math.max(1, agentsFor(group[0]?.type ?? ""));
  for (let at = 0; at < group.length; ) {
    const left = group.length - at;
    const most = Math.min(lotLimit, Math.ceil(left / (2 * agents)));
    let count = 0;
    let bytes = 0;
    for (const task of group.slice(at, at + most)) {
      bytes += sizeOf(task);
      if (count > 0 && bytes > inputBytes) break;
      count += 1;
    }
    const [first, ...others] = group.slice(at, at + count);
    if (first !== undefined) yield lotOf([first, ...others]);
    at += count;
  }
}
