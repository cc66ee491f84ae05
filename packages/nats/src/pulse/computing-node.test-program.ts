import { existsSync } from "node:fs";
import { createActorSystem, silentLog } from "@troupe/actor";
import { connect } from "../connection/connect.ts";
import { natsTransport } from "../transport/nats-transport.ts";
import { natsPulse } from "./nats-pulse.ts";

// A node that computes without a pause when it is told to, until there is a file of the name that it is told.
const [url = "", pulse = "", hungAfterMs = ""] = process.argv.slice(2);
const connection = await connect({ url, name: "computing" });
createActorSystem({
  node: "computing",
  ports: {
    transport: natsTransport(connection),
    ...(pulse === "with"
      ? {
          pulse: natsPulse({
            url,
            name: "computing",
            log: silentLog,
            hungAfterMs: Number(hungAfterMs),
          }),
        }
      : {}),
  },
  membership: { heartbeatMs: 100, suspectMs: 800 },
});
process.on("message", (until: string) => {
  process.send?.("computing", () => {
    while (!existsSync(until));
    process.send?.("paused");
  });
});
