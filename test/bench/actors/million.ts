import { createActorSystem, defineActor, defineProtocol, message } from "@troupe/actor";
import { InMemoryNetwork, seededRandom, VirtualClock } from "@troupe/testkit";
import { z } from "zod";
import { making } from "../meter.ts";
import { report } from "./report.ts";

const remembering = defineActor(
  defineProtocol("remembering", { note: message(z.object({ what: z.string() })) }),
  () => {
    let latest = "";
    return {
      note: ({ what }) => {
        if (what > latest) latest = what;
      },
    };
  },
);
const network = new InMemoryNetwork({ clock: new VirtualClock(), random: seededRandom(1) });
const system = createActorSystem({ node: "a", ports: { transport: network.connect("a") } });
const { heapBytes } = await making(1_000_000, (count) => {
  for (let i = 0; i < count; i += 1) system.spawn(remembering);
  return { length: count } as readonly unknown[];
});
report({ millionHeapBytes: heapBytes, millionRssMb: process.memoryUsage().rss / 2 ** 20 });
process.exit();
