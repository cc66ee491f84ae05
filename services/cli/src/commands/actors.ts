import { pause } from "@troupe/actor";
import { nodeIncidents, nodeStatuses, operateNode } from "@troupe/console/nodes";
import type { ActorStatus } from "@troupe/telemetry";
import { type Deployment, nodeDoor, type TargetOptions, withDeployment } from "../connection.ts";
import { exitCodes } from "../errors.ts";
import { type Io, screenOf } from "../io.ts";
import { LiveRegion } from "../output/live-region.ts";
import type { Screen } from "../output/screen.ts";
import { table } from "../output/table.ts";
import { printable } from "../output/text.ts";
import { writeJson, writeLines } from "../output/write.ts";
import { unlessInterrupted } from "../waiting.ts";
import { whoAsks } from "../who-asks.ts";

interface ActorOptions extends TargetOptions {
  readonly json: boolean;
}

/** Which actors are shown. */
interface Shown {
  readonly node?: string;
  readonly limit: number;
}

/** The actors of a deployment at one moment. */
interface Look {
  readonly at: number;
  /** Nodes that answered, of those that were asked for. */
  readonly nodes: readonly string[];
  /** Those with the most waiting messages first. */
  readonly actors: readonly ActorStatus[];
  /** Also those that are not shown. */
  readonly total: number;
  /** Nodes that do not answer. */
  readonly missing: readonly string[];
}

/** `troupe ps`: actors, busiest first. */
export async function ps(io: Io, options: ActorOptions & Shown): Promise<number> {
  const seen = await withDeployment(io, options, (deployment) => look(io, deployment, options));
  if (options.json) writeJson(io.out, lookDocument(seen));
  else writeLines(io.out, actorLines(seen, screenOf(io.out)));
  return seen.nodes.length === 0 ? exitCodes.unreachable : exitCodes.ok;
}

/** `troupe top`: the same again and again, in place where standard output is a terminal, until it is interrupted. */
export async function top(
  io: Io,
  options: ActorOptions & Shown & { readonly every: number; readonly count?: number },
): Promise<number> {
  return withDeployment(io, options, async (deployment) => {
    let seen: Look | undefined;
    const live = io.out.live && !options.json;
    const draw = (screen: Screen) => (seen === undefined ? [] : actorLines(seen, screen));
    const region = live ? new LiveRegion(io, (_now, screen) => draw(screen)) : undefined;
    try {
      for (let looks = 1; !io.interrupted.aborted; looks += 1) {
        seen = await look(io, deployment, options);
        if (options.json) writeJson(io.out, lookDocument(seen));
        else if (!live) writeLines(io.out, [...draw(screenOf(io.out)), ""]);
        if (looks === options.count) break;
        await unlessInterrupted(io, pause(io.clock, options.every * 1000));
      }
      return seen?.nodes.length === 0 ? exitCodes.unreachable : exitCodes.ok;
    } finally {
      region?.end();
    }
  });
}

async function look(io: Io, deployment: Deployment, { node: wanted, limit }: Shown): Promise<Look> {
  const { nodes, missing } = await nodeStatuses(nodeDoor(io, deployment));
  const asked = nodes.filter(({ node }) => node === (wanted ?? node));
  const actors = asked
    .flatMap(({ actors: { shown } }) => shown)
    .sort((one, other) => other.waiting - one.waiting || (one.address < other.address ? -1 : 1))
    .slice(0, limit);
  return {
    at: io.clock.now(),
    nodes: asked.map(({ node }) => node),
    actors,
    total: asked.reduce((sum, { actors: { total } }) => sum + total, 0),
    missing,
  };
}

function lookDocument({ at, actors, total, missing }: Look) {
  return { type: "actors", at, actors, total, missing };
}

function actorLines({ actors, total, missing }: Look, { width, paint }: Screen): readonly string[] {
  const columns = [
    { title: "ACTOR" },
    { title: "PROTOCOL" },
    { title: "STATE" },
    { title: "WAITING", align: "right" },
    { title: "AT WORK" },
    { title: "CAN DO", flexible: true },
  ] as const;
  const rest = total > actors.length ? [`${actors.length} of ${total} actors`] : [];
  const gone = missing.map((node) => `${printable(node)} does not answer`);
  return [...table(columns, actors.map(rowOf), width, paint), ...rest, ...gone];
}

function rowOf({ address, protocol, state, waiting, atWork, capabilities }: ActorStatus) {
  const cells = [address, protocol, state, String(waiting), atWork ?? "-", capabilities.join(" ")];
  return cells.map(printable);
}

/** `troupe describe`: one actor, and what went wrong with it. */
export async function describe(io: Io, address: string, options: ActorOptions): Promise<number> {
  const found = await withDeployment(io, options, async (deployment) => {
    const door = nodeDoor(io, deployment);
    const { nodes } = await nodeStatuses(door);
    const [incidents] = await nodeIncidents(door, [nodeOf(address)]);
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
  const by = whoAsks(io, {});
  const done = await withDeployment(io, options, (deployment) =>
    operateNode(
      nodeDoor(io, deployment),
      nodeOf(address),
      options.restart
        ? { do: "restart", actor: address, why: "the command line", by }
        : { do: "stop", actor: address, by },
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
