import { type ActorSystem, createActorSystem, silentLog } from "@troupe/actor";
import { connect, natsTransport } from "@troupe/nats";
import { defaultPrefix } from "../connection.ts";
import type { Io } from "../io.ts";
import type { Undo } from "../undo.ts";
import { unlessInterrupted } from "../waiting.ts";
import { type ChildNode, ChildNodes } from "./child-nodes.ts";
import { membership } from "./membership.ts";
import { startPrivateServer } from "./private-server.ts";

export interface ClusterSpec {
  /** A word for what it is there for; names the cluster and its folder. */
  readonly purpose: string;
  /** Name of the node in this process. */
  readonly node: string;
  /** File of the program of the other nodes; it says `{ready}` to its parent when its actors are there. */
  readonly program: string;
  /** The other nodes; each gets the cluster's name as `TROUPE_SYSTEM` too. */
  readonly nodes: readonly ChildNode[];
  /** NATS server to use. Default: one that is started for this execution. */
  readonly server?: string;
}

/** A cluster of this process and its children. */
export interface OpenCluster {
  readonly system: ActorSystem;
  /** The children. */
  readonly processes: ChildNodes["processes"];
}

/**
 * Starts nodes in processes of their own for one execution, joined with one in this process by NATS.
 *
 * @param undo is told how to end whatever was started, also when this fails half-way
 * @throws NodeStartError; InterruptedError on Ctrl-C; what `@troupe/nats` throws about the server
 */
export async function openCluster(
  io: Io,
  undo: Undo,
  { purpose, node, program, nodes, server }: ClusterSpec,
): Promise<OpenCluster> {
  const { clock, random, environment } = io;
  const url = server ?? (await startPrivateServer(io, undo, purpose));
  const name = `${purpose}-${random.hex(6)}`;
  const prefix = environment["TROUPE_PREFIX"] ?? defaultPrefix;
  const connecting = connect({ url, name: `troupe ${name}`, log: silentLog });
  undo.push(async () => (await connecting.catch(() => undefined))?.close());
  const connection = await unlessInterrupted(io, connecting);

  const children = new ChildNodes({
    clock,
    environment: { ...environment, TROUPE_SYSTEM: name },
    natsUrl: url,
    prefix,
    program,
    nodes,
    directory: io.directory,
  });
  undo.push(
    () => children.stop(),
    () => children.kill(),
  );
  const ports = { transport: natsTransport(connection), clock, random };
  const system = createActorSystem({ prefix, system: name, node, ports, membership });
  // Stopped first, so that nobody takes nodes that are told to leave for lost.
  undo.push(() => system.stop());
  await unlessInterrupted(io, children.ready());
  return { system, processes: children.processes };
}
