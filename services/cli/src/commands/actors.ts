import { nodeIncidents, nodeStatuses, operateNode } from "@troupe/console/nodes";
import type { ActorStatus } from "@troupe/telemetry";
import { type TargetOptions, withDeployment } from "../connection.ts";
import { exitCodes } from "../errors.ts";
import { type Io, screenOf } from "../io.ts";
import { table } from "../output/table.ts";
import { printable } from "../output/text.ts";
import { writeJson, writeLines } from "../output/write.ts";

interface ActorOptions extends TargetOptions {
  readonly json: boolean;
}

/** `troupe ps`: actors, busiest first. */
export async function ps(
  io: Io,
  options: ActorOptions & { readonly node?: string; readonly limit: number },
): Promise<number> {
  const { nodes, missing } = await withDeployment(io, options, ({ transport, target }) =>
    nodeStatuses({ ...io, transport }, target.prefix),
  );
  const asked = nodes.filter(({ node }) => node === (options.node ?? node));
  const actors = asked
    .flatMap(({ actors: { shown } }) => shown)
    .sort((one, other) => other.waiting - one.waiting || (one.address < other.address ? -1 : 1))
    .slice(0, options.limit);
  const total = asked.reduce((sum, { actors: { total: all } }) => sum + all, 0);
  if (options.json) writeJson(io.out, { actors, total, missing });
  else {
    const { width, paint } = screenOf(io.out);
    const columns = [
      { title: "ACTOR" },
      { title: "PROTOCOL" },
      { title: "STATE" },
      { title: "WAITING", align: "right" },
      { title: "AT WORK" },
      { title: "CAN DO", flexible: true },
    ] as const;
    const rows = actors.map(rowOf);
    const rest = total > actors.length ? [`${actors.length} of ${total} actors`] : [];
    const gone = missing.map((node) => `${node} does not answer`);
    writeLines(io.out, [...table(columns, rows, width, paint), ...rest, ...gone]);
  }
  return asked.length === 0 ? exitCodes.unreachable : exitCodes.ok;
}

function rowOf({ address, protocol, state, waiting, atWork, capabilities }: ActorStatus) {
  const cells = [address, protocol, state, String(waiting), atWork ?? "-", capabilities.join(" ")];
  return cells.map(printable);
}

/** `troupe describe`: one actor, and what went wrong with it. */
export async function describe(io: Io, address: string, options: ActorOptions): Promise<number> {
  const found = await withDeployment(io, options, async ({ transport, target: { prefix } }) => {
    const ports = { ...io, transport };
    const { nodes } = await nodeStatuses(ports, prefix);
    const [incidents] = await nodeIncidents(ports, prefix, [nodeOf(address)]);
    const shown = nodes.flatMap(({ actors }) => actors.shown);
    return { actor: shown.find((one) => one.address === address), incidents };
  });
  const { actor } = found;
  const restarts = found.incidents?.restarts.filter((one) => one.actor === address) ?? [];
  const quarantine = found.incidents?.quarantine.filter((one) => one.actor === address) ?? [];
  const letters = found.incidents?.deadLetters.filter((one) => one.receiver === address) ?? [];
  if (options.json) {
    writeJson(io.out, { actor: actor ?? null, restarts, quarantine, deadLetters: letters });
  } else {
    const time = (at: number): string => new Date(at).toISOString();
    const state =
      actor === undefined
        ? [`${address} is not among the 500 busiest actors of '${nodeOf(address)}', or is gone`]
        : [
            `${actor.address}  ${actor.protocol}, ${actor.state}`,
            `waiting   ${actor.waiting} of ${actor.capacity}`,
            `at work   ${actor.atWork ?? "-"}`,
            `can do    ${actor.capabilities.join(", ") || "-"}`,
          ];
    writeLines(
      io.out,
      [
        ...state,
        ...restarts.map(({ at, error }) => `restarted ${time(at)}  ${error}`),
        ...quarantine.map(({ id, type, error }) => `quarantine ${id}  ${type}: ${error}`),
        ...letters.map(({ at, type, reason }) => `dead letter ${time(at)}  ${type}: ${reason}`),
      ].map(printable),
    );
  }
  return actor === undefined ? exitCodes.failed : exitCodes.ok;
}

/** `troupe kill`: stops an actor, or ends its present incarnation. */
export async function kill(
  io: Io,
  address: string,
  options: ActorOptions & { readonly restart: boolean },
): Promise<number> {
  const done = await withDeployment(io, options, ({ transport, target: { prefix } }) =>
    operateNode(
      { ...io, transport },
      prefix,
      nodeOf(address),
      options.restart
        ? { do: "restart", actor: address, why: "the command line" }
        : { do: "stop", actor: address },
    ),
  );
  const word = options.restart ? "restarted" : "stopped";
  if (options.json) writeJson(io.out, { actor: address, done });
  else writeLines(io.out, [done ? `${address} ${word}` : `no actor '${address}': see 'troupe ps'`]);
  return done ? exitCodes.ok : exitCodes.failed;
}

/** The first part of an actor's address. */
function nodeOf(address: string): string {
  return address.split("/")[0] ?? "";
}
