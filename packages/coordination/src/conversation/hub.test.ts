import { type ActorContext, defineActor } from "@troupe/actor";
import { type InMemoryNetwork, settled, type VirtualClock, VirtualCluster } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import type { Draft } from "./envelope.ts";
import { conversationHub } from "./hub.ts";
import type { HubLimits } from "./hub-state.ts";
import { hubProtocol, type ParticipantMessages, participantProtocol } from "./protocol.ts";

let clock: VirtualClock;
let network: InMemoryNetwork;
let cluster: VirtualCluster;
/** Who got which message, in order, repeats included. */
let got: string[];
const within = { withinMs: 1000 };

beforeEach(() => {
  cluster = new VirtualCluster({ seed: 5 });
  ({ clock, network } = cluster);
  got = [];
});

function hub(limits: Partial<HubLimits> = {}): void {
  cluster.system("hub").spawn(conversationHub(limits), { name: "hub" });
}

/** A participant on a node of its own, registered under its name. */
async function participant(name: string, confirms = true) {
  const contexts: ActorContext<ParticipantMessages>[] = [];
  const actor = defineActor(participantProtocol, (context) => {
    contexts.push(context);
    return {
      deliver: ({ message: { id } }) => {
        got.push(`${name} ${id}`);
        if (confirms)
          context.ref(hubProtocol, "hub/hub").tell("confirm", { participant: name, id });
      },
    };
  });
  cluster.system(name).spawn(actor, { name: "agent" });
  const [context] = contexts;
  if (context === undefined) throw new Error("the participant did not start");
  const ref = context.ref(hubProtocol, "hub/hub");
  await settled();
  const registered = await ref.ask("register", { name }, within);
  return {
    name,
    ref,
    registered,
    post: (id: string, more: Partial<Draft> = {}) =>
      ref.ask("post", { message: draft(name, id, more) }, within),
  };
}

function draft(from: string, id: string, more: Partial<Draft> = {}): Draft {
  const base = { id, conversation: "c", from, causedBy: [], uses: [], produces: [], priority: 4 };
  const body = { dataset: "movies" };
  return { ...base, type: "DATA_REQUEST", body, ...more } as Draft;
}

test("what is posted comes to all others, is confirmed, and is in the thread in order", async () => {
  hub();
  const [ann, bob] = [await participant("ann"), await participant("bob")];
  await participant("cid");
  expect(ann.registered).toEqual({ done: true });
  expect(await ann.post("m1")).toEqual({ done: true });
  expect(await bob.post("m2", { to: ["ann"], causedBy: ["m1"] })).toEqual({ done: true });
  await settled();
  expect(got).toEqual(["bob m1", "cid m1", "ann m2"]);
  const states = { bob: "confirmed", cid: "confirmed" };
  expect(await ann.ref.ask("deliveries", { id: "m1" }, within)).toEqual({ known: true, states });
  const thread = await ann.ref.ask("thread", { conversation: "c" }, within);
  expect(thread.messages.map(({ id, from }) => [id, from])).toEqual([
    ["m1", "ann"],
    ["m2", "bob"],
  ]);
});

test("a message that is not confirmed comes again, a limited number of times, and then counts as lost", async () => {
  hub({ redeliverMs: 1000, redeliveries: 2 });
  const ann = await participant("ann");
  await participant("deaf", false);
  await ann.post("m1");
  await clock.advance(20_000);
  expect(got).toEqual(["deaf m1", "deaf m1", "deaf m1"]);
  const { states } = await ann.ref.ask("deliveries", { id: "m1" }, within);
  expect(states).toEqual({ deaf: "lost" });
});

test("one that is never confirmed holds up no conversation for ever: what comes after it goes out when it is lost", async () => {
  hub({ redeliverMs: 1000, redeliveries: 1, window: 1 });
  const ann = await participant("ann");
  await participant("deaf", false);
  await ann.post("m1");
  await ann.post("m2");
  await settled();
  expect(got).toEqual(["deaf m1"]);
  await clock.advance(5000);
  expect(got).toEqual(["deaf m1", "deaf m1", "deaf m2", "deaf m2"]);
});

test("a message reaches a participant that was cut off, once it is back", async () => {
  hub({ redeliverMs: 1000 });
  const ann = await participant("ann");
  await participant("bob");
  network.isolate("bob");
  await ann.post("m1");
  await clock.advance(2500);
  expect(got).toEqual([]);
  network.heal();
  await clock.advance(1000);
  expect(got).toEqual(["bob m1"]);
});

test("what has expired is not delivered, and what is urgent overtakes", async () => {
  hub({ window: 1, redeliverMs: 1000, redeliveries: 100 });
  const ann = await participant("ann");
  await participant("deaf", false);
  await ann.post("first");
  await ann.post("short-lived", { expiresAt: clock.now() + 500 });
  await ann.post("usual");
  await ann.post("urgent", { priority: 9 });
  const deaf = cluster.system("deaf");
  await clock.advance(600);
  // It confirms what it has, and gets one more each time.
  const confirming = defineActor(participantProtocol, () => ({ deliver: () => {} }));
  deaf.spawn(confirming);
  const { states } = await ann.ref.ask("deliveries", { id: "usual" }, within);
  expect(states).toEqual({ deaf: "waiting" });
  await clock.advance(1000);
  expect(await ann.ref.ask("deliveries", { id: "short-lived" }, within)).toMatchObject({
    states: { deaf: "expired" },
  });
  expect(await ann.post("late", { expiresAt: clock.now() })).toEqual({
    done: false,
    refusal: "expired",
  });
  expect(new Set(got)).toEqual(new Set(["deaf first"]));
});

test("with room for one at a time, what is urgent is next", async () => {
  hub({ window: 1 });
  const ann = await participant("ann");
  await participant("bob");
  const posts = [ann.post("m1"), ann.post("m2"), ann.post("m3", { priority: 9 })];
  await Promise.all(posts);
  await settled();
  expect(got).toEqual(["bob m1", "bob m3", "bob m2"]);
});

test("nobody posts or confirms in another's name, or takes its name", async () => {
  hub();
  const [ann, eve] = [await participant("ann", false), await participant("eve", false)];
  const forged = { done: false, refusal: "forged" };
  const message = draft("ann", "m1");
  expect(await eve.ref.ask("post", { message }, within)).toEqual(forged);
  expect(await eve.ref.ask("register", { name: "ann" }, within)).toMatchObject({
    refusal: "name-taken",
  });
  await eve.post("m2", { to: ["ann"] });
  eve.ref.tell("confirm", { participant: "ann", id: "m2" });
  eve.ref.tell("leave", { name: "ann" });
  await settled();
  expect(await ann.ref.ask("deliveries", { id: "m2" }, within)).toMatchObject({
    states: { ann: "sent" },
  });
});

test("a repeated post is delivered once; another one under its id is refused", async () => {
  hub();
  const ann = await participant("ann");
  await participant("bob");
  await ann.post("m1");
  expect(await ann.post("m1")).toEqual({ done: true });
  expect(await ann.post("m1", { priority: 1 })).toEqual({ done: false, refusal: "id-taken" });
  await settled();
  expect(got).toEqual(["bob m1"]);
});

test("who stops is taken out, and its name is free", async () => {
  hub();
  const ann = await participant("ann");
  await participant("bob");
  await cluster.system("bob").stopActor({ address: "bob/agent" });
  await settled();
  expect(await ann.post("m1")).toEqual({ done: false, refusal: "no-receiver" });
  expect((await participant("bob")).registered).toEqual({ done: true });
});

test("threads keep their newest messages, and are forgotten when nothing comes", async () => {
  hub({ messages: 2, retainMs: 60_000, waiting: 2 });
  const ann = await participant("ann");
  await participant("bob");
  for (const id of ["m1", "m2", "m3"]) await ann.post(id);
  const ask = () => ann.ref.ask("thread", { conversation: "c" }, within);
  expect(await ask()).toMatchObject({ messages: [{ id: "m2" }, { id: "m3" }], forgotten: 1 });
  await clock.advance(61_000);
  expect(await ask()).toEqual({ messages: [], forgotten: 0 });
});

test("a participant with too much waiting refuses more, and says so to who posts", async () => {
  hub({ waiting: 2 });
  const ann = await participant("ann");
  await participant("deaf", false);
  expect(await ann.post("m1")).toEqual({ done: true });
  expect(await ann.post("m2")).toEqual({ done: true });
  expect(await ann.post("m3")).toEqual({ done: false, refusal: "outbox-full" });
});

test("what a dataset came from is told over messages and datasets, back and forth", async () => {
  hub();
  const [ann, bob] = [await participant("ann"), await participant("bob")];
  await ann.post("ask", { uses: ["raw"] });
  await bob.post("propose", { causedBy: ["ask"] });
  await ann.post("done", { causedBy: ["propose"], produces: ["clean"] });
  await ann.post("other", { produces: ["unrelated"] });
  const of = { kind: "dataset", id: "clean" } as const;
  const back = await ann.ref.ask("lineage", { of, direction: "back" }, within);
  expect(back.nodes.map(({ id }) => id)).toEqual(["done", "propose", "ask", "raw"]);
  const raw = { kind: "dataset", id: "raw" } as const;
  const forth = await ann.ref.ask("lineage", { of: raw, direction: "forth" }, within);
  expect(forth.nodes.map(({ id }) => id)).toEqual(["ask", "propose", "done", "clean"]);
  expect(forth.edges).toHaveLength(4);
});
