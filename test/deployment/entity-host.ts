import { createActorSystem, FencedError, hostEntities, type Journal } from "@troupe/actor";
import { connect, natsJournal, natsTransport } from "@troupe/nats";
import { tally } from "./tally.ts";

/** What a host says to the process that started it. */
export interface HostReport {
  /** The subject of an append that the journal refused, since another activation has taken over. */
  readonly fenced: string;
}

function report(what: HostReport): void {
  if (process.connected) process.send?.(what);
}

function telling(journal: Journal): Journal {
  return {
    ...journal,
    append: async (subject, ...rest) => {
      try {
        return await journal.append(subject, ...rest);
      } catch (thrown) {
        if (thrown instanceof FencedError) report({ fenced: subject });
        throw thrown;
      }
    },
  };
}

// A node that hosts tallies until the process that started it is gone.
process.on("disconnect", () => process.exit());
const [url = "", node = "", prefix = "", heartbeatMs, suspectMs] = process.argv.slice(2);
const connection = await connect({ url, name: node });
const system = createActorSystem({
  node,
  ports: { transport: natsTransport(connection) },
  membership: { heartbeatMs: Number(heartbeatMs), suspectMs: Number(suspectMs) },
});
hostEntities(system, tally, { journal: telling(natsJournal(connection, { prefix })) });
