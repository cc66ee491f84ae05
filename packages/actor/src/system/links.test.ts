import { settled, VirtualCluster } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { defineActor, defineProtocol, message } from "../index.ts";
import { counter } from "./counter.test-data.ts";

let cluster: VirtualCluster;

beforeEach(() => {
  cluster = new VirtualCluster();
});

test("watchers learn that an actor stopped, failed, never was, or lost its node", async () => {
  const seen: string[] = [];
  const watcherProtocol = defineProtocol("watcher", {
    watch: message(z.object({ of: z.string() })),
  });
  const watcher = defineActor(watcherProtocol, (context) => ({
    watch: ({ of }) => context.watch({ address: of }, (why) => void seen.push(`${of} ${why}`)),
  }));
  const a = cluster.system("a");
  const b = cluster.system("b");
  await cluster.clock.advance(10);
  const ref = b.spawn(watcher, { name: "watcher" });
  const doomed = a.spawn(counter, { name: "doomed", restart: "temporary" });
  const stopped = a.spawn(counter, { name: "stopped" });
  a.spawn(counter, { name: "cut" });
  for (const name of ["doomed", "stopped", "cut", "nobody"]) ref.tell("watch", { of: `a/${name}` });
  await settled();
  doomed.tell("crash", {});
  await a.stopActor(stopped);
  await cluster.clock.advance(100);
  expect(seen.sort()).toEqual(["a/doomed failed", "a/nobody not-found", "a/stopped stopped"]);
  cluster.network.isolate("a");
  await cluster.clock.advance(10_000);
  expect(seen).toContain("a/cut node-lost");
  expect(b.cluster.nodes()).toEqual(["b"]);
});

test.for(["a", "b"])(
  "when one of two linked actors fails for good, the other on %s fails too",
  async (home) => {
    const linkProtocol = defineProtocol("linked", {
      to: message(z.object({ address: z.string() })),
    });
    const linker = defineActor(linkProtocol, (context) => ({
      to: (ref) => context.link(ref),
    }));
    const [a, other] =
      home === "a" ? [cluster.system("a"), undefined] : [cluster.system("a"), cluster.system("b")];
    const host = other ?? a;
    const doomed = host.spawn(counter, { name: "doomed", restart: "temporary" });
    const survivor = a.spawn(linker, { name: "linker", restart: "temporary" });
    await cluster.clock.advance(10);
    survivor.tell("to", doomed);
    await settled();
    doomed.tell("crash", {});
    await settled();
    expect(cluster.events).toContainEqual(
      expect.objectContaining({
        kind: "stopped",
        actor: "a/linker",
        error: expect.objectContaining({ code: "linked-actor" }),
      }),
    );
  },
);

test("a link works in both directions, and an ordered stop does not spread", async () => {
  const linkProtocol = defineProtocol("linked", {
    to: message(z.object({ address: z.string() })),
    crash: message(z.object({})),
  });
  const linker = defineActor(linkProtocol, (context) => ({
    to: (ref) => context.link(ref),
    crash: () => {
      throw new Error("asked to");
    },
  }));
  const system = cluster.system("a");
  const spawn = (name: string) => system.spawn(linker, { name, restart: "temporary" });
  const [one, two, three] = [spawn("one"), spawn("two"), spawn("three")];
  one.tell("to", two);
  one.tell("to", three);
  await settled();
  await system.stopActor(three);
  await settled();
  one.tell("crash", {});
  await settled();
  const stopped = cluster.events
    .filter(({ kind }) => kind === "stopped")
    .map((event) => "actor" in event && event.actor);
  expect(stopped).toEqual(["a/three", "a/one", "a/two"]);
});
