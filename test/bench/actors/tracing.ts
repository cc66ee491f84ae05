import {
  createActorSystem,
  defineActor,
  defineProtocol,
  message,
  newTraceContext,
  noTracer,
  type Ref,
  silentLog,
  systemClock,
  systemRandom,
  type Tracer,
  traced,
} from "@troupe/actor";
import { createTelemetry } from "@troupe/telemetry";
import { InMemoryNetwork, seededRandom, VirtualClock } from "@troupe/testkit";
import { z } from "zod";
import { drained, meter } from "../meter.ts";
import { report } from "./report.ts";

const protocol = defineProtocol("counter", { count: message(z.object({ i: z.number() })) });
const network = new InMemoryNetwork({ clock: new VirtualClock(), random: seededRandom(1) });
const telemetry = createTelemetry({
  service: "bench",
  node: "bench",
  clock: systemClock,
  random: systemRandom,
  log: silentLog,
  store: () => Promise.resolve(),
  queueLimit: 10_000_000,
});
const sampled = newTraceContext(systemRandom);
const unsampled = { ...sampled, sampled: false };

function counting(node: string, tracer: Tracer) {
  let seen = 0;
  const counter = defineActor(
    protocol,
    () => ({
      count: () => {
        seen += 1;
      },
    }),
    { mailbox: { capacity: 1_000_000 } },
  );
  const ports = { transport: network.connect(node), tracer };
  const ref = createActorSystem({ node, ports }).spawn(counter, { name: "counter" });
  return { ref, seen: () => seen };
}

/** CPU time of one tell and its handling, microseconds. */
async function tellCpu(ref: Ref<typeof protocol.messages>, seen: () => number, count: number) {
  const before = seen();
  const rate = meter();
  for (let i = 0; i < count; i += 1) {
    ref.tell("count", { i });
    if ((i & 8191) === 0) await new Promise(setImmediate);
  }
  await drained(() => seen() === before + count);
  return rate(count).cpuMicros;
}

async function bareSpanCpu(count: number): Promise<number> {
  const rate = meter();
  for (let i = 0; i < count; i += 1) {
    telemetry.tracer.start("bare", { kind: "consumer", parent: sampled }).end();
    if ((i & 8191) === 0) await new Promise(setImmediate);
  }
  return rate(count).cpuMicros;
}

const off = counting("off", noTracer);
const on = counting("on", telemetry.tracer);
// Warm everything before anything counts.
await tellCpu(off.ref, off.seen, 300_000);
await tellCpu(traced(on.ref, unsampled), on.seen, 300_000);
await tellCpu(traced(on.ref, sampled), on.seen, 50_000);
await bareSpanCpu(50_000);
await telemetry.flush();

const tellOffCpu = await tellCpu(off.ref, off.seen, 2_000_000);
const tellUnsampledCpu = await tellCpu(traced(on.ref, unsampled), on.seen, 2_000_000);
const bareSpan = await bareSpanCpu(200_000);
await telemetry.flush();
const tellSampledCpu = await tellCpu(traced(on.ref, sampled), on.seen, 200_000);
await telemetry.flush();
report({ tellOffCpu, tellUnsampledCpu, tellSampledCpu, bareSpanCpu: bareSpan });
process.exit();
