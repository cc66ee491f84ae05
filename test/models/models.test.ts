import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

/** A model, and what is asked of it. */
interface Question {
  readonly model: string;
  /** A claim in linear temporal logic; without one the assertions, and that nobody is stuck. */
  readonly claim?: string;
  /** What is defined: a planted fault, or that nothing is lost. */
  readonly defines?: readonly string[];
}

/** What has to hold in every run of a model. */
const held: readonly Question[] = [
  { model: "vote" },
  { model: "vote", claim: "redStays" },
  { model: "vote", claim: "nobodyStays" },
  { model: "vote", claim: "ends" },
  { model: "award" },
  { model: "award", claim: "ends" },
  { model: "award", defines: ["RELIABLE"] },
  { model: "award", claim: "firstAlone", defines: ["RELIABLE"] },
  { model: "award", claim: "lastAlone", defines: ["RELIABLE"] },
  { model: "lease" },
  { model: "lease", claim: "kept" },
  { model: "lease", claim: "recorded" },
];

/** Faults that spin has to find. */
const planted: readonly Question[] = [
  { model: "vote", defines: ["DOUBLE"] },
  { model: "vote", defines: ["GROW"] },
  { model: "vote", defines: ["CAST"] },
  { model: "vote", defines: ["ROUND"] },
  { model: "vote", defines: ["LATE"], claim: "nobodyStays" },
  { model: "award", defines: ["SILENT_PASS"] },
  { model: "award", defines: ["UNHEARD"] },
  { model: "award", defines: ["TWO_OUT"] },
  { model: "award", defines: ["FORGET", "RELIABLE"] },
  { model: "lease", defines: ["NO_FENCE"] },
  { model: "lease", defines: ["NO_RECORD"] },
  { model: "lease", defines: ["NO_LOOK"] },
  { model: "lease", defines: ["ASSUME_LOST"] },
];

/** Longest path that is followed; one that is cut short is no proof. */
const depth = 200_000;
const stepTimeoutMs = 120_000;

const missing = ["spin", "gcc"].filter(
  (tool) => spawnSync(tool, ["--version"]).error !== undefined,
);
if (missing.length > 0) {
  console.warn(
    `NOT CHECKED: the models of votes, awards and leases need ${missing.join(" and ")}: apt-get install spin gcc libc6-dev`,
  );
}

function run(folder: string, command: string, args: readonly string[]): string {
  const { stdout, stderr, error, signal } = spawnSync(command, args, {
    cwd: folder,
    encoding: "utf8",
    timeout: stepTimeoutMs,
  });
  if (error !== undefined || signal !== null) {
    throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? signal} ${stderr}`);
  }
  return stdout;
}

/** Has spin look at every run of a model. Returns how many errors it found, and what it said. */
function check({ model, claim, defines = [] }: Question): {
  readonly errors: number;
  readonly said: string;
} {
  const folder = mkdtempSync(join(tmpdir(), "troupe-models-"));
  try {
    const file = join(import.meta.dirname, `${model}.pml`);
    const generated = run(folder, "spin", [...defines.map((name) => `-D${name}`), "-a", file]);
    const mode = claim === undefined ? ["-DSAFETY", "-DNOCLAIM"] : ["-DNFAIR=3"];
    run(folder, "gcc", ["-O1", "-w", ...mode, "-o", "pan", "pan.c"]);
    const search = claim === undefined ? [] : ["-a", "-f", "-N", claim];
    const said = run(folder, "./pan", [...search, `-m${depth}`]);
    const errors = /errors: (\d+)/.exec(said)?.[1];
    if (errors === undefined || said.includes("max search depth too small")) {
      throw new Error(`${model} was not searched to the end: ${generated} ${said}`);
    }
    return { errors: Number(errors), said };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const titleOf = ({ model, claim = "its assertions", defines = [] }: Question): string =>
  [model, ...defines, claim].join(" ");

test.skipIf(missing.length > 0).each(held.map((one) => [titleOf(one), one] as const))(
  "in every run of the model it holds: %s",
  (_, question) => {
    const { errors, said } = check(question);
    expect(errors, said).toBe(0);
  },
  3 * stepTimeoutMs,
);

test.skipIf(missing.length > 0).each(planted.map((one) => [titleOf(one), one] as const))(
  "a fault planted in the model is found: %s",
  (_, question) => {
    const { errors, said } = check(question);
    expect(errors, said).toBeGreaterThan(0);
  },
  3 * stepTimeoutMs,
);
