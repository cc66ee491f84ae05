import { createActorSystem, defineActor, defineProtocol, message } from "@troupe/actor";
import { InMemoryNetwork, seededRandom, VirtualClock } from "@troupe/testkit";
import { z } from "zod";
import { collected } from "../meter.ts";
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
const actors = 1_000_000;
const before = await collected();
for (let i = 0; i < actors; i += 1) system.spawn(remembering);
const millionHeapBytes = ((await collected()) - before) / actors;
report({ millionHeapBytes, millionRssMb: process.memoryUsage().rss / 2 ** 20 });
process.exit();
