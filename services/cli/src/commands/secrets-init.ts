import { resolve } from "node:path";
import { type UserSecret, writeSecrets } from "@troupe/deploy";
import { exitCodes } from "../errors.ts";
import type { Io } from "../io.ts";
import { writeJson, writeLines } from "../output/write.ts";

export interface SecretsInitOptions {
  readonly dir: string;
  readonly tenant: readonly string[];
  /** Names, instead of so many numbered ones. */
  readonly node?: readonly string[];
  readonly nodes: number;
  readonly agents: number;
  readonly server: string;
  readonly prefix: string;
  readonly tls: boolean;
  readonly nkeys: boolean;
  readonly json: boolean;
}

/** `troupe secrets init`: users of a NATS server by role, with new passwords or nkeys, which are shown this once. */
export async function secretsInit(io: Io, options: SecretsInitOptions): Promise<number> {
  const { tls, nkeys, server, prefix } = options;
  const directory = resolve(io.directory, options.dir);
  const nodes = options.node ?? numbered("n", options.nodes);
  const agents = numbered("a", options.agents);
  const tenants = options.tenant.map((name) => ({ name, nodes, agents }));
  const users = await writeSecrets({ directory, tenants, server, prefix, tls, nkeys });
  if (options.json) writeJson(io.out, { directory, users });
  else writeLines(io.out, linesOf(directory, users));
  return exitCodes.ok;
}

function numbered(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `${letter}${at + 1}`);
}

function linesOf(directory: string, users: readonly UserSecret[]): readonly string[] {
  const width = Math.max(...users.map(({ user }) => user.length));
  return [
    `${users.length} users in ${directory}, shown this once:`,
    ...users.map(({ user, url }) => `  ${user.padEnd(width)}  ${url}`),
    "Give each process the file with its user's name: node --env-file=USER.env",
  ];
}
