import { InMemoryNetwork, seededRandom, settled, VirtualClock } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { z } from "zod";
import {
  type ActorSystem,
  createActorSystem,
  defineActor,
  defineProtocol,
  message,
  query,
  type SystemEvent,
  type Transport,
} from "../index.ts";

const protocol = defineProtocol("collector", {
  note: message(z.object({ value: z.unknown() })),
  noted: query(z.object({}), z.array(z.unknown())),
});
const collector = defineActor(protocol, () => {
  const values: unknown[] = [];
  return {
    note: ({ value }) => void values.push(value),
    noted: () => [...values],
  };
});

let clock: VirtualClock;
let network: InMemoryNetwork;
let sent: { subject: string; bytes: number }[];
let events: SystemEvent[];
const within = { withinMs: 1000 };

function node(name: string): ActorSystem {
  const inner = network.connect(name);
  const transport: Transport = {
    ...inner,
    publish: (subject, payload, options) => {
      if (subject.includes(".actor.")) sent.push({ subject, bytes: payload.length });
      inner.publish(subject, payload, options);
    },
  };
  const system = createActorSystem({
    node: name,
    ports: { transport, clock, random: seededRandom(name.length) },
  });
  system.observe((event) => events.push(event));
  return system;
}

beforeEach(() => {
  clock = new VirtualClock();
  network = new InMemoryNetwork({ clock, random: seededRandom(1), maxPayloadBytes: 4096 });
  sent = [];
  events = [];
});

test("a single message goes to the actor's own subject", async () => {
  const [here, there] = [node("here"), node("there")];
  there.spawn(collector, { name: "notes" });
  here.ref(protocol, "there/notes").tell("note", { value: 1 });
  await settled();
  expect(sent.map(({ subject }) => subject)).toEqual(["troupe.main.actor.there.here.notes"]);
});

test("what is sent to one node in one turn goes as one network message, in order", async () => {
  const [here, there] = [node("here"), node("there")];
  there.spawn(collector, { name: "notes" });
  const ref = here.ref(protocol, "there/notes");
  for (let value = 0; value < 100; value += 1) ref.tell("note", { value });
  const answer = ref.ask("noted", {}, within);
  expect(await answer).toEqual(Array.from({ length: 100 }, (_, index) => index));
  expect(sent.filter(({ subject }) => subject.includes(".actor.there."))).toHaveLength(1);
});

test("one message that cannot be sent does not take its companions with it", async () => {
  const [here, there] = [node("here"), node("there")];
  there.spawn(collector, { name: "notes" });
  const ref = here.ref(protocol, "there/notes");
  ref.tell("note", { value: "first" });
  ref.tell("note", { value: 10n ** 30n });
  ref.tell("note", { value: "x".repeat(5000) });
  ref.tell("note", { value: "last" });
  expect(await ref.ask("noted", {}, within)).toEqual(["first", "last"]);
  const letters = events.filter((event) => event.kind === "dead-letter");
  expect(letters).toHaveLength(2);
  expect(letters[1]).toMatchObject({ receiver: "there/notes", type: "note" });
});

test("asks in one parcel to a node that is not there all fail at once", async () => {
  const here = node("here");
  const ref = here.ref(protocol, "nowhere/notes");
  const asks = [1, 2, 3].map(() => ref.ask("noted", {}, within));
  for (const ask of asks) await expect(ask).rejects.toMatchObject({ stage: "unreachable" });
  expect(clock.now()).toBe(new VirtualClock().now());
});

test("an answer that cannot be sent is an error for the asker, not silence", async () => {
  const huge = defineActor(protocol, () => ({ note: () => {}, noted: () => ["y".repeat(9000)] }));
  const [here, there] = [node("here"), node("there")];
  there.spawn(huge, { name: "huge" });
  const ask = here.ref(protocol, "there/huge").ask("noted", {}, within);
  await expect(ask).rejects.toMatchObject({
    stage: "handler",
    message: expect.stringContaining("4096"),
  });
});

test("a function in a body is refused with its place, alone of all that goes in the same turn", async () => {
  const [here, there] = [node("here"), node("there")];
  there.spawn(collector, { name: "notes" });
  const ref = here.ref(protocol, "there/notes");
  ref.tell("note", { value: 1 });
  ref.tell("note", { value: { done: [{ call: () => 1 }] } });
  ref.tell("note", { value: 3 });
  await clock.advance(5);
  const answered = ref.ask("noted", {}, within);
  await clock.advance(5);
  expect(await answered).toEqual([1, 3]);
  expect(events).toContainEqual(
    expect.objectContaining({
      kind: "dead-letter",
      receiver: "there/notes",
      detail: expect.stringContaining("a function at 'value.done.0.call'"),
    }),
  );
});

test("an answer with a function in it fails the ask with its place", async () => {
  const [here, there] = [node("here"), node("there")];
  const careless = defineActor(protocol, () => ({
    note: () => {},
    noted: () => [{ call: () => 1 }],
  }));
  there.spawn(careless, { name: "notes" });
  const asked = here.ref(protocol, "there/notes").ask("noted", {}, within);
  const failed = expect(asked).rejects.toThrow("a function at '0.call'");
  await clock.advance(5);
  await failed;
});
