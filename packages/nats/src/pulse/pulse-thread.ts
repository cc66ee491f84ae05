import { parentPort, workerData } from "node:worker_threads";
import { silentLog } from "@troupe/actor";
import { connect } from "../connection/connect.ts";
import type { Beat, PulseData } from "./pulse-messages.ts";

const { url, name, hungAfterMs }: PulseData = workerData;
const connection = await connect({ url, name, log: silentLog });
let latest: Beat | undefined;
let heardAt = performance.now();
let timer: NodeJS.Timeout | undefined;

function publish(): void {
  if (latest === undefined) return;
  timer = setTimeout(publish, latest.periodMs);
  if (performance.now() - heardAt > hungAfterMs) return;
  connection.nats.publish(latest.subject, latest.payload);
}

parentPort?.on("message", (beat: Beat | "stop") => {
  if (beat === "stop") {
    clearTimeout(timer);
    // The thread ends with the connection, which is the last thing that keeps it.
    void connection.close().then(() => parentPort?.close());
    return;
  }
  const first = latest === undefined;
  latest = beat;
  heardAt = performance.now();
  if (first) publish();
});
