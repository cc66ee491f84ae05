import { fork } from "node:child_process";
import { once } from "node:events";
import moleculer from "moleculer";
import { meter, pipelined, sequential } from "../meter.ts";
import { report } from "./report.ts";

const { ServiceBroker } = moleculer;
const { host, username: user, password: pass } = new URL(process.argv[2]);
const nats = { type: "NATS", options: { servers: host, user, pass } };
const options = { namespace: "bench", logger: false, transporter: nats };

if (process.send === undefined) {
  const other = fork(import.meta.filename, process.argv.slice(2));
  await once(other, "message");
  const broker = new ServiceBroker({ ...options, nodeID: "near" });
  await broker.start();
  await broker.waitForServices("echo");
  const body = { d: "a".repeat(256) };
  const ask = () => broker.call("echo.echo", body);
  const remoteAskMicros = await sequential(8000, 3000, ask);
  const remoteAsks = (await pipelined(30_000, 512, ask)).perSecond;
  const tells = 100_000;
  const done = broker.call("echo.expect", { count: tells }, { timeout: 60_000 });
  await ask();
  const rate = meter();
  for (let i = 0; i < tells; i += 1) {
    broker.emit("sink.tell", body);
    if (i % 500 === 0) await new Promise(setImmediate);
  }
  await done;
  report({ remoteTell: rate(tells).perSecond, remoteAskMicros, remoteAsks });
  other.kill();
  process.exit();
}

let seen = 0;
let expected = Number.POSITIVE_INFINITY;
let whenSeen = () => {};
const broker = new ServiceBroker({ ...options, nodeID: "far" });
broker.createService({
  name: "echo",
  actions: {
    echo: ({ params }) => params,
    expect: ({ params }) => {
      seen = 0;
      expected = params.count;
      return new Promise((resolve) => {
        whenSeen = resolve;
      });
    },
  },
  events: {
    "sink.tell": () => {
      seen += 1;
      if (seen === expected) whenSeen(true);
    },
  },
});
await broker.start();
process.send("ready");
