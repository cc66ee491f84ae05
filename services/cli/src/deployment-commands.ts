import type { Command } from "commander";
import { examples, wholeNumber } from "./command-options.ts";
import type { Io } from "./io.ts";

/** Commands for those who put Troupe on a platform. They need no deployment that runs. */
export function deploymentCommands(
  program: Command,
  io: Io,
  finish: (exitCode: number) => void,
): void {
  const secrets = program.command("secrets").description("users of a NATS server by role");
  secrets
    .command("init")
    .description("make users with new passwords or nkeys, and the files that nats.conf includes")
    .option("--dir <directory>", "folder to make", "secrets")
    .option("--tenant <name...>", "accounts that share the server, each with its users", ["main"])
    .option("--nodes <count>", "actor nodes of each tenant: n1, n2, …", wholeNumber(1, 1000), 3)
    .option("--node <name...>", "actor nodes by name, instead of --nodes")
    .option("--agents <count>", "nodes that only bid, vote and work", wholeNumber(0, 1000), 0)
    .option("--server <host:port>", "where processes reach the server", "nats:4222")
    .option("--prefix <name>", "first token of every subject", "troupe")
    .option("--tls", "demand TLS, with certificates for development that openssl makes")
    .option("--nkeys", "nkeys instead of passwords: the server's files then hold no secret")
    .option("--json", "as one JSON document")
    .addHelpText(
      "after",
      examples(
        ["troupe secrets init", "then 'docker-compose up', or 'nats-server --config nats.conf'"],
        ["troupe secrets init --tenant acme globex --tls", "two tenants apart from each other"],
      ),
    )
    .action(async (options) => {
      const { secretsInit } = await import("./commands/secrets-init.ts");
      finish(await secretsInit(io, { json: false, tls: false, nkeys: false, ...options }));
    });
  program
    .command("deploy")
    .description("make the files that run Troupe on a platform, checked against each other")
    .requiredOption("--target <name>", "compose, kubernetes, istio, prometheus or grafana")
    .option("--config <file>", "YAML or JSON; without one all defaults")
    .requiredOption("--out <directory>", "where to put them")
    .option("--json", "as one JSON document")
    .addHelpText(
      "after",
      examples(
        ["troupe deploy --target compose --out .", "then 'docker compose up'"],
        ["troupe deploy --target kubernetes --out k8s", "then 'kubectl apply -f k8s'"],
        ["troupe deploy --target istio --config troupe.yaml --out mesh", "the HTTP console's"],
      ),
    )
    .action(async (options) => {
      const { deploy } = await import("./commands/deploy.ts");
      finish(await deploy(io, { json: false, ...options }));
    });
}
