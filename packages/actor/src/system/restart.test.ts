import { VirtualCluster } from "@troupe/testkit";
import { expect, test } from "vitest";
import { z } from "zod";
import { defineActor, defineProtocol, message, query, type SystemEvent } from "../index.ts";

const protocol = defineProtocol("clerk", {
  hang: query(z.object({}), z.number()),
  file: message(z.object({ page: z.number() })),
});

function office() {
  const cluster = new VirtualCluster();
  const { clock } = cluster;
  const system = cluster.system("n1");
  const events: SystemEvent["kind"][] = [];
  system.observe(({ kind }) => events.push(kind));
  const filed: number[] = [];
  const hanging: { resolve: (value: number) => void; reject: (error: Error) => void }[] = [];
  const clerk = system.spawn(
    defineActor(protocol, () => ({
      hang: () => new Promise<number>((resolve, reject) => hanging.push({ resolve, reject })),
      file: ({ page }) => {
        filed.push(page);
      },
    })),
    { name: "clerk" },
  );
  return { clock, system, clerk, filed, events, hanging };
}
const stuck = new Error("it is stuck");

test("an actor that is stuck is restarted: its mailbox goes on, the message at work is quarantined", async () => {
  const { clock, system, clerk, filed, events } = office();
  const answer = clerk.ask("hang", {}, { withinMs: 60_000 }).catch((error: Error) => error.message);
  clerk.tell("file", { page: 1 });
  await clock.advance(100);
  const [view] = system.actors();
  expect(view).toMatchObject({
    address: "n1/clerk",
    protocol: "clerk",
    state: "running",
    waiting: 1,
  });
  expect(view?.atWork).toMatchObject({ type: "hang" });

  expect(system.restart(clerk, stuck)).toBe(true);
  await clock.advance(5000);
  expect(filed).toEqual([1]);
  expect(await answer).toContain("it is stuck");
  expect(system.quarantine.list()).toMatchObject([{ type: "hang", error: "it is stuck" }]);
  expect(events).toEqual(["started", "quarantined", "restarted"]);
  expect(view).toMatchObject({ state: "running", waiting: 0, atWork: undefined });
});

test.each(["resolve", "reject"] as const)(
  "what the given-up handler comes to afterwards (%s) changes nothing",
  async (how) => {
    const { clock, system, clerk, events, hanging } = office();
    clerk.ask("hang", {}, { withinMs: 60_000 }).catch(() => {});
    await clock.advance(100);
    system.restart(clerk, stuck);
    await clock.advance(5000);
    if (how === "resolve") hanging[0]?.resolve(1);
    else hanging[0]?.reject(new Error("too late"));
    await clock.advance(5000);
    expect(system.quarantine.list()).toHaveLength(1);
    expect(events).toEqual(["started", "quarantined", "restarted"]);
  },
);

test("nobody is restarted where nobody runs", async () => {
  const { clock, system, clerk } = office();
  expect(system.restart({ address: "n1/nobody" }, stuck)).toBe(false);
  expect(system.restart({ address: "n2/clerk" }, stuck)).toBe(false);
  await system.stopActor(clerk);
  await clock.advance(100);
  expect(system.restart(clerk, stuck)).toBe(false);
});
