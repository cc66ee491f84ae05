import type { Command } from "commander";
import { examples, type Finish, withTarget } from "./command-options.ts";
import type { Io } from "./io.ts";

/** Commands for the results of tasks that are kept. */
export function cacheCommands(program: Command, io: Io, finish: Finish): void {
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
