import { createActorSystem } from "@troupe/actor";
import { InMemoryNetwork, seededRandom, VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import { alertActor } from "./alert-actor.ts";
import type { Notice } from "./alert-book.ts";
import { ruleOf, sample, titles } from "./alerts.test-data.ts";

const within = { withinMs: 1000 };

async function watched() {
  const clock = new VirtualClock();
  const random = seededRandom(1);
  const network = new InMemoryNetwork({ clock, random });
  const system = createActorSystem({
    node: "n1",
    ports: { transport: network.connect("n1"), clock, random },
  });
  const notices: Notice[] = [];
  const state = { value: 0, leads: true, fails: false };
  const cluster = ruleOf({ name: "All", scope: "cluster" }, { value: 100 });
  const alerts = system.spawn(
    alertActor({
      rules: [ruleOf({ for: 30 }), cluster],
      handlers: [{ name: "kept", tell: async (notice) => void notices.push(notice) }],
      every: 10,
      collect: async () => {
        if (state.fails) throw new Error("cannot read");
        return [sample(state.value, clock.now())];
      },
      leads: () => state.leads,
    }),
    { name: "alerts" },
  );
  await clock.advance(1000);
  return { clock, system, alerts, state, notices };
}

test("rules are looked at again and again; people hear what fires and what is over", async () => {
  const { clock, alerts, state, notices } = await watched();
  state.value = 12;
  await clock.advance(25_000);
  expect(await answered(clock, alerts.ask("list", {}, within))).toMatchObject([
    { rule: "Much", state: "pending", value: 12 },
  ]);
  await clock.advance(30_000);
  expect(titles(notices)).toEqual(["firing Much warning"]);
  state.value = 0;
  await clock.advance(10_000);
  expect(titles(notices)).toEqual(["firing Much warning", "resolved Much warning"]);
  expect(await answered(clock, alerts.ask("history", {}, within))).toMatchObject([
    { change: "fired" },
    { change: "resolved" },
  ]);
});

test("rules of the whole cluster are looked at by one node", async () => {
  const { clock, state, notices } = await watched();
  state.leads = false;
  state.value = 200;
  await clock.advance(60_000);
  expect(titles(notices)).toEqual(["firing Much warning"]);
  state.leads = true;
  await clock.advance(10_000);
  expect(titles(notices)).toContain("firing All warning");
});

test("silences are made, shown and ended by message; a rule that is not there is refused", async () => {
  const { clock, alerts, state, notices } = await watched();
  const silence = { labels: {}, seconds: 3600, by: "me", reason: "moving" };
  const refused = await answered(clock, alerts.ask("silence", { rule: "No", ...silence }, within));
  expect(refused.refused).toContain("no rule 'No'");
  const { id = "" } = await answered(
    clock,
    alerts.ask("silence", { rule: "*", ...silence }, within),
  );
  state.value = 12;
  await clock.advance(100_000);
  expect(notices).toEqual([]);
  expect(await answered(clock, alerts.ask("silences", {}, within))).toMatchObject([
    { id, by: "me" },
  ]);
  expect(await answered(clock, alerts.ask("unsilence", { id }, within))).toBe(true);
  await clock.advance(10_000);
  expect(titles(notices)).toEqual(["firing Much warning"]);
});

test("a look without measurements changes nothing, and the next one goes on", async () => {
  const { clock, state, notices } = await watched();
  state.value = 12;
  await clock.advance(50_000);
  state.fails = true;
  await clock.advance(600_000);
  expect(titles(notices)).toEqual(["firing Much warning"]);
  state.fails = false;
  state.value = 0;
  await clock.advance(20_000);
  expect(titles(notices)).toEqual(["firing Much warning", "resolved Much warning"]);
});

async function answered<T>(clock: VirtualClock, answer: Promise<T>): Promise<T> {
  await clock.advance(1);
  return answer;
}
