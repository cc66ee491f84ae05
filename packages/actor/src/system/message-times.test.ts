import { InMemoryNetwork, RecordingMeter, seededRandom, VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import { z } from "zod";
import { createActorSystem, defineActor, defineProtocol, message, pause } from "../index.ts";

const protocol = defineProtocol("kitchen", {
  cook: message(z.object({ ms: z.number() })),
  burn: message(z.object({})),
});

function kitchen() {
  const clock = new VirtualClock();
  const random = seededRandom(1);
  const meter = new RecordingMeter();
  const network = new InMemoryNetwork({ clock, random });
  const system = createActorSystem({
    node: "n1",
    ports: { transport: network.connect("n1"), clock, random, meter },
  });
  const cook = system.spawn(
    defineActor(protocol, ({ clock: own }) => ({
      cook: ({ ms }) => pause(own, ms),
      burn: () => {
        throw new Error("burnt");
      },
    })),
    { name: "cook" },
  );
  return { clock, meter, system, cook };
}

test("one message in sixteen is timed, in its mailbox and in its handler; all are counted", async () => {
  const { clock, meter, cook } = kitchen();
  for (let i = 0; i < 32; i += 1) cook.tell("cook", { ms: 100 });
  await clock.advance(10_000);
  const labels = { "troupe.protocol": "kitchen", "troupe.message": "cook" };
  expect(meter.of("messaging.process.duration")).toEqual([
    { instrument: "messaging.process.duration", value: 0.1, attributes: labels },
    { instrument: "messaging.process.duration", value: 0.1, attributes: labels },
  ]);
  // The seventeenth waited for the sixteen before it.
  expect(meter.of("troupe.mailbox.wait").map(({ value }) => value)).toEqual([0, 1.6]);
  expect(meter.sum("troupe.messages.handled")).toBe(32);
});

test("a handler that fails is counted, and timed apart", async () => {
  const { clock, meter, cook } = kitchen();
  cook.tell("burn", {});
  await clock.advance(1000);
  expect(meter.sum("troupe.handler.failures", { "troupe.message": "burn" })).toBe(1);
  expect(meter.of("messaging.process.duration").map(({ attributes }) => attributes)).toEqual([
    { "troupe.protocol": "kitchen", "troupe.message": "burn", "error.type": "handler" },
  ]);
});
