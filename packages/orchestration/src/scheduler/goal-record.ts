import { InvalidValueError, UnsatisfiableDemandError } from "../errors.ts";
import { indexGraph } from "../index-graph.ts";
import { upwardRanks } from "../path-lengths.ts";
import { expectedDuration } from "./estimates.ts";
import type { Dependency, GoalSpec, TaskSpec } from "./goal-spec.ts";
import { demandClass, type Resources } from "./resources.ts";
import type { GoalRecord, SchedulerState, TaskRecord } from "./state.ts";
import { checkGoal } from "./value-checks.ts";

/** What a task holds that does not say. */
const defaultDemand: Resources = { cpu: 1 };

/** Checks a goal, and makes the record that the scheduler keeps of it. Changes nothing. */
export function goalRecord(state: SchedulerState, spec: GoalSpec): GoalRecord {
  checkGoal(spec);
  const edges = spec.tasks.map(edgesOf);
  const graph = indexGraph(
    spec.tasks.map(({ id }, index) => ({ id, dependsOn: (edges[index] ?? []).map(taskName) })),
  );
  const expected = spec.tasks.map((task) => expectedDuration(state.estimates, task));
  const ranks = upwardRanks(graph, expected);
  const policies = edges.map(
    (ofTask) => new Map(ofTask.map(({ task, onFailure = "fail" }) => [task, onFailure])),
  );
  const tasks = spec.tasks.map((task, index): TaskRecord => {
    const demand = demandOf(task, state.settings.capacity);
    const { id, kind, retry, speculateAfter, timeout = state.settings.timeout } = task;
    return {
      id,
      ...(kind === undefined ? {} : { kind }),
      ...(retry === undefined ? {} : { retry }),
      ...(speculateAfter === undefined ? {} : { speculateAfter }),
      expected: expected[index] ?? 0,
      rank: ranks[index] ?? 0,
      demand,
      demandClass: demandClass(demand),
      timeout,
      dependents: (graph.dependents[index] ?? []).map((dependent) => ({
        task: dependent,
        onFailure: policies[dependent]?.get(id) ?? "fail",
      })),
      status: "waiting",
      waitingFor: graph.dependencies[index]?.length ?? 0,
      failures: 0,
      runs: [],
      overtaken: 0,
    };
  });
  return {
    id: spec.id,
    number: state.nextGoal,
    share: spec.share ?? 1,
    failFast: spec.failFast ?? false,
    tasks,
    unsettled: tasks.length,
    ready: {},
    readyCount: 0,
    queued: {},
    pass: state.virtualTime,
    hasFailed: false,
    isPartial: false,
  };
}

function edgesOf({ id, dependsOn = [] }: TaskSpec): readonly Dependency[] {
  const edges = dependsOn.map((edge) => (typeof edge === "string" ? { task: edge } : edge));
  const seen = new Set<string>();
  for (const { task } of edges) {
    if (seen.has(task)) {
      throw new InvalidValueError(`task '${id}'`, "dependsOn", task, "named once only");
    }
    seen.add(task);
  }
  return edges;
}

const taskName = ({ task }: Dependency): string => task;

function demandOf({ id, resources = defaultDemand }: TaskSpec, capacity: Resources): Resources {
  for (const [name, amount] of Object.entries(resources)) {
    const most = Object.hasOwn(capacity, name) ? (capacity[name] ?? 0) : 0;
    if (amount > most) throw new UnsatisfiableDemandError(id, name, amount, most);
  }
  return resources;
}
