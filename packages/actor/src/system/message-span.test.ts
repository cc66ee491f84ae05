import { InMemoryNetwork, RecordingTracer, seededRandom, VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import { z } from "zod";
import {
  createActorSystem,
  defineActor,
  defineProtocol,
  type MessageSpans,
  message,
  pause,
  query,
  traced,
} from "../index.ts";

const upper = { traceId: "a".repeat(32), spanId: "b".repeat(16), sampled: true };

/** An oven of a kitchen, and a bell that it rings; messages of the bell are spans each. */
function kitchen(spans?: MessageSpans) {
  const clock = new VirtualClock();
  const random = seededRandom(1);
  const tracer = new RecordingTracer(clock, random);
  const network = new InMemoryNetwork({ clock, random });
  const system = createActorSystem({
    node: "n1",
    ports: { transport: network.connect("n1"), clock, random, tracer },
  });
  const bell = defineProtocol("bell", { ring: message(z.object({})) });
  const { address } = system.spawn(
    defineActor(bell, () => ({ ring: () => {} })),
    { name: "bell" },
  );
  const protocol = defineProtocol(
    "oven",
    {
      bake: query(z.object({ ms: z.number() }), z.string()),
      burn: message(z.object({})),
    },
    spans === undefined ? {} : { spans },
  );
  const oven = system.spawn(
    defineActor(protocol, (context) => ({
      bake: async ({ ms }) => {
        context.ref(bell, address).tell("ring", {});
        await pause(context.clock, ms);
        return "bread";
      },
      burn: () => {
        throw new Error("burnt");
      },
    })),
    { name: "oven" },
  );
  return { clock, tracer, oven: traced(oven, upper) };
}

const told = (tracer: RecordingTracer): readonly (readonly [string, string | undefined])[] =>
  tracer.spans.map(({ name, parent }) => [name, parent?.spanId]);

test("a quick message of a protocol with notable spans is none, and what it causes hangs below its sender", async () => {
  const { clock, tracer, oven } = kitchen("notable");
  const baked = oven.ask("bake", { ms: 9 }, { withinMs: 1000 });
  await clock.advance(100);
  expect(await baked).toBe("bread");
  expect(told(tracer)).toEqual([["process bell.ring", upper.spanId]]);
});

test("one that takes ten milliseconds is a span as long as it took, and so is the ask for it", async () => {
  const { clock, tracer, oven } = kitchen("notable");
  const began = clock.now();
  const baked = oven.ask("bake", { ms: 10 }, { withinMs: 1000 });
  await clock.advance(100);
  await baked;
  expect(told(tracer)).toEqual([
    ["process bell.ring", upper.spanId],
    ["process oven.bake", upper.spanId],
    ["ask oven.bake", upper.spanId],
  ]);
  for (const span of tracer.spans.slice(1)) {
    expect([span.startedAt, span.endedAt]).toEqual([began, began + 10]);
    expect(span.attributes).toMatchObject({ "messaging.destination.name": "n1/oven" });
  }
});

test("one that fails is a span that says why, however quick", async () => {
  const { clock, tracer, oven } = kitchen("notable");
  oven.tell("burn", {});
  await clock.advance(100);
  expect(tracer.spans.map(({ name, error }) => [name, error])).toEqual([
    ["process oven.burn", "burnt"],
  ]);
});

test("each message of any other protocol is a span, below the one that it was sent in", async () => {
  const { clock, tracer, oven } = kitchen();
  const baked = oven.ask("bake", { ms: 1 }, { withinMs: 1000 });
  await clock.advance(100);
  await baked;
  const [ring, bake, ask] = tracer.spans;
  expect([ring?.name, bake?.name, ask?.name]).toEqual([
    "process bell.ring",
    "process oven.bake",
    "ask oven.bake",
  ]);
  expect(ask?.parent).toEqual(upper);
  expect(bake?.parent).toEqual(ask?.context);
  expect(ring?.parent).toEqual(bake?.context);
});
