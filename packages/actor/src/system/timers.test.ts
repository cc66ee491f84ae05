import { VirtualCluster } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { defineActor, defineProtocol, message } from "../index.ts";

let cluster: VirtualCluster;

beforeEach(() => {
  cluster = new VirtualCluster();
});

test("a cancelled timer never fires, and a set-again one fires once", async () => {
  const fired: string[] = [];
  const timerProtocol = defineProtocol("timers", {
    fire: message(z.object({ what: z.string() })),
    cancel: message(z.object({})),
  });
  const timed = defineActor(timerProtocol, (context) => {
    context.timers.once("cancelled", 100, "fire", { what: "cancelled" });
    context.timers.once("again", 100, "fire", { what: "first" });
    context.timers.once("again", 200, "fire", { what: "second" });
    context.timers.every("tick", 90, "fire", { what: "tick" });
    context.receiveTimeout(1000, "fire", { what: "idle" });
    return {
      fire: ({ what }) => {
        fired.push(what);
        if (fired.filter((one) => one === "tick").length === 3) context.timers.cancel("tick");
      },
      cancel: () => context.timers.cancel("cancelled"),
    };
  });
  const ref = cluster.system("a").spawn(timed, { name: "timed" });
  ref.tell("cancel", {});
  await cluster.clock.advance(1000);
  expect(fired).toEqual(["tick", "tick", "second", "tick"]);
  await cluster.clock.advance(1000);
  expect(fired.at(-1)).toBe("idle");
});

test("a timer cancelled by a message that waited before it fired never fires", async () => {
  const fired: string[] = [];
  const forgetful = defineActor(
    defineProtocol("forgetful", { tick: message(z.object({})), hold: message(z.object({})) }),
    (context) => {
      context.timers.once("tick", 10, "tick", {});
      return {
        tick: () => void fired.push("tick"),
        hold: async () => {
          await new Promise<void>((resolve) => cluster.clock.schedule(20, resolve));
          context.timers.cancel("tick");
        },
      };
    },
  );
  cluster.system("a").spawn(forgetful, { name: "forgetful" }).tell("hold", {});
  await cluster.clock.advance(100);
  expect(fired).toEqual([]);
});
