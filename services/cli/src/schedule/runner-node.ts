import { createActorSystem } from "@troupe/actor";
import { connect, natsTransport } from "@troupe/nats";
import { consoleLog } from "@troupe/telemetry";
import { z } from "zod";
import { Pace } from "./pace.ts";
import { membership, runner, runnerCapability } from "./runner.ts";

// A node that hosts runners, until it is told to stop or the process that started it is gone.
const settings = z
  .object({
    NATS_URL: z.string(),
    TROUPE_PREFIX: z.string(),
    TROUPE_NODE: z.string(),
    /** The cluster of this execution. */
    TROUPE_SYSTEM: z.string(),
    /** How many runners it hosts. */
    TROUPE_RUNNERS: z.coerce.number().int().min(1),
  })
  .parse(process.env);
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
const pace = new Pace();
for (let index = 0; index < settings.TROUPE_RUNNERS; index += 1) {
  // One that fails forgets its run, so that it is better gone: then the run is done elsewhere.
  const options = { name: `runner-${index + 1}`, restart: "temporary" } as const;
  system.spawn(runner(pace), { ...options, capabilities: [runnerCapability] });
}

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await system.stop();
  await connection.close();
  process.exit(0);
}
process.on("SIGTERM", stop);
process.on("disconnect", stop);
await transport.flush();
if (process.connected) process.send?.({ ready: true, node });
else await stop();
