import type { Command } from "commander";
import { examples, type Finish, timeoutOption, withTarget } from "./command-options.ts";
import type { Io } from "./io.ts";

/** Commands that publish goals, and answer, end and replay them. */
export function goalCommands(program: Command, io: Io, finish: Finish): void {
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
