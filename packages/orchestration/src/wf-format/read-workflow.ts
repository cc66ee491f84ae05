import { CyclicDependencyError, WfFormatError } from "../errors.ts";
import { validateGraph } from "../task-graph.ts";
import { jsonFault } from "./json-fault.ts";
import { Place } from "./place.ts";
import { inlineTasks, type RecordedTask, splitTasks } from "./recorded-tasks.ts";
import type { Workflow } from "./workflow.ts";

const knownVersions: readonly string[] = ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6"];

/**
 * Reads a recorded workflow in WfFormat, the JSON format of the WfCommons project, versions 1.0
 * to 1.6. Only names, dependencies and runtimes are read: whatever else differs between versions
 * and files does not matter.
 *
 * @param source name of the document for errors, usually the file
 * @throws WfFormatError naming the place, also when tasks depend on each other in a circle
 */
export function readWorkflow(text: string, source: string): Workflow {
  const document = new Place(source, "", parse(text, source));
  const version = document.field("schemaVersion");
  const schemaVersion = String(version.value ?? "");
  if (!knownVersions.includes(schemaVersion)) {
    const found = schemaVersion === "" ? "is missing" : `'${schemaVersion}' is not known`;
    throw version.error(`the version ${found}; known are ${knownVersions.join(", ")}`);
  }
  const recorded = recordedTasks(document.field("workflow"));
  const dependencies = dependenciesOf(recorded);
  const tasks = recorded.map(({ key, seconds }) => ({
    id: key,
    dependsOn: [...(dependencies.get(key) ?? [])],
    seconds,
  }));
  try {
    validateGraph(Object.fromEntries(tasks.map(({ id, dependsOn }) => [id, dependsOn])));
  } catch (thrown) {
    if (!(thrown instanceof CyclicDependencyError)) throw thrown;
    throw document.field("workflow").error(thrown.message);
  }
  return { schemaVersion, tasks };
}

function parse(text: string, source: string): unknown {
  const json = text.replace(/^\uFEFF/, "");
  try {
    return JSON.parse(json);
  } catch (thrown) {
    const detail = thrown instanceof Error ? printableLine(thrown.message) : String(thrown);
    throw new WfFormatError(source, jsonFault(json), `not JSON: ${detail}`);
  }
}

/** The parser quotes the text, line breaks included. */
function printableLine(message: string): string {
  return message.replaceAll(/\s+/g, " ");
}

/** The shape decides, not the version: files exist whose version was raised and nothing else. */
function recordedTasks(workflow: Place): readonly RecordedTask[] {
  const specification = workflow.field("specification");
  if (!specification.isMissing) return splitTasks(specification, workflow.field("execution"));
  const tasks = workflow.field("tasks");
  const list = tasks.isMissing ? workflow.field("jobs") : tasks;
  if (list.isMissing) throw workflow.error("there are no tasks: expected specification or tasks");
  return inlineTasks(list);
}

/** Edges are stated at either end, or both; each counts once. */
function dependenciesOf(tasks: readonly RecordedTask[]): ReadonlyMap<string, Set<string>> {
  const dependencies = new Map<string, Set<string>>();
  for (const { place, key } of tasks) {
    if (dependencies.has(key)) throw place.error(`there are two tasks '${key}'`);
    dependencies.set(key, new Set());
  }
  const resolve = resolver(tasks);
  for (const { place, key } of tasks) {
    for (const parent of place.field("parents").items())
      dependencies.get(key)?.add(resolve(parent));
    for (const child of place.field("children").items()) dependencies.get(resolve(child))?.add(key);
  }
  return dependencies;
}

function resolver(tasks: readonly RecordedTask[]): (reference: Place) => string {
  const keys = new Set(tasks.map(({ key }) => key));
  const byAlias = new Map<string, string>();
  const ambiguous = new Set<string>();
  for (const { key, alias } of tasks) {
    if (alias === undefined) continue;
    if (byAlias.has(alias)) ambiguous.add(alias);
    byAlias.set(alias, key);
  }
  return (reference) => {
    const name = reference.text();
    if (keys.has(name)) return name;
    if (ambiguous.has(name)) throw reference.error(`more than one task is called '${name}'`);
    const key = byAlias.get(name);
    if (key === undefined) throw reference.error(`there is no task '${name}'`);
    return key;
  };
}
