import { parseTraceparent } from "@troupe/actor";
import { expect, test } from "vitest";
import { z } from "zod";
import { crew, Simulation, subjects } from "../simulation/simulation.test-data.ts";
import { quietWorld } from "../simulation/world.test-data.ts";

const pageSchema = z.object({
  batches: z.array(z.object({ sequence: z.number(), spans: z.base64() })),
  more: z.boolean(),
});

test("spans of a goal are told in parts that fit into messages, and a batch that fits into none as an empty one", async () => {
  const world = quietWorld({ delayMs: 1 });
  const { clock, journal } = world;
  const simulation = new Simulation(world);
  crew(simulation);
  simulation.node("n1", { coordinates: true });
  await clock.advance(2000);
  simulation.publish({ id: "g", kind: "letters" });
  await clock.advance(10_000);
  const { trace } = z
    .object({ trace: z.string() })
    .parse(await simulation.request(subjects.show("g"), {}));
  const { traceId } = parseTraceparent(trace) ?? {};
  const stored = [200, 200, 900, 1].map((kib) => new Uint8Array(kib * 1024).fill(kib));
  for (const batch of stored) await journal.append(`spans.${traceId}`, batch);
  const found: Buffer[] = [];
  for (let after = 0, more = true; more; ) {
    const page = pageSchema.parse(await simulation.request(subjects.spans("g"), { after }));
    found.push(...page.batches.map(({ spans }) => Buffer.from(spans, "base64")));
    ({ more } = page);
    after = page.batches.at(-1)?.sequence ?? after;
  }
  const [one, other, tooLarge, small] = found;
  expect([one?.equals(stored[0] ?? one), other?.equals(stored[1] ?? other)]).toEqual([true, true]);
  expect([tooLarge?.length, small?.length, found.length]).toEqual([0, 1024, 4]);
});
