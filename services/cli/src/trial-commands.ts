import { type Command, Option } from "commander";
import { chaosGoalKinds, faultKinds } from "./chaos/fault-kinds.ts";
import {
  examples,
  type Finish,
  faultKindList,
  positive,
  wholeNumber,
  withTarget,
} from "./command-options.ts";
import type { Io } from "./io.ts";

/** Commands that try out Troupe: simulated, in processes that they start and end, or a deployment that runs. */
export function trialCommands(program: Command, io: Io, finish: Finish): void {
  simulateCommand(program, io, finish);
  scheduleCommand(program, io, finish);
  assignCommand(program, io, finish);
  chaosCommand(program, io, finish);
  benchCommand(program, io, finish);
}

function simulateCommand(program: Command, io: Io, finish: Finish): void {
  program
    .command("simulate")
    .description(
      "try the runtime and its protocols under seeded faults in virtual time, and check what must hold",
    )
    .option("--seeds <count>", "seeds to try per scenario", wholeNumber(1, 10_000_000), 100)
    .option("--first-seed <seed>", "the first of them", wholeNumber(0, 2 ** 40), 1)
    .option("--scenario <name>", "only this scenario (default: all)")
    .option("--protocol <name>", "only scenarios of this protocol, such as vote or pbft, or all")
    .option("--trace", "with --seeds 1: everything that happened, line by line")
    .option("--json", "JSON lines: each scenario, each violation")
    .addHelpText(
      "after",
      examples(
        ["troupe simulate", "all scenarios, 100 seeds each: exit code 1 on a violation"],
        ["troupe simulate --scenario messaging --seeds 10000", "search further"],
        ["troupe simulate --protocol pbft --seeds 1000", "Byzantine agreement, with liars"],
        [
          "troupe simulate --protocol all --seeds 1000 --json | tail -1",
          "one document on all of it",
        ],
        [
          "troupe simulate --scenario messaging --first-seed 42 --seeds 1 --trace",
          "replay one seed, and see what happened",
        ],
      ),
    )
    .action(async (options) => {
      const { simulate } = await import("./commands/simulate.ts");
      finish(await simulate(io, { json: false, trace: false, ...options }));
    });
}

function scheduleCommand(program: Command, io: Io, finish: Finish): void {
  program
    .command("schedule")
    .description(
      "replay a recorded workflow (WfCommons WfFormat) in virtual time with the scheduler",
    )
    .requiredOption("--workflow <file>", "JSON file in WfFormat 1.0 to 1.6")
    .option("--workers <count>", "identical workers", wholeNumber(1, 1_000_000), 4)
    .option("--execute", "then run it in real time too: workers in other processes, over NATS")
    .option("--nodes <count>", "processes that host the workers", wholeNumber(1, 64), 2)
    .option("--server <url>", "NATS server (default: NATS_URL, else one started for the run)")
    .option("--time-scale <factor>", "real seconds per recorded second", positive, 0.001)
    .option("--json", "as one JSON document")
    .addHelpText(
      "after",
      examples(
        ["troupe schedule --workflow montage.json", "how near four workers come to the bound"],
        ["troupe schedule --workflow montage.json --workers 64 --json | jq .ratio", "one number"],
        ["troupe schedule --workflow blast.json --execute --time-scale 0.01", "100 times as fast"],
        [
          "troupe schedule --workflow blast.json --execute --workers 16 --nodes 4",
          "four a process",
        ],
      ),
    )
    .action(async (options) => {
      const { schedule } = await import("./commands/schedule.ts");
      finish(await schedule(io, { json: false, execute: false, ...options }));
    });
}

function assignCommand(program: Command, io: Io, finish: Finish): void {
  program
    .command("assign")
    .description(
      "assign many tasks to many agents at once by auction, and prove that it is the best",
    )
    .requiredOption("--file <file>", "assignment in the OR-Library's format: n, then n*n costs")
    .option("--gap", "it holds generalized assignment problems: agents with capacities")
    .option("--maximise", "with --gap: its costs are profits")
    .option("--in-process", "bidders in this process (the default)")
    .option("--nodes <count>", "bidders in so many processes, joined by NATS", wholeNumber(1, 64))
    .option(
      "--bidders <count>",
      "bidding actors, each for a share of the agents (default: one a node)",
      wholeNumber(1, 4096),
    )
    .option("--server <url>", "NATS server (default: NATS_URL, else one started for the run)")
    .option("--timeout <seconds>", "longest time for the auction", wholeNumber(1, 86_400), 3600)
    .option("--json", "as one JSON document")
    .addHelpText(
      "after",
      examples(
        ["troupe assign --file assign700.txt", "exit code 0: the optimum is proved"],
        ["troupe assign --file assign700.txt --nodes 2 --json | jq .cost", "two processes bid"],
        ["troupe assign --gap --file gapd.txt", "several problems, each with a bound"],
      ),
    )
    .action(async (options) => {
      const { assign } = await import("./commands/assign.ts");
      const given = { json: false, gap: false, maximise: false, inProcess: false, ...options };
      finish(await assign(io, given));
    });
}

function chaosCommand(program: Command, io: Io, finish: Finish): void {
  program
    .command("chaos")
    .description(
      "run a deployment of its own, kill its parts while it works, and check that nothing is lost or done twice",
    )
    .option("--goals <count>", "goals to publish", wholeNumber(1, 100_000), 20)
    .addOption(
      new Option("--kind <kind>", "datasets to clean, or cheap flows of tasks")
        .choices(chaosGoalKinds)
        .default("clean"),
    )
    .option("--minutes <count>", "longest time for them", wholeNumber(1, 10_080), 5)
    .addOption(
      new Option("--kill <kinds>", "faults, separated by commas: nodes, nats, pause")
        .argParser(faultKindList)
        .default([...faultKinds], faultKinds.join()),
    )
    .option("--every <seconds>", "time from one fault to the next", positive, 2)
    .option("--nodes <count>", "actor nodes", wholeNumber(1, 64), 3)
    .option(
      "--seed <number>",
      "seed of faults and goals (default: random, shown)",
      wholeNumber(0, 2 ** 32),
    )
    .option("--json", "JSON lines: what is done, then the verdict")
    .addHelpText(
      "after",
      examples(
        [
          "troupe chaos",
          "20 goals, a fault every 2 s: exit code 1 when anything is lost or doubled",
        ],
        ["troupe chaos --goals 1000 --kind flow --minutes 20", "a longer one"],
        ["troupe chaos --kill nats --seed 7 --json | tail -1 | jq .longestStall", "for a script"],
      ),
    )
    .action(async (options) => {
      const { chaos } = await import("./commands/chaos.ts");
      finish(await chaos(io, { json: false, ...options }));
    });
}

function benchCommand(program: Command, io: Io, finish: Finish): void {
  withTarget(program.command("bench"))
    .description("measure a running deployment with goals whose tasks do nothing")
    .option("--goals <count>", "goals to publish", wholeNumber(1, 1_000_000), 200)
    .option("--tasks <count>", "tasks of each, in four stages", wholeNumber(1, 1000), 20)
    .option("--open <count>", "goals under way at a time", wholeNumber(1, 1000), 8)
    .option("--timeout <seconds>", "longest time in which no goal ends", wholeNumber(1, 86_400), 60)
    .option("--json", "as one JSON document")
    .addHelpText(
      "after",
      examples(
        ["troupe bench", "goals a second, and how long one takes"],
        ["troupe bench --goals 2000 --open 64 --json | jq .goalsPerSecond", "under load"],
      ),
    )
    .action(async (options) => {
      const { bench } = await import("./commands/bench.ts");
      finish(await bench(io, { json: false, ...options }));
    });
}
