import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { mutants } from "./mutants.ts";
import { Copy, StaleMutantError } from "./plant.ts";

/**
 * Proves the simulator: plants each bug in a copy of the packages, and looks after how many seeds its
 * scenario finds it. `node --conditions=troupe:source test/mutants/run.ts [WORD]` tries those whose
 * scenario or name has the word in it. Exit code 1 when one is not found, or its patch fits no more.
 */
const seeds = 1000;
/**
 * A planted bug may make a simulation go on for ever, which shows it as well: seconds of the processor, twice what
 * the seeds of the dearest scenario take, so that a busy machine shows nothing.
 */
const patienceSeconds = 600;
/** And it may want ever more memory meanwhile, MiB. */
const heapMiB = 2048;

interface Outcome {
  readonly found: boolean;
  readonly how: string;
}

function search(folder: string, scenario: string): Outcome {
  const options = ["--conditions=troupe:source", `--max-old-space-size=${heapMiB}`];
  const args = [...options, join(folder, "find.ts"), scenario, String(seeds)];
  const limited = `ulimit -t ${patienceSeconds}; exec "$0" "$@"`;
  const { stdout, stderr, signal } = spawnSync("sh", ["-c", limited, process.execPath, ...args], {
    encoding: "utf8",
  });
  if (signal !== null) return { found: true, how: "it does not end" };
  try {
    const { found, seed, invariant } = JSON.parse(stdout) as {
      readonly found: boolean;
      readonly seed: number;
      readonly invariant: string;
    };
    return found ? { found, how: `seed ${seed}: ${invariant}` } : { found, how: "not found" };
  } catch {
    return { found: false, how: `it does not run: ${stderr.trim().split("\n").at(-1)}` };
  }
}

const [word = ""] = process.argv.slice(2);
const copy = new Copy();
let missed = 0;
try {
  for (const mutant of mutants.filter((each) => `${each.scenario} ${each.bug}`.includes(word))) {
    let outcome: Outcome;
    try {
      const undo = copy.plant(mutant);
      outcome = search(copy.folder, mutant.scenario);
      undo();
    } catch (thrown) {
      if (!(thrown instanceof StaleMutantError)) throw thrown;
      outcome = { found: false, how: thrown.message };
    }
    if (!outcome.found) missed += 1;
    const sign = outcome.found ? "✔" : "✖";
    console.log(`${sign} ${mutant.scenario.padEnd(18)} ${mutant.bug.padEnd(66)} ${outcome.how}`);
  }
} finally {
  copy.remove();
}
console.log(missed === 0 ? "all found" : `${missed} not found`);
process.exitCode = missed === 0 ? 0 : 1;
