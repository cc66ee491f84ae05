import { expect, test } from "vitest";
import { readWorkflow, WfFormatError, type Workflow } from "../index.ts";
import { documents } from "./documents.test-data.ts";

function read(document: unknown): Workflow {
  return readWorkflow(JSON.stringify(document), "flow.json");
}

/** A document of version 1.4 with these tasks. */
function inline(...tasks: readonly object[]): object {
  return { schemaVersion: "1.4", workflow: { tasks } };
}

/** A document of version 1.5 with these tasks, each taking a second. */
function apart(...tasks: readonly { readonly id: string }[]): object {
  const ran = tasks.map(({ id }) => ({ id, runtimeInSeconds: 1 }));
  return {
    schemaVersion: "1.5",
    workflow: { specification: { tasks }, execution: { tasks: ran } },
  };
}

function place(document: unknown): string {
  try {
    read(document);
  } catch (error) {
    if (error instanceof WfFormatError) return error.place;
  }
  return "nowhere";
}

test.each(Object.keys(documents))(
  "version %s gives the same tasks, edges and runtimes",
  (version) => {
    expect(read(documents[version])).toEqual({
      schemaVersion: version,
      tasks: [
        { id: "split_ID0000001", dependsOn: [], seconds: 1 },
        { id: "left_ID0000002", dependsOn: ["split_ID0000001"], seconds: 2.5 },
        { id: "right_ID0000003", dependsOn: ["split_ID0000001"], seconds: 0 },
        { id: "join_ID0000004", dependsOn: ["left_ID0000002", "right_ID0000003"], seconds: 3 },
      ],
    });
  },
);

test("an edge counts once, whichever end states it, and however often", () => {
  const { tasks } = read(
    apart(
      { id: "a", children: ["b", "c"] } as { id: string },
      { id: "b", parents: ["a", "a"] } as { id: string },
      { id: "c", parents: null } as { id: string },
    ),
  );
  expect(tasks.map(({ dependsOn }) => dependsOn)).toEqual([[], ["a"], ["a"]]);
});

test("before 1.5 tasks may be called by name or by id", () => {
  const { tasks } = read(
    inline(
      { name: "first", id: "ID1", runtimeInSeconds: 1 },
      { name: "second", id: "ID2", parents: ["ID1"], runtimeInSeconds: 1 },
      { name: "third", id: "ID3", parents: ["second"], runtimeInSeconds: 1 },
    ),
  );
  expect(tasks.map(({ dependsOn }) => dependsOn)).toEqual([[], ["first"], ["second"]]);
});

test("tasks that share a name are told apart by id", () => {
  const same = { name: "same", runtimeInSeconds: 1 };
  const { tasks } = read(inline({ ...same, id: "1" }, { ...same, id: "2", parents: ["1"] }));
  expect(tasks.map(({ id }) => id)).toEqual(["1", "2"]);
  const unclear = inline({ ...same, id: "1" }, { ...same, id: "2", parents: ["same"] });
  expect(() => read(unclear)).toThrow("more than one task is called 'same'");
});

test("the shape of a document decides, not the version it states", () => {
  const { tasks } = read({
    schemaVersion: "1.5",
    workflow: { tasks: [{ name: "a", runtime: 2 }] },
  });
  expect(tasks).toEqual([{ id: "a", dependsOn: [], seconds: 2 }]);
});

test("what is wrong is refused with its place", () => {
  expect(place([])).toBe("document");
  expect(place({ workflow: {} })).toBe("schemaVersion");
  expect(place({ schemaVersion: "2.0" })).toBe("schemaVersion");
  expect(place({ schemaVersion: "1.5" })).toBe("workflow");
  expect(place({ schemaVersion: "1.5", workflow: { specification: {} } })).toBe(
    "workflow.execution",
  );
  expect(place(inline({ name: "a", runtimeInSeconds: "3" }))).toBe(
    "workflow.tasks[0].runtimeInSeconds",
  );
  expect(place(inline({ name: "a" }))).toBe("workflow.tasks[0].runtime");
  expect(place(inline({ runtime: 1 }))).toBe("workflow.tasks[0]");
  expect(place(inline({ name: "a", runtime: 1, parents: ["b"] }))).toBe(
    "workflow.tasks[0].parents[0]",
  );
  expect(place(inline({ name: "a", runtime: -1 }))).toBe("workflow.tasks[0].runtime");
  expect(
    place(inline({ name: "a", id: "x", runtime: 1 }, { name: "a", id: "x", runtime: 1 })),
  ).toBe("workflow.tasks[1]");
  expect(place(apart({ id: "a" }, { id: "a" }))).toBe("workflow.execution.tasks[1].id");
  expect(
    place({
      schemaVersion: "1.5",
      workflow: { specification: { tasks: [{ id: "a" }] }, execution: { tasks: [] } },
    }),
  ).toBe("workflow.specification.tasks[0]");
});

test("a circle is refused and its tasks are named", () => {
  const circle = inline(
    { name: "a", runtime: 1, parents: ["b"] },
    { name: "b", runtime: 1, parents: ["a"] },
  );
  expect(() => read(circle)).toThrow("flow.json: workflow: tasks depend on each other in a circle");
  expect(() => read(circle)).toThrow("a -> b -> a");
});

test("text that is not JSON is refused with line and column", () => {
  expect(() => readWorkflow('{\n  "name": nope }', "flow.json")).toThrow(
    /^flow\.json: line 2, column 11: not JSON: /,
  );
  expect(() => readWorkflow("", "flow.json")).toThrow("flow.json: line 1, column 1: not JSON");
  expect(readWorkflow(`\uFEFF${JSON.stringify(documents["1.5"])}`, "flow.json").tasks).toHaveLength(
    4,
  );
});
