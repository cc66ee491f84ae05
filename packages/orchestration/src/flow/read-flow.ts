import type { z } from "zod";
import { type FlowIssue, InvalidFlowError } from "../errors.ts";
import { indexGraph } from "../index-graph.ts";
import { type Flow, type FlowTask, flowSchema, flowTaskLimit } from "./flow.ts";
import { referencesIn } from "./input.ts";
import type { TaskTypes } from "./task-types.ts";

/** Most dependencies of one flow, between all copies. */
const edgeLimit = 100_000;

/**
 * Reads a flow that somebody wrote, a person, a planner or a model, and checks all of it before
 * anything runs: shapes, names, circles, results that are referred to but not waited for, types that
 * nobody has registered and inputs that these do not take.
 *
 * @param types what can be asked for. Default: types and inputs are not checked
 * @throws InvalidFlowError naming everything that is wrong, each with its place
 */
export function readFlow(document: unknown, types?: TaskTypes): Flow {
  const parsed = flowSchema.safeParse(document);
  if (!parsed.success) throw new InvalidFlowError(issuesOf(parsed.error));
  const flow = parsed.data;
  const issues = [
    ...countIssue(flow),
    ...edgeIssue(flow),
    ...flow.tasks.flatMap((task, index) => taskIssues(task, `tasks.${index}`, types)),
  ];
  if (issues.length > 0) throw new InvalidFlowError(issues);
  const nodes = flow.tasks.map((task) => ({ id: task.id, dependsOn: dependenciesOf(task) }));
  try {
    indexGraph(nodes);
  } catch (error) {
    const { message } = error as Error;
    throw new InvalidFlowError([{ path: "tasks", message }]);
  }
  return flow;
}

function dependenciesOf({ dependsOn }: FlowTask): readonly string[] {
  return dependsOn.map((edge) => (typeof edge === "string" ? edge : edge.task));
}

function countIssue({ tasks }: Flow): readonly FlowIssue[] {
  const count = tasks.reduce((sum, { copies = 1 }) => sum + copies, 0);
  if (count <= flowTaskLimit) return [];
  const message = `${count} tasks with their copies exceed the limit of ${flowTaskLimit}: let one task do more`;
  return [{ path: "tasks", message }];
}

/** Copies that depend on copies wait for each of them. */
function edgeIssue({ tasks }: Flow): readonly FlowIssue[] {
  const copiesOf = new Map(tasks.map(({ id, copies = 1 }) => [id, copies]));
  const count = tasks.reduce(
    (sum, task) =>
      sum +
      (task.copies ?? 1) *
        dependenciesOf(task).reduce((edges, name) => edges + (copiesOf.get(name) ?? 1), 0),
    0,
  );
  if (count <= edgeLimit) return [];
  const message = `${count} dependencies with all copies exceed the limit of ${edgeLimit}: put one task between the copies`;
  return [{ path: "tasks", message }];
}

function taskIssues(task: FlowTask, path: string, types: TaskTypes | undefined): FlowIssue[] {
  const depends = new Set(dependenciesOf(task));
  const missing = referencesIn(task.input)
    .filter((name) => !depends.has(name))
    .map((name) => ({
      path: `${path}.input`,
      message: `uses the result of '${name}', which '${task.id}' does not depend on: add it to dependsOn`,
    }));
  const undo = task.compensate;
  return [
    ...missing,
    ...(types?.check(task.type, task.input) ?? []).map((issue) => within(path, issue)),
    ...(undo === undefined ? [] : (types?.check(undo.type, undo.input) ?? [])).map((issue) =>
      within(`${path}.compensate`, issue),
    ),
  ];
}

function within(path: string, issue: FlowIssue): FlowIssue {
  return { path: `${path}.${issue.path}`, message: issue.message };
}

function issuesOf(error: z.ZodError): readonly FlowIssue[] {
  return error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
}
