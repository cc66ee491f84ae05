import { type Command, Option } from "commander";
import {
  examples,
  type Finish,
  timeoutOption,
  wholeNumber,
  withTarget,
} from "./command-options.ts";
import type { Io } from "./io.ts";

/** Commands that tell what happened and what is there, and change nothing. */
export function readingCommands(program: Command, io: Io, finish: Finish): void {
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
