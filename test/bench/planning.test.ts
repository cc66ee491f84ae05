import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const program = fileURLToPath(import.meta.resolve("./planning.ts"));
const command = ["--conditions=troupe:source", program];

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "troupe-hddl-"));
  const set = join(path, "lamp");
  mkdirSync(set);
  const domain = `(define (domain lamp) (:predicates (on)) (:task light :parameters ())
    (:method switch :parameters () :task (light) :subtasks (press))
    (:action press :parameters () :precondition (not (on)) :effect (on)))`;
  const problem = (init: string) =>
    `(define (problem p) (:domain lamp) (:htn :subtasks (light)) (:init ${init}))`;
  writeFileSync(join(set, "domain.hddl"), domain);
  writeFileSync(join(set, "dark.hddl"), problem(""));
  writeFileSync(join(set, "bright.hddl"), problem("(on)"));
  const lines = [
    "set\tproblem\tsolved_10s_cpu\truns\tcpu_s_median",
    "public\tlamp/dark.hddl\tyes\t3\t0.5",
    "public\tlamp/bright.hddl\tno\t1\t9",
  ];
  writeFileSync(join(path, "hypertension-baseline.tsv"), `${lines.join("\n")}\n`);
  return path;
}

test("the planning benchmark plans each problem, checks the plan and adds up what both solved", () => {
  const env = { ...process.env, TROUPE_HDDL: folder() };
  const table = execFileSync(process.execPath, command, { encoding: "utf8", env });
  expect(table).toMatch(/lamp\/dark\.hddl +yes +\d\.\d\d +0\.50 +1 +\d+ +yes/);
  expect(table).toMatch(/lamp\/bright\.hddl +no-plan +\d\.\d\d +- +- +\d+ +-/);
  expect(table).toContain("solved 1 of 2, HyperTensioN 1; invalid plans 0");
  expect(table).toMatch(/CPU on the 1 solved by both: \d\.\d\d s, HyperTensioN 0\.50 s/);
});

test("without problems the planning benchmark says loudly that it measured nothing", () => {
  const env = { ...process.env, TROUPE_HDDL: "/nowhere" };
  const { status, stderr } = spawnSync(process.execPath, command, { encoding: "utf8", env });
  expect(status).toBe(0);
  expect(stderr).toContain("NOTHING MEASURED: there are no HDDL problems in /nowhere");
});
