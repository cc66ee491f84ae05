import { type ActorContext, createActorSystem, defineActor, defineProtocol } from "@troupe/actor";
import { analyst } from "@troupe/agents";
import { InMemoryNetwork, seededRandom, VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import { reachAgreement } from "./agreement.ts";

const caller = defineProtocol("caller", {});

/** Three analysts, two of which say that something is big, and all of which take so long for a ballot. */
async function settle(ballotMs: number, lookingMs: number) {
  const clock = new VirtualClock();
  const network = new InMemoryNetwork({ clock, random: seededRandom(1) });
  const ports = { transport: network.connect("n1"), clock, random: seededRandom(2) };
  const system = createActorSystem({ node: "n1", ports });
  for (const [index, word] of ["big", "big", "small"].entries()) {
    const perspective = {
      name: word,
      propose: async () => ({ fields: { size: { key: word, value: word } }, summary: word }),
      judge: async (_subject: unknown, _field: string, alternatives: readonly unknown[]) => {
        await new Promise<void>((resolve) => clock.schedule(ballotMs, resolve));
        return { choice: alternatives.indexOf("big"), reason: "it looks so" };
      },
    };
    system.spawn(analyst(perspective), { name: `a${index}`, capabilities: ["analyse"] });
  }
  const { promise, resolve } = Promise.withResolvers<ActorContext<typeof caller.messages>>();
  system.spawn(
    defineActor(caller, (context) => {
      resolve(context);
      return {};
    }),
  );
  const trace = { traceId: "1".repeat(32), spanId: "1".repeat(16), sampled: false };
  const agreement = reachAgreement(
    await promise,
    system.cluster,
    {
      goal: "g",
      name: "size",
      capability: "analyse",
      quorum: 3,
      subject: {},
      readField: (_field, value) => ({ key: String(value), value }),
      fallback: () => "unknown",
      lookingMs,
    },
    trace,
  );
  await clock.advance(300_000);
  return (await agreement).fields;
}

test("analysts that have more to look at have longer for their ballots", async () => {
  expect(await settle(50_000, 0)).toEqual({ size: "unknown" });
  expect(await settle(50_000, 60_000)).toEqual({ size: "big" });
});
