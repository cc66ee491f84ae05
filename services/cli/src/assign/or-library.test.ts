import { expect, test } from "vitest";
import { AssignmentFileError } from "../errors.ts";
import { readAssignment, readCapacityProblems } from "./or-library.ts";

test("an assignment is n and n*n costs, however the lines are broken", () => {
  expect(readAssignment(" 2\n 1 2\n-3\n\t4 \n", "f")).toEqual({
    rows: 2,
    columns: 2,
    cells: Float64Array.of(1, 2, -3, 4),
  });
});

function refusal(read: () => unknown): { place: string; message: string } {
  try {
    read();
  } catch (thrown) {
    if (thrown instanceof AssignmentFileError) return thrown;
    throw thrown;
  }
  throw new Error("it was taken");
}

test("what is wrong with an assignment is said with its place and what was expected", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["", "line 1, column 1", "the file ends, expected n, the number of agents and of tasks"],
    ["0", "line 1, column 1", "found '0', expected n"],
    ["2.5", "line 1, column 1", "found '2.5'"],
    ["99999", "line 1, column 1", "a whole number from 1 to 10000"],
    ["2\n1 2\n3 x", "line 3, column 3", "found 'x', expected the cost of agent 2 for task 2 of 2"],
    [
      "2\n1 2\n3",
      "line 3, column 2",
      "the file ends, expected the cost of agent 2 for task 2 of 2",
    ],
    ["2\n1 2\n3 0x4", "line 3, column 3", "found '0x4'"],
    ["1\n1e400", "line 2, column 1", "found '1e400'"],
    ["1\n9007199254740993", "line 2, column 1", "expected the cost of agent 1 for task 1 of 1"],
    ["1\n5\n7 8", "line 3, column 1", "found '7', expected the end, after 1 rows of 1 costs"],
  ];
  for (const [text, place, why] of cases) {
    const { place: found, message } = refusal(() => readAssignment(text, "a.txt"));
    expect(found, text).toBe(place);
    expect(message, text).toContain(`'a.txt', ${place}: `);
    expect(message, text).toContain(why);
  }
});

const two = "2\n1 2  5 6  1 1  9\n2 1\n 1\n 2\n 3\n 4\n 10 11";

test("all problems with capacities of a file are read, also as profits", () => {
  expect(readCapacityProblems(two, "f")).toEqual([
    {
      agents: 1,
      tasks: 2,
      costs: Float64Array.of(5, 6),
      loads: Float64Array.of(1, 1),
      capacities: Float64Array.of(9),
    },
    {
      agents: 2,
      tasks: 1,
      costs: Float64Array.of(1, 2),
      loads: Float64Array.of(3, 4),
      capacities: Float64Array.of(10, 11),
    },
  ]);
  expect(readCapacityProblems(two, "f", true)[0]?.costs).toEqual(Float64Array.of(-5, -6));
});

test("what is wrong with problems is said with place, problem, agent and task", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["0", "line 1, column 1", "the number of problems"],
    [two.replace("2\n1 2", "3\n1 2"), "line 8, column 7", "the number of agents of problem 3"],
    [two.replace("5 6", "5 a"), "line 2, column 8", "the cost of agent 1 for task 2 in problem 1"],
    [two.replace(" 4", " -4"), "line 7, column 2", "the load of agent 2 for task 1 in problem 2"],
    [two.replace(" 11", ""), "line 8, column 4", "the capacity of agent 2 in problem 2"],
    [`${two} 1`, "line 8, column 8", "found '1', expected the end, after 2 problems"],
    ["1\n10000 2000", "line 2, column 7", "from 1 to 1000"],
  ];
  for (const [text, place, why] of cases) {
    const { place: found, message } = refusal(() => readCapacityProblems(text, "g.txt"));
    expect(found, text).toBe(place);
    expect(message, text).toContain(why);
  }
});
