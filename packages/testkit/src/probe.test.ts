import { type ActorSystem, createActorSystem, defineProtocol, message, query } from "@troupe/actor";
import { beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { UnexpectedMessageError } from "./faults/errors.ts";
import { InMemoryNetwork } from "./in-memory-network.ts";
import { probe } from "./probe.ts";
import { seededRandom } from "./seeded-random.ts";
import { VirtualClock } from "./virtual-clock.ts";

const news = defineProtocol("news", {
  headline: message(z.object({ text: z.string() })),
  weather: query(z.object({ town: z.string() }), z.string()),
});

let clock: VirtualClock;
let system: ActorSystem;
beforeEach(() => {
  clock = new VirtualClock();
  const random = seededRandom(1);
  const transport = new InMemoryNetwork({ clock, random }).connect("a");
  system = createActorSystem({ node: "a", ports: { transport, clock, random } });
});

test("a probe waits in virtual time, and no longer than it has to", async () => {
  const listener = probe(news, clock);
  const ref = system.spawn(listener.actor);
  clock.schedule(30_000, () => ref.tell("headline", { text: "rain" }));
  expect(await listener.expect("headline", { withinMs: 60_000 })).toEqual({ text: "rain" });
  expect(clock.monotonic()).toBe(30_000);
  await listener.expectNothing();
});

test("a probe says what came instead", async () => {
  const listener = probe(news, clock, {
    weather: ({ town }: { town: string }) => `sun in ${town}`,
  });
  const ref = system.spawn(listener.actor);
  expect(await ref.ask("weather", { town: "Ulm" }, { withinMs: 1000 })).toBe("sun in Ulm");
  const failure = listener.expect("headline");
  await expect(failure).rejects.toThrow(UnexpectedMessageError);
  await expect(failure).rejects.toThrow('[{"type":"weather","body":{"town":"Ulm"}}]');
  await expect(listener.expect("headline", { withinMs: 50 })).rejects.toThrow("nothing came");
});
