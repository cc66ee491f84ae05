import type { Place } from "./place.ts";

/** A task as a document of any version records it. */
export interface RecordedTask {
  readonly place: Place;
  /** What other tasks call it. */
  readonly key: string;
  /** What they may call it too. */
  readonly alias?: string;
  readonly seconds: number;
}

/** Before 1.5: runtimes stand in the tasks (called jobs until 1.2), which refer by name. */
export function inlineTasks(list: Place): readonly RecordedTask[] {
  const tasks = list.items().map((place) => {
    const id = place.field("id");
    const name = place.field("name");
    const runtime = place.field("runtimeInSeconds");
    return {
      place,
      id: id.isMissing ? undefined : id.text(),
      name: name.isMissing ? undefined : name.text(),
      seconds: (runtime.isMissing ? place.field("runtime") : runtime).seconds(),
    };
  });
  const names = new Set(tasks.map(({ name }) => name));
  const refersByName = names.size === tasks.length && !names.has(undefined);
  return tasks.map(({ place, id, name, seconds }) => {
    const key = refersByName ? name : (id ?? name);
    if (key === undefined) throw place.error("a task needs a name or an id");
    const alias = refersByName ? id : name;
    return { place, key, ...(alias === undefined ? {} : { alias }), seconds };
  });
}

/** From 1.5 on: the graph and the recorded runtimes stand apart, joined by task id. */
export function splitTasks(specification: Place, execution: Place): readonly RecordedTask[] {
  if (execution.isMissing) {
    throw execution.error("there are no recorded runtimes to replay");
  }
  const runtimes = new Map<string, Place>();
  for (const place of execution.field("tasks").items()) {
    const id = place.field("id");
    if (runtimes.has(id.text())) throw id.error(`there are two executions of '${id.text()}'`);
    runtimes.set(id.text(), place.field("runtimeInSeconds"));
  }
  return specification
    .field("tasks")
    .items()
    .map((place) => {
      const key = place.field("id").text();
      const seconds = runtimes.get(key)?.seconds();
      if (seconds === undefined) {
        throw place.error(`task '${key}' has no runtime in ${execution.path}.tasks`);
      }
      return { place, key, seconds };
    });
}
