import { z } from "zod";
import { joinCluster } from "../temporary-cluster/join-cluster.ts";
import { Pace } from "./pace.ts";
import { runner, runnerCapability } from "./runner.ts";

// A node that hosts runners, until it is told to stop or the process that started it is gone.
const settings = z
  .object({
    /** How many runners it hosts. */
    TROUPE_RUNNERS: z.coerce.number().int().min(1),
  })
  .parse(process.env);
await joinCluster((system) => {
  const pace = new Pace();
  for (let index = 0; index < settings.TROUPE_RUNNERS; index += 1) {
    // One that fails forgets its run, so that it is better gone: then the run is done elsewhere.
    const options = { name: `runner-${index + 1}`, restart: "temporary" } as const;
    system.spawn(runner(pace), { ...options, capabilities: [runnerCapability] });
  }
});
