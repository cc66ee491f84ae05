import { fork } from "node:child_process";
import { once } from "node:events";
import { createActorSystem, defineActor, defineProtocol, message, query } from "@troupe/actor";
import { connect, natsTransport } from "@troupe/nats";
import { z } from "zod";
import { meter, pipelined, sequential } from "../meter.ts";
import { report } from "./report.ts";

const url = process.argv[2] ?? "";
const body = { d: "a".repeat(256) };
const bodySchema = z.object({ d: z.string() });
const protocol = defineProtocol("echo", {
  echo: query(bodySchema, bodySchema),
  sink: message(bodySchema),
  expect: query(z.object({ count: z.number() }), z.null()),
});

async function join(node: string) {
  const connection = await connect({ url, name: node });
  const system = createActorSystem({ node, ports: { transport: natsTransport(connection) } });
  return { connection, system };
}

if (process.send === undefined) {
  const other = fork(import.meta.filename, [url], { execArgv: process.execArgv });
  await once(other, "message");
  const { connection, system } = await join("near");
  const ref = system.ref(protocol, "far/echo");
  const tells = 1_000_000;
  const withinMs = 60_000;
  await ref.ask("echo", body, { withinMs });
  for (let i = 0; i < 20_000; i += 1) ref.tell("sink", body);
  await ref.ask("echo", body, { withinMs });
  const done = ref.ask("expect", { count: tells }, { withinMs });
  const rate = meter();
  for (let i = 0; i < tells; i += 1) {
    ref.tell("sink", body);
    if (i % 5000 === 0) await connection.nats.flush();
  }
  await done;
  const remoteTell = rate(tells).perSecond;
  const ask = () => ref.ask("echo", body, { withinMs: 5000 });
  const remoteAskMicros = await sequential(10_000, 3000, ask);
  const remoteAsks = (await pipelined(40_000, 512, ask)).perSecond;
  report({ remoteTell, remoteAskMicros, remoteAsks });
  other.kill();
  process.exit();
}

const { connection, system } = await join("far");
const echo = defineActor(
  protocol,
  () => {
    let seen = 0;
    let expected = Number.POSITIVE_INFINITY;
    let whenSeen: (nothing: null) => void = () => {};
    return {
      echo: (received) => received,
      sink: () => {
        seen += 1;
        if (seen === expected) whenSeen(null);
      },
      expect: ({ count }) => {
        seen = 0;
        expected = count;
        return new Promise((resolve) => {
          whenSeen = resolve;
        });
      },
    };
  },
  { mailbox: { capacity: 1_000_000 }, interleave: ["expect"] },
);
system.spawn(echo, { name: "echo" });
await connection.nats.flush();
process.send("ready");
