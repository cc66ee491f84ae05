import { createActorSystem, defineActor, defineProtocol, message } from "@troupe/actor";
import { InMemoryNetwork, seededRandom, VirtualClock } from "@troupe/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { Incidents, operate } from "./incidents.ts";

const maxPayloadBytes = 2 ** 20;
const counted: number[] = [];
let broken: boolean;
const protocol = defineProtocol("counter", { count: message(z.object({ by: z.number() })) });
const counter = defineActor(protocol, () => ({
  count: ({ by }) => {
    if (broken) throw new Error("out of order");
    counted.push(by);
  },
}));

let clock: VirtualClock;
let system: ReturnType<typeof createActorSystem>;
let incidents: Incidents;
beforeEach(() => {
  counted.length = 0;
  broken = true;
  clock = new VirtualClock();
  const network = new InMemoryNetwork({ clock, random: seededRandom(1), delayMs: 1 });
  const ports = { transport: network.connect("n1"), clock, random: seededRandom(2) };
  system = createActorSystem({ node: "n1", ports });
  incidents = new Incidents(system, clock);
});
afterEach(async () => {
  const stopped = system.stop();
  await clock.advance(20_000);
  await stopped;
});

test("a message in quarantine is told with its body and error, and counts once it is replayed", async () => {
  const ref = system.spawn(counter, { name: "counter", restart: "permanent" });
  ref.tell("count", { by: 7 });
  await clock.advance(60_000);
  const { quarantine, restarts } = incidents.list(maxPayloadBytes);
  expect(quarantine).toEqual([
    expect.objectContaining({ type: "count", body: '{"by":7}', error: "out of order" }),
  ]);
  expect(quarantine[0]).not.toHaveProperty("sender");
  expect(restarts.at(-1)).toMatchObject({ actor: ref.address, error: "out of order" });

  broken = false;
  const [{ id } = { id: "" }] = quarantine;
  expect(await operate(system, { do: "replay", id })).toEqual({ done: true });
  await clock.advance(100);
  expect(counted).toEqual([7]);
  expect(await operate(system, { do: "replay", id })).toEqual({ done: false });
  expect(incidents.list(maxPayloadBytes).quarantine).toEqual([]);
});

test("an actor that is stopped gets no more messages: they are dead letters, the newest 200 of them kept", async () => {
  broken = false;
  const ref = system.spawn(counter, { name: "counter" });
  await clock.advance(10);
  expect(await operate(system, { do: "stop", actor: ref.address })).toEqual({ done: true });
  expect(await operate(system, { do: "stop", actor: ref.address })).toEqual({ done: false });
  for (let by = 0; by < 210; by += 1) ref.tell("count", { by });
  await clock.advance(10);
  const { deadLetters } = incidents.list(maxPayloadBytes);
  expect(deadLetters).toHaveLength(200);
  expect(deadLetters.at(-1)).toMatchObject({ type: "count", receiver: ref.address });
  expect(deadLetters.at(-1)).not.toHaveProperty("sender");
  const teller = system.spawn(
    defineActor(protocol, (context) => ({
      count: (body) => context.ref(protocol, ref.address).tell("count", body),
    })),
  );
  teller.tell("count", { by: 1 });
  await clock.advance(10);
  expect(incidents.list(maxPayloadBytes).deadLetters.at(-1)).toMatchObject({
    sender: teller.address,
  });
  expect(counted).toEqual([]);
});
