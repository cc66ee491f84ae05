import { createActorSystem, silentLog } from "@troupe/actor";
import { InMemoryJournal, InMemoryNetwork, seededRandom, VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import { alertActor } from "./alert-actor.ts";
import type { Notice } from "./alert-book.ts";
import { ruleOf, sample, titles } from "./alerts.test-data.ts";
import type { AlertOrder, AlertOrdered, AlertOrders } from "./orders.ts";
import { SharedOrders } from "./shared-orders.ts";

const within = { withinMs: 1000 };

interface Watched {
  readonly clock: VirtualClock;
  readonly journal: InMemoryJournal;
  readonly node: string;
}

async function watched({
  clock = new VirtualClock(),
  journal = new InMemoryJournal(clock),
  node = "n1",
}: Partial<Watched> = {}) {
  const random = seededRandom(1);
  const network = new InMemoryNetwork({ clock, random });
  const system = createActorSystem({
    node,
    ports: { transport: network.connect(node), clock, random },
  });
  const notices: Notice[] = [];
  const seen: { orders?: AlertOrders } = {};
  const state = { value: 0, leads: true, fails: false };
  const cluster = ruleOf({ name: "All", scope: "cluster" }, { value: 100 });
  const alerts = system.spawn(
    alertActor({
      rules: [ruleOf({ for: 30 }), cluster],
      handlers: [{ name: "kept", tell: async (notice) => void notices.push(notice) }],
      every: 10,
      orders: new SharedOrders({ journal, clock, random, log: silentLog }),
      collect: async () => {
        if (state.fails) throw new Error("cannot read");
        return [sample(state.value, clock.now())];
      },
      leads: () => state.leads,
      looked: ({ orders }) => {
        seen.orders = orders;
      },
    }),
    { name: "alerts" },
  );
  await clock.advance(1000);
  const order = async (wanted: AlertOrder): Promise<AlertOrdered> => {
    const answer = alerts.ask("order", wanted, { withinMs: 10_000 });
    await clock.advance(5000);
    return answer;
  };
  return { clock, system, journal, alerts, order, state, notices, seen, node };
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

const silence = { do: "silence", labels: {}, seconds: 3600, by: "me", reason: "moving" } as const;

test("silences are made and ended by message; what is not there is refused", async () => {
  const { clock, order, state, notices, seen } = await watched();
  expect(await order({ ...silence, rule: "No" })).toEqual({ refused: "there is no rule 'No'" });
  const { id = "" } = await order({ ...silence, rule: "*" });
  state.value = 12;
  await clock.advance(100_000);
  expect(notices).toEqual([]);
  expect(seen.orders?.silences).toMatchObject([{ id, by: "me", reason: "moving" }]);
  expect(await order({ do: "unsilence", id, by: "you" })).toEqual({ id });
  expect(titles(notices)).toEqual(["firing Much warning"]);
  expect(await order({ do: "unsilence", id, by: "you" })).toMatchObject({
    refused: expect.any(String),
  });
  expect(seen.orders?.given).toMatchObject([
    { what: "silenced", of: "*", by: "me", reason: "moving" },
    { what: "unsilenced", of: id, by: "you" },
  ]);
});

test("an alert is acknowledged or resolved at once by message, and there must be one", async () => {
  const { clock, alerts, order, state, notices } = await watched();
  const who = { by: "me", reason: "seen to" };
  expect(await order({ do: "resolve", alert: "Much@n1[]", ...who })).toEqual({
    refused: "there is no alert 'Much@n1[]' on 'n1'",
  });
  state.value = 12;
  await clock.advance(50_000);
  expect(await order({ do: "acknowledge", alert: "Much@n1[]", ...who })).toEqual({
    id: "Much@n1[]",
  });
  expect(await answered(clock, alerts.ask("list", {}, within))).toMatchObject([
    { acknowledged: who },
  ]);
  await order({ do: "resolve", alert: "Much@n1[]", ...who });
  expect(titles(notices)).toEqual(["firing Much warning", "resolved Much warning"]);
  expect(await answered(clock, alerts.ask("list", {}, within))).toEqual([]);
});

test("what was said about an alert is forgotten once its condition has been gone for five minutes", async () => {
  const { clock, order, state, notices, seen } = await watched();
  state.value = 12;
  await clock.advance(50_000);
  await order({ do: "acknowledge", alert: "Much@n1[]", by: "me", reason: "" });
  expect(Object.keys(seen.orders?.marks ?? {})).toEqual(["Much@n1[]"]);
  state.value = 0;
  await clock.advance(330_000);
  expect(seen.orders?.marks).toEqual({});
  state.value = 12;
  await clock.advance(50_000);
  expect(titles(notices).at(-1)).toBe("firing Much warning");
});

test("what people said outlives the node, and counts on all others at their next look", async () => {
  const first = await watched();
  await first.order({ ...silence, rule: "*" });
  for (const node of ["n1", "n2"]) {
    const { clock, state, notices, seen } = await watched({ ...first, node });
    state.value = 12;
    await clock.advance(60_000);
    expect(notices).toEqual([]);
    expect(seen.orders?.silences).toMatchObject([{ by: "me" }]);
  }
});

test("an order that cannot be stored is refused, and what was read before goes on to count", async () => {
  const { clock, order, state, journal, notices } = await watched();
  await order({ ...silence, rule: "*" });
  journal.append = () => Promise.reject(new Error("no room"));
  journal.last = () => Promise.reject(new Error("no answer"));
  expect(await order({ do: "unsilence", id: "s1", by: "me" })).toMatchObject({
    refused: expect.stringContaining("try again"),
  });
  state.value = 12;
  await clock.advance(60_000);
  expect(notices).toEqual([]);
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
