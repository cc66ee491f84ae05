import { createActorSystem, defineActor, defineProtocol, message, query } from "@troupe/actor";
import { InMemoryNetwork, seededRandom, VirtualClock } from "@troupe/testkit";
import { z } from "zod";
import { drained, making, meter, pipelined, sequential } from "../meter.ts";
import { report, tellFigures } from "./report.ts";

let seen = 0;
const protocol = defineProtocol("counter", {
  count: message(z.object({ i: z.number() })),
  total: query(z.object({}), z.number()),
  crash: message(z.object({})),
});
const counter = defineActor(
  protocol,
  () => {
    let total = 0;
    return {
      count: () => {
        seen += 1;
        total += 1;
      },
      total: () => total,
      crash: () => {
        throw new Error("asked to");
      },
    };
  },
  { mailbox: { capacity: 1_000_000 } },
);
/** Restarts at once and as often as it takes, as the peers do that are compared. */
const forgiving = defineActor(
  defineProtocol("forgiving", {}),
  (context) => {
    context.spawn(counter, { name: "crashing" });
    return {};
  },
  {
    supervision: {
      intensity: { restarts: 1_000_000, withinMs: 1 },
      backoff: { minMs: 0, maxMs: 0, jitter: 0 },
    },
  },
);

const network = new InMemoryNetwork({ clock: new VirtualClock(), random: seededRandom(1) });
const system = createActorSystem({ node: "a", ports: { transport: network.connect("a") } });
const ref = system.spawn(counter, { name: "counter" });
for (let i = 0; i < 20_000; i += 1) ref.tell("count", { i });
await drained(() => seen === 20_000);

seen = 0;
const tells = 1_000_000;
const rate = meter();
for (let i = 0; i < tells; i += 1) {
  ref.tell("count", { i });
  if ((i & 8191) === 0) await new Promise(setImmediate);
}
await drained(() => seen === tells);
const tell = tellFigures(rate(tells));

const ask = () => ref.ask("total", {}, { withinMs: 5000 });
const askMicros = await sequential(50_000, 100_000, ask);
const asks = (await pipelined(200_000, 512, ask)).perSecond;
const spawned = await making(20_000, (count) =>
  Array.from({ length: count }, () => system.spawn(counter)),
);

system.spawn(forgiving, { name: "forgiving" });
const crashing = system.ref(protocol, "a/forgiving/crashing");
const restartMicros = await sequential(3000, 500, () => {
  crashing.tell("crash", {});
  return crashing.ask("total", {}, { withinMs: 5000 });
});
report({
  ...tell,
  askMicros,
  asks,
  spawn: spawned.perSecond,
  heapBytes: spawned.heapBytes,
  restartMicros,
});
process.exit();
