import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commandsInFolder } from "./in-folder.test-support.ts";

const { folder, troupe, write } = commandsInFolder();
write(
  "domain.hddl",
  `(define (domain lamp) (:predicates (on)) (:task light :parameters ())
    (:method switch :parameters () :task (light) :subtasks (press))
    (:action press :parameters () :precondition (not (on)) :effect (on)))`,
);
const problem = (init: string): string =>
  `(define (problem p) (:domain lamp) (:htn :subtasks (light)) (:init ${init}))`;
write("dark.hddl", problem(""));
write("lit.hddl", problem("(on)"));
write("broken.hddl", "(define (problem p)\n  (:domain lamp) (:htn");

const plan = (problem: string, ...more: readonly string[]) =>
  troupe(
    "plan",
    "--domain",
    join(folder, "domain.hddl"),
    "--problem",
    join(folder, problem),
    ...more,
  );

test("a problem is planned in the competition's format, and the plan is found valid", async () => {
  const { code, out } = await plan("dark.hddl");
  expect({ code, out }).toEqual({
    code: 0,
    out: "==>\n0 press\nroot 1\n1 light -> switch 0\n<==\n",
  });
  const path = join(folder, "plan.txt");
  writeFileSync(path, out);
  expect(await plan("dark.hddl", "--verify", path)).toMatchObject({ code: 0, out: "valid\n" });
});

test("a mangled plan is invalid, with what is wrong", async () => {
  const path = join(folder, "mangled.txt");
  writeFileSync(path, "==>\n0 press\nroot 1\n1 light -> switch 7\n<==\n");
  const { code, out } = await plan("dark.hddl", "--verify", path);
  expect(code).toBe(1);
  expect(out).toMatch(/^invalid\n {2}.*7/);
});

test("a problem without a plan says why, with exit code 1", async () => {
  const { code, out, err } = await plan("lit.hddl");
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toContain("there is no plan: ");
  expect(JSON.parse((await plan("lit.hddl", "--json")).out)).toMatchObject({ kind: "no-plan" });
});

test("a file that cannot be read as HDDL is named with line, column and what was expected, exit code 3", async () => {
  const { code, err } = await plan("broken.hddl");
  expect(code).toBe(3);
  expect(err).toMatch(/broken\.hddl:2:\d+: .*expected/);
  expect(await plan("missing.hddl")).toMatchObject({ code: 3 });
});

test("a goal and a problem at once, or half a problem, are a wrong command line", async () => {
  expect((await troupe("plan")).code).toBe(2);
  expect((await troupe("plan", "--domain", "d.hddl")).code).toBe(2);
  expect((await troupe("plan", "goal-1", "--domain", "d", "--problem", "p")).code).toBe(2);
});
