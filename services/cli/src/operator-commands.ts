import type { Command } from "commander";
import {
  examples,
  type Finish,
  label,
  timeSpan,
  wholeNumber,
  withTarget,
} from "./command-options.ts";
import type { Io } from "./io.ts";

/** Commands for those who run a deployment: what its actors are at, and what to do about them. */
export function operatorCommands(program: Command, io: Io, finish: Finish): void {
  withTarget(program.command("console"))
    .description("serve the HTTP API and the live pages of a deployment")
    .option(
      "--port <port>",
      "port to listen on, 0 for any (default: TROUPE_CONSOLE_PORT, or 4280)",
      wholeNumber(0, 65_535),
    )
    .option(
      "--host <address>",
      "address to listen on; others than this machine's own need a login (default: TROUPE_CONSOLE_HOST, or 127.0.0.1)",
    )
    .option("--json", "where it is, as one JSON document")
    .addHelpText(
      "after",
      examples(
        ["troupe console", "then open http://127.0.0.1:4280"],
        ["troupe console --host 0.0.0.0", "for others: it prints the token to log in with"],
      ),
    )
    .action(async (options) => {
      const { console } = await import("./commands/console.ts");
      finish(await console(io, { json: false, ...options }));
    });
  actorCommands(program, io, finish);
  quarantineCommands(program, io, finish);
  alertCommands(program, io, finish);
  program
    .command("completion")
    .description("a script that completes this command's words")
    .argument("<shell>", "bash, zsh or fish")
    .addHelpText(
      "after",
      examples(
        ["source <(troupe completion bash)", "in .bashrc; zsh the same, in .zshrc"],
        ["troupe completion fish > ~/.config/fish/completions/troupe.fish", ""],
      ),
    )
    .action(async (shell: string) => {
      const { completion } = await import("./commands/completion.ts");
      finish(completion(io, program, shell));
    });
}

function actorCommands(program: Command, io: Io, finish: Finish): void {
  withTarget(program.command("ps"))
    .description("actors, those with the most waiting messages first; of each node its 500 busiest")
    .option("--node <name>", "only of this node")
    .option("--limit <count>", "at most so many", wholeNumber(1, 100_000), 50)
    .option("--json", "as one JSON document")
    .addHelpText("after", examples(["troupe ps --node n1", "what it is busy with"]))
    .action(async (options) => {
      const { ps } = await import("./commands/actors.ts");
      finish(await ps(io, { json: false, ...options }));
    });
  withTarget(program.command("top"))
    .description("the same again and again, in place, until it is interrupted")
    .option("--node <name>", "only of this node")
    .option("--limit <count>", "at most so many", wholeNumber(1, 1000), 30)
    .option("--every <seconds>", "time between two looks", wholeNumber(1, 3600), 2)
    .option("--count <looks>", "end after so many (default: never)", wholeNumber(1, 1_000_000))
    .option("--json", "JSON lines: each look")
    .addHelpText("after", examples(["troupe top", "who falls behind"]))
    .action(async (options) => {
      const { top } = await import("./commands/actors.ts");
      finish(await top(io, { json: false, ...options }));
    });
  withTarget(program.command("describe"))
    .description("an actor: what it is at, and what went wrong with it lately")
    .argument("<actor>", "its address, as 'troupe ps' shows it")
    .option("--json", "as one JSON document")
    .addHelpText("after", examples(["troupe describe n1/inspector", ""]))
    .action(async (actor: string, options) => {
      const { describe } = await import("./commands/actors.ts");
      finish(await describe(io, actor, { json: false, ...options }));
    });
  withTarget(program.command("kill"))
    .description("stop an actor and its children for good; --restart: end its present incarnation")
    .argument("<actor>", "its address, as 'troupe ps' shows it")
    .option("--restart", "as if it had failed: its supervisor decides what follows")
    .option("--json", "as one JSON document")
    .addHelpText("after", examples(["troupe kill n1/inspector --restart", "when it is stuck"]))
    .action(async (actor: string, options) => {
      const { kill } = await import("./commands/actors.ts");
      finish(await kill(io, actor, { json: false, restart: false, ...options }));
    });
}

function quarantineCommands(program: Command, io: Io, finish: Finish): void {
  const quarantine = program
    .command("quarantine")
    .description("messages that failed their handler too often");
  withTarget(quarantine.command("list"))
    .description("those of all nodes, with what was wrong")
    .option("--json", "as one JSON document")
    .action(async (options) => {
      const { quarantineList } = await import("./commands/quarantine.ts");
      finish(await quarantineList(io, { json: false, ...options }));
    });
  for (const [name, what] of [
    ["replay", "send one to its actor again"],
    ["discard", "give one up"],
  ] as const) {
    withTarget(quarantine.command(name))
      .description(what)
      .argument("<node>", "node that holds it")
      .argument("<id>", "its id, as 'troupe quarantine list' shows it")
      .option("--json", "as one JSON document")
      .addHelpText("after", examples([`troupe quarantine ${name} n1 q7`, ""]))
      .action(async (node: string, id: string, options) => {
        const { quarantineOperate } = await import("./commands/quarantine.ts");
        finish(await quarantineOperate(io, node, { do: name, id }, { json: false, ...options }));
      });
  }
}

/** Longest silence, seconds: as nodes allow it. */
const longestSilence = 30 * 86_400;

function alertCommands(program: Command, io: Io, finish: Finish): void {
  const alerts = program.command("alerts").description("what is wrong, and who sees to it");
  const order = (name: string): Command =>
    withTarget(alerts.command(name))
      .option("--by <name>", "who says so (default: your user name)")
      .option("--json", "as one JSON document");
  withTarget(alerts.command("list"))
    .description("alerts that fire or are about to, and what people said about them")
    .option("--json", "as one JSON document")
    .addHelpText("after", examples(["troupe alerts list --json | jq '.orders'", "who said what"]))
    .action(async (options) => {
      const { alertsList } = await import("./commands/alerts.ts");
      finish(await alertsList(io, { json: false, ...options }));
    });
  order("silence")
    .description("keep people from being told of a rule's alerts for a while, on all nodes")
    .argument("<rule>", "name of the rule, or '*' for all")
    .requiredOption("--for <time>", "how long, as 30m, 2h or 7d", timeSpan(longestSilence))
    .requiredOption("--reason <text>", "why, for the others")
    .option("--node <name>", "only those of this node")
    .option("--label <name=value>", "only those with this label; may be given again", label)
    .addHelpText(
      "after",
      examples(
        ["troupe alerts silence NodeLost --for 2h --reason 'rolling update'", ""],
        ["troupe alerts silence '*' --for 30m --node n3 --reason 'being replaced'", ""],
      ),
    )
    .action(async (rule: string, options) => {
      const { alertsSilence } = await import("./commands/alerts.ts");
      finish(await alertsSilence(io, rule, { json: false, ...options }));
    });
  order("unsilence")
    .description("end a silence")
    .argument("<silence>", "its id, as 'troupe alerts list' shows it")
    .addHelpText("after", examples(["troupe alerts unsilence s3", ""]))
    .action(async (id: string, options) => {
      const { alertsUnsilence } = await import("./commands/alerts.ts");
      finish(await alertsUnsilence(io, id, { json: false, ...options }));
    });
  for (const [name, what, reason] of [
    [
      "acknowledge",
      "say that somebody sees to an alert: it is neither told again nor escalated",
      "on it",
    ],
    [
      "resolve",
      "say that an alert is over: it fires again once its condition has been gone for a while",
      "replaced",
    ],
  ] as const) {
    order(name)
      .description(what)
      .argument("<alert>", "its id, as 'troupe alerts list' shows it")
      .option("--reason <text>", "why, for the others", "")
      .addHelpText(
        "after",
        examples([`troupe alerts ${name} 'NodeLost@n1[]' --reason '${reason}'`, ""]),
      )
      .action(async (alert: string, options) => {
        const { alertsMark } = await import("./commands/alerts.ts");
        finish(await alertsMark(io, name, alert, { json: false, ...options }));
      });
  }
}
