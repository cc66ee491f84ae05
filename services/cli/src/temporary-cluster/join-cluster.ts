import { type ActorSystem, createActorSystem } from "@troupe/actor";
import { connect, natsTransport } from "@troupe/nats";
import { consoleLog } from "@troupe/telemetry";
import { z } from "zod";
import { membership } from "./membership.ts";

const settingsSchema = z.object({
  NATS_URL: z.string(),
  TROUPE_PREFIX: z.string(),
  TROUPE_NODE: z.string(),
  /** The cluster of this execution. */
  TROUPE_SYSTEM: z.string(),
});

/**
 * Makes this process a node of its parent's cluster, until it is told to stop or the parent is gone.
 *
 * @param host starts the node's actors; then the parent is told that it is ready
 */
export async function joinCluster(host: (system: ActorSystem) => void): Promise<void> {
  const settings = settingsSchema.parse(process.env);
  const { NATS_URL: url, TROUPE_PREFIX: prefix, TROUPE_NODE: node, TROUPE_SYSTEM: name } = settings;
  const log = consoleLog({ level: "warn", node });
  const connection = await connect({ url, name: `troupe ${name} ${node}`, log });
  const transport = natsTransport(connection);
  const system = createActorSystem({
    prefix,
    system: name,
    node,
    ports: { transport, log },
    membership,
  });
  host(system);

  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    await system.stop();
    await connection.close();
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("disconnect", stop);
  await transport.flush();
  if (process.connected) process.send?.({ ready: true, node });
  else await stop();
}
