import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { cacheCommands } from "./cache-commands.ts";
import {
  examples,
  type Finish,
  timeoutOption,
  wholeNumber,
  withTarget,
} from "./command-options.ts";
import { deploymentCommands } from "./deployment-commands.ts";
import { goalCommands } from "./goal-commands.ts";
import type { Io } from "./io.ts";
import { operatorCommands } from "./operator-commands.ts";
import { readingCommands } from "./reading-commands.ts";
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

function ownVersion(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return String(JSON.parse(manifest).version);
}
