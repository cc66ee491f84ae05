import { join } from "node:path";
import { test } from "vitest";
import { Deployment } from "./deployment/deployment.ts";
const samples = join(import.meta.dirname, "..", "node_modules", "vega-datasets", "data");
test("x", async () => {
  const deployment = await Deployment.start({ nodes: 3, sources: [samples] });
  const t = Date.now();
  for (const f of ["movies.json", "penguins.json", "seattle-weather.csv"]) {
    const id = f.split(".")[0] ?? "";
    await deployment.client.submit({ id, kind: "clean", source: join(samples, f) });
    const events = await deployment.follow(id);
    for (const { record, at } of events) {
      const { plan, tasks, facts, agreement, ...r } = record as any;
      console.log(at - (events[0]?.at ?? 0), JSON.stringify(r).slice(0, 700));
    }
    console.log(f, Date.now() - t);
  }
  await deployment.stop();
}, 100000);
