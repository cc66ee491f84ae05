import { fork } from "node:child_process";
import { once } from "node:events";
import { connect } from "@nats-io/transport-node";
import { meter, pipelined, sequential } from "../meter.ts";
import { report } from "./report.ts";

const { host, username: user, password: pass } = new URL(process.argv[2] ?? "");
const server = { servers: host, user, pass };
const data = new Uint8Array(256).fill(97);

if (process.send === undefined) {
  const other = fork(import.meta.filename, process.argv.slice(2));
  await once(other, "message");
  const nats = await connect(server);
  const tells = 1_000_000;
  for (let i = 0; i < 20_000; i += 1) nats.publish("bench.void", data);
  const done = nats.request("bench.expect", String(tells), { timeout: 60_000 });
  await nats.flush();
  const rate = meter();
  for (let i = 0; i < tells; i += 1) {
    nats.publish("bench.sink", data);
    if (i % 5000 === 0) await nats.flush();
  }
  await done;
  const remoteTell = rate(tells).perSecond;
  const ask = () => nats.request("bench.echo", data, { timeout: 5000 });
  const remoteAskMicros = await sequential(10_000, 3000, ask);
  const remoteAsks = (await pipelined(40_000, 512, ask)).perSecond;
  report({ remoteTell, remoteAskMicros, remoteAsks });
  other.kill();
  process.exit();
}

const nats = await connect({ ...server, noEcho: true });
let seen = 0;
let expected = Number.POSITIVE_INFINITY;
let whenSeen: () => void = () => {};
nats.subscribe("bench.echo", { callback: (_error, message) => void message.respond(message.data) });
nats.subscribe("bench.sink", {
  callback: () => {
    seen += 1;
    if (seen === expected) whenSeen();
  },
});
nats.subscribe("bench.expect", {
  callback: (_error, message) => {
    seen = 0;
    expected = Number(message.string());
    whenSeen = () => message.respond();
  },
});
await nats.flush();
process.send("ready");
