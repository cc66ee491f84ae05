import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import {
  examples,
  type Finish,
  timeoutOption,
  wholeNumber,
  withTarget,
} from "./command-options.ts";
import { deploymentCommands } from "./deployment-commands.ts";
import type { Io } from "./io.ts";
import { operatorCommands } from "./operator-commands.ts";
import { trialCommands } from "./trial-commands.ts";
import { sampleNames } from "./up/sample.ts";

/**
 * The command line. Each command loads its own code only when it is run, so that help is quick.
 *
 * @param finish is told the exit code of the command that ran
 */
export function buildProgram(io: Io, finish: (exitCode: number) => void): Command {
  const program = new Command("troupe")
    .description("Agents that turn dirty files into datasets to trust, on NATS")
    .version(ownVersion())
    .showHelpAfterError("(see 'troupe --help')")
    .configureHelp({ helpWidth: Math.min(io.out.columns(), 100) })
    .configureOutput({
      writeOut: (text) => io.out.write(text),
      writeErr: (text) => io.err.write(text),
    })
    .exitOverride();
  program.addHelpText(
    "after",
    examples(
      ["troupe up", "start everything here and clean a sample"],
      ["troupe goal submit --kind clean --source orders.csv --watch", "clean a file of yours"],
      ["troupe trace GOAL", "every step, and what decided how long it took"],
      ["troupe doctor", "when something does not work"],
    ),
  );
  upCommand(program, io, finish);
  nodeCommand(program, io, finish);
  goalCommands(program, io, finish);
  readingCommands(program, io, finish);
  operatorCommands(program, io, finish);
  cacheCommands(program, io, finish);
  trialCommands(program, io, finish);
  deploymentCommands(program, io, finish);
  return program;
}

function upCommand(program: Command, io: Io, finish: Finish): void {
  program
    .command("up")
    .description("run a whole deployment on this machine, and a sample goal to see it work")
    .option("--nodes <count>", "actor nodes to start", wholeNumber(1, 64), 3)
    .option("--once", "end after the sample: exit code 0 when it succeeded, else 1")
    .addOption(
      new Option("--sample <name>", "sample data to clean").choices(sampleNames).default("movies"),
    )
    .option("--no-sample", "publish no sample goal")
    .option("--data <directory>", "data folder (default: TROUPE_DATA, else .troupe)")
    .option("--port <port>", "port for a NATS server started here", wholeNumber(1, 65_535))
    .option("--server <url>", "use this NATS server instead of finding or starting one")
    .option("--prefix <name>", "first token of every subject (default: TROUPE_PREFIX, else troupe)")
    .option("--sources <directory...>", "directories that goals may read (default: this one)")
    .option(
      "--liars <which>",
      "for demonstrations: analysts that lie, how many, or NODE/ANALYST,...",
    )
    .addOption(timeoutOption("longest time for the sample"))
    .option("--json", "news and events as JSON lines")
    .addHelpText(
      "after",
      examples(
        ["troupe up", "three nodes, a sample, then wait for your goals"],
        ["troupe up --once --sample penguins", "try it and end"],
        ["troupe up --no-sample --nodes 5 --sources ~/data", "for work"],
      ),
    )
    .action(async (options) => {
      const { up } = await import("./commands/up.ts");
      finish(await up(io, { json: false, once: false, ...options }));
    });
}

function nodeCommand(program: Command, io: Io, finish: Finish): void {
  withTarget(
    program
      .command("node")
      .description("run one actor node that joins a deployment")
      .option("--name <name>", "unique name of the node (default: host name and process)")
      .option(
        "--data <directory>",
        "data folder, shared by all nodes (default: TROUPE_DATA, else .troupe)",
      )
      .option("--sources <directory...>", "directories that goals may read (default: this one)"),
  )
    .option("--json", "what happens as JSON lines")
    .addHelpText(
      "after",
      examples(
        ["troupe node", "join what 'troupe up' runs in this directory"],
        ["troupe node --server nats://nats:4222 --data /mnt/troupe", "join from elsewhere"],
      ),
    )
    .action(async (options) => {
      const { node } = await import("./commands/node.ts");
      finish(await node(io, { json: false, ...options }));
    });
}

function goalCommands(program: Command, io: Io, finish: Finish): void {
  const goal = program.command("goal").description("publish goals and see what becomes of them");
  withTarget(goal.command("submit"))
    .description("publish a goal and get the durable receipt")
    .argument("[file]", "JSON file with the goal, '-' for standard input")
    .option("--file <file>", "the same by name")
    .option("--kind <kind>", "kind of goal, for example clean")
    .option(
      "--source <path>",
      "file to read; a pattern in quotes, or again, for several that are one dataset",
      (path: string, before: readonly string[] = []) => [...before, path],
    )
    .option("--output <name>", "name of the dataset")
    .option("--rules <file>", "YAML or JSON file of quality rules")
    .option("--id <id>", "identifier: a goal with a known one is not run again")
    .option("--trace", "trace it however many goals begin")
    .option("--watch", "follow the goal to its end")
    .addOption(timeoutOption("longest time to follow"))
    .option("--json", "the receipt as JSON; with --watch, JSON lines")
    .addHelpText(
      "after",
      examples(
        ["troupe goal submit --kind clean --source orders.csv --watch", "from options"],
        ["troupe goal submit --kind clean --source a.csv --rules rules.yaml", "held to your rules"],
        ["troupe goal submit --kind clean --source 'orders-*.csv'", "several files, one dataset"],
        ["troupe goal submit goal.json", "from a file"],
        [`echo '{"kind":"clean","source":"/data/a.csv"}' | troupe goal submit -`, "from a pipe"],
      ),
    )
    .action(async (file: string | undefined, options) => {
      const { goalSubmit } = await import("./commands/goal-submit.ts");
      if (file !== undefined && options.file !== undefined) {
        program.error("error: give the file once", { exitCode: 2 });
      }
      const from = file ?? options.file;
      finish(await goalSubmit(io, from, { json: false, watch: false, ...options }));
    });
  withTarget(goal.command("watch"))
    .description("follow a goal to its end")
    .argument("<goal>", "identifier of the goal")
    .addOption(timeoutOption("longest time to follow"))
    .option("--json", "JSON lines: each decision, then the result")
    .addHelpText("after", examples(["troupe goal watch movies-3fa2c1", "see it work"]))
    .action(async (id: string, options) => {
      const { goalWatch } = await import("./commands/goal-watch.ts");
      finish(await goalWatch(io, id, { json: false, ...options }));
    });
  withTarget(goal.command("list"))
    .description("the goals known, newest first")
    .option("--json", "as one JSON document")
    .addHelpText("after", examples(["troupe goal list --json | jq '.goals[0].id'", "the newest"]))
    .action(async (options) => {
      const { goalList } = await import("./commands/goal-list.ts");
      finish(await goalList(io, { json: false, ...options }));
    });
  withTarget(goal.command("show"))
    .description("where a goal stands, or what came of it")
    .argument("<goal>", "identifier of the goal")
    .option("--json", "as one JSON document")
    .addHelpText("after", examples(["troupe goal show movies-3fa2c1", "files, rows, votes, tasks"]))
    .action(async (id: string, options) => {
      const { goalShow } = await import("./commands/goal-show.ts");
      finish(await goalShow(io, id, { json: false, ...options }));
    });
  withTarget(goal.command("cancel"))
    .description("stop a goal; what it has finished stays recorded")
    .argument("<goal>", "identifier of the goal")
    .option("--reason <text>", "why, for the record", "asked to on the command line")
    .option("--by <name>", "who says so (default: your user name)")
    .option("--json", "as one JSON document")
    .addHelpText("after", examples(["troupe goal cancel g12 --reason 'wrong file'", ""]))
    .action(async (id: string, options) => {
      const { goalCancel } = await import("./commands/goal-cancel.ts");
      finish(await goalCancel(io, id, { json: false, ...options }));
    });
  withTarget(goal.command("approve"))
    .description("answer a task that asks people for approval; its goal goes on")
    .argument("<goal>", "identifier of the goal")
    .option("--task <task>", "the task that asks (default: the only one)")
    .option("--reject", "do not approve: the task fails")
    .option("--note <text>", "why, for the record")
    .option("--by <name>", "who says so (default: your user name)")
    .option("--json", "as one JSON document")
    .addHelpText(
      "after",
      examples(
        ["troupe goal approve g12", "say yes to what it asks"],
        ["troupe goal approve g12 --task pay --reject --note 'too much'", "say no"],
      ),
    )
    .action(async (id: string, options) => {
      const { goalApprove } = await import("./commands/goal-approve.ts");
      finish(await goalApprove(io, id, { json: false, reject: false, ...options }));
    });
  withTarget(goal.command("replay"))
    .description("decide everything about a goal again from its journal, and compare")
    .argument("<goal>", "identifier of the goal")
    .option("--json", "as one JSON document")
    .addHelpText(
      "after",
      examples(
        ["troupe goal replay movies-3fa2c1", "exit code 1 when anything is decided differently"],
        [
          "troupe goal replay g12 --json | jq '.steps[] | select(.verdict == \"different\")'",
          "what",
        ],
      ),
    )
    .action(async (id: string, options) => {
      const { goalReplay } = await import("./commands/goal-replay.ts");
      finish(await goalReplay(io, id, { json: false, ...options }));
    });
}

function readingCommands(program: Command, io: Io, finish: Finish): void {
  withTarget(program.command("trace"))
    .description("a goal's spans as a tree, and its critical path")
    .argument("<goal>", "identifier of the goal")
    .option("--json", "as one JSON document")
    .addHelpText("after", examples(["troupe trace movies-3fa2c1", "who did what when"]))
    .action(async (id: string, options) => {
      const { trace } = await import("./commands/trace.ts");
      finish(await trace(io, id, { json: false, ...options }));
    });
  withTarget(program.command("trail"))
    .description("what the agents that reason for a goal did, step by step")
    .argument("<goal>", "identifier of the goal")
    .option("--task <task>", "only this task's agent, and those below it (default: all)")
    .option("--watch", "what they do, as it comes, until the goal ends")
    .addOption(timeoutOption("longest time to follow"))
    .option("--json", "as one JSON document, nothing cut; with --watch, JSON lines")
    .addHelpText(
      "after",
      examples(
        ["troupe trail g12", "thoughts, actions, what was seen, and what it cost"],
        ["troupe trail g12 --watch", "see them think"],
        ["troupe trail g12 --task answer --json | jq '.trails[0].steps[].thought'", ""],
      ),
    )
    .action(async (id: string, options) => {
      const { trail } = await import("./commands/trail.ts");
      finish(await trail(io, id, { json: false, watch: false, ...options }));
    });
  withTarget(program.command("lineage"))
    .description("what a goal's tasks read and made, from its journal")
    .argument("<goal>", "identifier of the goal")
    .option("--json", "as one JSON document")
    .option("--openlineage", "as OpenLineage run events, one JSON document a line")
    .addHelpText(
      "after",
      examples(
        ["troupe lineage movies-3fa2c1", "which datasets each task read and made"],
        [
          'troupe lineage movies-3fa2c1 --openlineage | while read -r e; do curl -d "$e" $URL; done',
          "to a lineage server",
        ],
      ),
    )
    .action(async (id: string, options) => {
      const { lineage } = await import("./commands/lineage.ts");
      finish(await lineage(io, id, { json: false, openlineage: false, ...options }));
    });
  withTarget(program.command("plan"))
    .description(
      "a goal's plan: decomposition, tasks, risks, and each replanning; or a plan for an HDDL problem",
    )
    .argument("[goal]", "identifier of the goal")
    .option("--domain <file>", "plan a problem instead: HDDL file with the domain")
    .option("--problem <file>", "HDDL file with the problem")
    .option("--timeout <seconds>", "CPU seconds for it", wholeNumber(1, 86_400), 60)
    .option("--verify <file>", "check this plan for the problem instead of making one")
    .option("--json", "as one JSON document")
    .addHelpText(
      "after",
      examples(
        ["troupe plan movies-3fa2c1", "why it did what it did"],
        [
          "troupe plan --domain domain.hddl --problem p01.hddl --timeout 10",
          "exit code 1: there is none, 2: none in time, 3: the files are wrong",
        ],
        ["troupe plan --domain domain.hddl --problem p01.hddl --verify plan.txt", "is it valid?"],
      ),
    )
    .action(async (id: string | undefined, options) => {
      const { domain, problem } = options;
      if (id !== undefined && domain === undefined && problem === undefined) {
        const { plan } = await import("./commands/plan.ts");
        return finish(await plan(io, id, { json: false, ...options }));
      }
      if (id !== undefined || domain === undefined || problem === undefined) {
        program.error("error: give a goal, or --domain and --problem", { exitCode: 2 });
      }
      const { planProblem } = await import("./commands/plan-problem.ts");
      finish(planProblem(io, { json: false, ...options }));
    });
  withTarget(program.command("report"))
    .description("how a deployment is: nodes, health, alerts, goals; or how it does")
    .option("--performance", "throughput, latencies, trends and recommendations instead")
    .addOption(
      new Option("--format <format>", "how it is written")
        .choices(["text", "markdown", "html", "json"])
        .default("text"),
    )
    .option("--output <file>", "write it to a file (default: standard output)")
    .option("--json", "the same as --format json")
    .addHelpText(
      "after",
      examples(
        ["troupe report", "who is there and what is wrong"],
        ["troupe report --performance --format html --output report.html", "for people"],
        ["troupe report --json | jq '.nodes[].health.score'", "for programs"],
      ),
    )
    .action(async (options) => {
      const { report } = await import("./commands/report.ts");
      const format = options.json === true ? "json" : options.format;
      finish(await report(io, { performance: false, ...options, format }));
    });
  withTarget(program.command("doctor"))
    .description("check everything a deployment needs, and say what to do")
    .option("--data <directory>", "data folder (default: TROUPE_DATA, else .troupe)")
    .option("--sources <directory...>", "directories that goals should be able to read")
    .option("--json", "as one JSON document")
    .addHelpText("after", examples(["troupe doctor", "exit code 1 when something fails"]))
    .action(async (options) => {
      const { doctor } = await import("./commands/doctor.ts");
      finish(await doctor(io, { json: false, ...options }));
    });
}

function cacheCommands(program: Command, io: Io, finish: Finish): void {
  const cache = program
    .command("cache")
    .description("results of tasks that are kept for the next time");
  withTarget(cache.command("list"))
    .description("how many there are of each type, and how often nodes found one")
    .option("--type <type>", "only results of tasks of this type, one by one")
    .option("--json", "as one JSON document")
    .addHelpText("after", examples(["troupe cache list --type load", "with their keys"]))
    .action(async (options) => {
      const { cacheList } = await import("./commands/cache.ts");
      finish(await cacheList(io, { json: false, ...options }));
    });
  withTarget(cache.command("warm"))
    .description("have every node read results into its memory, before they are wanted")
    .option("--type <type>", "all results of tasks of this type")
    .option("--key <key>", "this result")
    .option("--json", "as one JSON document")
    .addHelpText("after", examples(["troupe cache warm --type load", "after nodes were started"]))
    .action(async (options) => {
      const { cacheWarm } = await import("./commands/cache.ts");
      finish(await cacheWarm(io, { json: false, ...options }));
    });
  withTarget(cache.command("invalidate"))
    .description("have results be forgotten on all nodes, also those that are being found out")
    .option("--type <type>", "all results of tasks of this type")
    .option("--key <key>", "this result")
    .option("--all", "every result")
    .option("--json", "as one JSON document")
    .addHelpText("after", examples(["troupe cache invalidate --type load", "they are found anew"]))
    .action(async (options) => {
      const { cacheInvalidate } = await import("./commands/cache.ts");
      finish(await cacheInvalidate(io, { json: false, ...options }));
    });
}

function ownVersion(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return String(JSON.parse(manifest).version);
}
