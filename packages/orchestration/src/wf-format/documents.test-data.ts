const chain = [
  { name: "split_ID0000001", id: "ID0000001", parents: [], seconds: 1 },
  { name: "left_ID0000002", id: "ID0000002", parents: ["split_ID0000001"], seconds: 2.5 },
  { name: "right_ID0000003", id: "ID0000003", parents: ["split_ID0000001"], seconds: 0 },
  {
    name: "join_ID0000004",
    id: "ID0000004",
    parents: ["left_ID0000002", "right_ID0000003"],
    seconds: 3,
  },
] as const;

/** One small workflow, a fork and join of known runtimes, as each version of WfFormat writes it. */
export const documents: Readonly<Record<string, object>> = {
  "1.0": inJobs("1.0", { arguments: ["-x"], type: "compute" }),
  "1.1": inJobs("1.1", { arguments: [] }),
  "1.2": inJobs("1.2", { command: { program: "p", arguments: [] } }),
  "1.3": {
    ...head("1.3"),
    wms: { name: "Pegasus", version: "4.9" },
    workflow: {
      makespan: 9,
      executedAt: "20200409T023106+0000",
      machines: [{ nodeName: "m", memory: 1, cpu: { count: 4, speed: 1 } }],
      tasks: named({ runtime: true }),
    },
  },
  "1.4": {
    ...head("1.4"),
    workflow: {
      makespanInSeconds: 9,
      executedAt: "01-22-21T04:30:55Z",
      tasks: named({ runtime: false }),
    },
  },
  "1.5": split("1.5"),
  "1.6": split("1.6", { metrics: { numTasks: 4 } }),
};

function head(schemaVersion: string): object {
  return { name: "fork-join", createdAt: "2020-12-26T01:35:40+00:00", schemaVersion };
}

function named({ runtime }: { readonly runtime: boolean }): readonly object[] {
  return chain.map(({ name, id, parents, seconds }) => ({
    name,
    id,
    category: "x",
    type: "compute",
    parents,
    files: [{ name: "f", link: "input", size: 3 }],
    cores: 1,
    machine: "m",
    ...(runtime ? { runtime: seconds } : { runtimeInSeconds: seconds }),
  }));
}

function inJobs(version: string, more: object): object {
  const jobs = chain.map(({ name, parents, seconds }) => ({
    name,
    parents,
    runtime: seconds,
    ...more,
  }));
  return { ...head(version), workflow: { makespan: 9, executedAt: "", jobs } };
}

function split(version: string, more: object = {}): object {
  const children = (name: string): readonly string[] =>
    chain.filter(({ parents }) => (parents as readonly string[]).includes(name)).map((t) => t.name);
  return {
    ...head(version),
    author: {},
    runtimeSystem: { name: "Pegasus" },
    workflow: {
      specification: {
        tasks: chain.map(({ name, parents }) => ({
          name: name.replace(/_ID.*/, ""),
          id: name,
          parents,
          children: children(name),
          inputFiles: [],
          outputFiles: ["f"],
        })),
        files: [{ id: "f", sizeInBytes: 3 }],
        ...more,
      },
      execution: {
        makespanInSeconds: 9,
        executedAt: "20200409T023106+0000",
        machines: [{ nodeName: "m", cpu: { coreCount: 24 } }],
        tasks: chain
          .map(({ name, seconds }) => ({
            id: name,
            runtimeInSeconds: seconds,
            command: { program: "p", arguments: [] },
          }))
          .toReversed(),
      },
    },
  };
}
