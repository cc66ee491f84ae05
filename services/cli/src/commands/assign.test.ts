import { expect, test } from "vitest";
import { commandsInFolder } from "./in-folder.test-support.ts";

const { troupe, write } = commandsInFolder();
write("three.txt", "3\n 4 1 3\n 2 0 5\n 3 2 2\n");
write("short.txt", "3\n 4 1 3\n 2 0\n");
write("apart.txt", `2\n 0 ${2 ** 50}\n 0 0\n`);
// Two agents, three tasks: the first has room for one. Then a task that fits nobody.
write("gap.txt", "2\n2 3\n 1 1 1\n 5 6 9\n 2 2 2\n 1 1 1\n 2 9\n1 1\n 3\n 8\n 7\n");

const assign = (...args: readonly string[]) => troupe("assign", ...args);

test("an assignment is auctioned between actors in this process, and its optimum proved", async () => {
  for (const more of [[], ["--in-process"], ["--bidders", "3"], ["--bidders", "100"]]) {
    const { code, out } = await assign("--file", "three.txt", "--json", ...more);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      n: 3,
      cost: 5,
      dualBound: 5,
      optimal: true,
      settled: true,
      undone: [],
      taskOf: [1, 0, 2],
      bids: expect.any(Number),
      rounds: expect.any(Number),
      milliseconds: expect.any(Number),
      bidders: more[0] === "--bidders" ? 3 : 1,
      nodes: 0,
      removed: [],
    });
  }
});

test("for people it is a short table", async () => {
  const { out } = await assign("--file", "three.txt");
  expect(out).toContain("3 tasks to as many agents, 1 bidder in one process");
  expect(out).toMatch(/dual bound +5, the optimum is proved/);
});

test("all problems with capacities of a file are solved, with bounds; exit code 1 when one has no solution", async () => {
  const { code, out } = await assign("--gap", "--file", "gap.txt", "--json", "--bidders", "2");
  expect(code).toBe(1);
  const { problems } = JSON.parse(out);
  expect(problems).toEqual([
    {
      problem: 1,
      agents: 2,
      tasks: 3,
      feasible: true,
      cost: 12,
      bound: 12,
      optimal: true,
      gap: 0,
      agentOf: [1, 1, 0],
      rounds: expect.any(Number),
      milliseconds: expect.any(Number),
    },
    {
      problem: 2,
      agents: 1,
      tasks: 1,
      feasible: false,
      proved: true,
      bound: 3,
      rounds: 0,
      milliseconds: expect.any(Number),
    },
  ]);
  const table = await assign("--gap", "--file", "gap.txt");
  expect(table.out).toMatch(/1 +2 +3 +12 +12 +0\.00% .* optimal/);
  expect(table.out).toMatch(/2 +1 +1 +- +3 +- .* infeasible/);
});

test("with --maximise what stands as costs are profits", async () => {
  const { out } = await assign("--gap", "--maximise", "--file", "gap.txt", "--json");
  expect(JSON.parse(out).problems[0]).toMatchObject({ cost: 20, bound: 20, feasible: true });
});

test("a wrong file is named with the place and what was expected, exit code 2", async () => {
  const short = await assign("--file", "short.txt", "--json");
  expect(short.code).toBe(2);
  expect(JSON.parse(short.out).error).toMatchObject({
    code: "invalid-assignment",
    file: "short.txt",
    place: "line 4, column 1",
    message: expect.stringContaining("the file ends, expected the cost of agent 2 for task 3 of 3"),
  });
  const missing = await assign("--file", "missing.txt");
  expect(missing.code).toBe(2);
  expect(missing.err).toContain("'missing.txt', file: it can't be read");
  expect((await assign("--gap", "--file", "three.txt")).code).toBe(2);
  const apart = await assign("--file", "apart.txt", "--json");
  expect(apart.code).toBe(2);
  expect(JSON.parse(apart.out).error.code).toBe("invalid-costs");
});

test("options that contradict each other are refused", async () => {
  const both = await assign("--file", "three.txt", "--in-process", "--nodes", "2");
  expect(both.code).toBe(2);
  expect(both.err).toContain("--in-process and --nodes exclude each other");
  expect((await assign("--file", "three.txt", "--maximise")).code).toBe(2);
  expect((await assign("--file", "three.txt", "--nodes", "0")).code).toBe(2);
});
