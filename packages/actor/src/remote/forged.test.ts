import { type InMemoryNetwork, settled, type VirtualClock, VirtualCluster } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { z } from "zod";
import {
  type ActorSystem,
  AskError,
  defineActor,
  defineProtocol,
  message,
  query,
  type SystemEvent,
} from "../index.ts";
import { pack } from "./codec.ts";
import { decodeParcel, encodeParcel, type Item } from "./parcel.ts";

const protocol = defineProtocol("box", {
  note: message(z.object({ value: z.string() })),
  wait: query(z.object({}), z.string()),
});

let clock: VirtualClock;
let network: InMemoryNetwork;
let cluster: VirtualCluster;
let forged: Extract<SystemEvent, { kind: "dead-letter" }>[];
let notes: string[];
let here: ActorSystem;

beforeEach(() => {
  cluster = new VirtualCluster();
  ({ clock, network } = cluster);
  forged = [];
  notes = [];
  here = cluster.system("here");
  here.observe((event) => {
    if (event.kind === "dead-letter" && event.reason === "forged") forged.push(event);
  });
});

const box = defineActor(protocol, (context) => ({
  note: ({ value }) => void notes.push(`${context.sender}: ${value}`),
  wait: () => new Promise<string>(() => {}),
}));

/** What node `eve` puts on a subject, in whose name she likes. */
async function eveSends(
  from: string,
  item: Item,
  subject = "troupe.main.actor.here.eve",
): Promise<void> {
  network.connect("eve").publish(subject, encodeParcel({ from, items: [item] }));
  await settled();
}

const note = (sender: string): Item => ({
  kind: "message",
  route: { path: "box", type: "note", sender, trace: undefined, chain: [] },
  body: { value: "hello" },
  ask: undefined,
});

test("an actor knows who sent the message at hand, of its own node and of another", async () => {
  const ref = here.spawn(box, { name: "box" });
  for (const system of [here, cluster.system("there")]) {
    const teller = defineActor(protocol, (context) => {
      context.ref(protocol, ref.address).tell("note", { value: "mine" });
      return { note: () => {}, wait: () => "" };
    });
    system.spawn(teller, { name: "teller" });
  }
  ref.tell("note", { value: "nobody's" });
  await settled();
  expect(notes.toSorted()).toEqual([
    "here/teller: mine",
    "there/teller: mine",
    "undefined: nobody's",
  ]);
});

test("a message in the name of an actor of another node is refused, and kept as evidence", async () => {
  here.spawn(box, { name: "box" });
  await eveSends("eve", note("there/analyst"));
  await eveSends("eve", note("eve/analyst"));
  // Neither does a longer name that begins alike count.
  await eveSends("eve", note("everybody/analyst"));
  expect(notes).toEqual(["eve/analyst: hello"]);
  expect(forged).toMatchObject([
    { type: "note", sender: "there/analyst", receiver: "here/box" },
    { type: "note", sender: "everybody/analyst", receiver: "here/box" },
  ]);
});

test("a parcel in the name of another node than its subject's is refused as a whole", async () => {
  here.spawn(box, { name: "box" });
  await eveSends("there", note("there/analyst"));
  await eveSends("there", note("there/analyst"), "troupe.main.actor.here.eve.box");
  expect(notes).toEqual([]);
  expect(forged).toHaveLength(2);
});

test("an answer counts only when it comes from the node that was asked", async () => {
  const there = cluster.system("there");
  there.spawn(box, { name: "box" });
  const ids: number[] = [];
  network.connect("ear").subscribe("troupe.main.actor.there.>", ({ payload }) => {
    for (const item of decodeParcel(payload)?.items ?? []) {
      if (item.kind === "message" && item.ask !== undefined) ids.push(item.ask.id);
    }
  });
  const answer = here.ref(protocol, "there/box").ask("wait", {}, { withinMs: 1000 });
  const failure = answer.catch((error: unknown) => error);
  await settled();
  expect(ids).toHaveLength(1);
  // Numbers of asks are no secrets.
  for (const id of ids) {
    await eveSends("eve", { kind: "answer", id, answer: { ok: true, value: "eve's" } });
  }
  await clock.advance(1000);
  expect(await failure).toBeInstanceOf(AskError);
  expect(forged).toMatchObject([{ type: "answer", sender: "there/box" }]);
});

test("nobody ends an actor of another node, nor speaks for another node in the cluster", async () => {
  const there = cluster.system("there");
  there.spawn(box, { name: "box", capabilities: ["boxes"] });
  await settled();
  const ends: string[] = [];
  const watcher = defineActor(protocol, (context) => {
    context.watch({ address: "there/box" }, (why) => ends.push(why));
    return { note: () => {}, wait: () => "" };
  });
  here.spawn(watcher, { name: "watcher" });
  await settled();
  const actor = "there/box";
  await eveSends("eve", { kind: "terminated", path: "watcher", actor, reason: "failed" });
  const eve = network.connect("eve");
  const incarnation = clock.now() + 1;
  eve.publish("troupe.main.cluster.eve", pack({ kind: "leave", node: "there", incarnation }));
  const beat = { kind: "beat", node: "eve", incarnation, version: 1, hello: false };
  const stolen = { address: "there/other", node: "there", capabilities: ["boxes"] };
  eve.publish("troupe.main.cluster.eve", pack({ ...beat, actors: [stolen] }));
  await settled();
  expect(ends).toEqual([]);
  expect(forged).toMatchObject([{ type: "terminated", sender: "there/box" }]);
  expect(here.cluster.nodes()).toEqual(["here", "there"]);
  expect(here.cluster.find("boxes").map(({ address }) => address)).toEqual(["there/box"]);
});
