import { setImmediate as nextTurn } from "node:timers/promises";
import {
  type Actor,
  type ActorContext,
  type ActorSystem,
  createActorSystem,
  type Definitions,
  defineActor,
  defineProtocol,
  message,
  type SystemEvent,
  systemClock,
  systemRandom,
} from "@troupe/actor";
import {
  auctioneerProtocol,
  type BidderMessages,
  bidderMessages,
  holdAuction,
  holdVote,
  tellerProtocol,
  type VoterMessages,
  voterMessages,
} from "@troupe/coordination";
import { request } from "@troupe/goals";
import {
  type Connection,
  ensureStreams,
  findServices,
  natsJournal,
  natsResultStore,
  natsTransport,
  natsWorkQueue,
  serveService,
} from "@troupe/nats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { clusterVersion } from "./deployment/nats-cluster.ts";
import { SecuredServer } from "./deployment/secured-server.ts";

const prefix = "troupe";
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (payload: Uint8Array): string => new TextDecoder().decode(payload);

const version = clusterVersion();
if (version === undefined) console.error("SKIPPED, no nats-server to test permissions with");

const callerProtocol = defineProtocol("caller", { nothing: message(z.object({})) });
const agentProtocol = defineProtocol("agent", { ...voterMessages, ...bidderMessages });
type Agent = VoterMessages & BidderMessages;

describe.skipIf(version === undefined)("permissions of roles, on a real server", () => {
  let server: SecuredServer;
  const systems = new Map<string, ActorSystem>();
  const events: SystemEvent[] = [];

  const of = (user: string): Connection => server.of(user);
  const refusedTo = (user: string): Promise<readonly string[]> => server.refusedTo(user);

  beforeAll(async () => {
    server = await SecuredServer.withRoles({
      n1: { role: "node", node: "n1" },
      n2: { role: "node", node: "n2" },
      a1: { role: "agent", node: "a1" },
      a2: { role: "agent", node: "a2" },
      eve: { role: "agent", node: "eve", callers: ["n1"] },
      pub: { role: "publisher" },
      obs: { role: "observer" },
      con: { role: "console" },
    });
    await server.connectAll();
    await ensureStreams(of("n1"), { prefix });
    for (const node of ["n1", "a1", "a2", "eve"]) {
      const ports = { transport: natsTransport(of(node)) };
      const system = createActorSystem({ node, ports });
      system.observe((event) => events.push(event));
      systems.set(node, system);
    }
  });
  afterAll(async () => {
    for (const system of systems.values()) await system.stop();
    await server.stop();
  });

  function caller(): ActorContext<typeof callerProtocol.messages> {
    const contexts: ActorContext<typeof callerProtocol.messages>[] = [];
    const actor = defineActor(callerProtocol, (context) => {
      contexts.push(context);
      return { nothing: () => {} };
    });
    systems.get("n1")?.spawn(actor);
    const [context] = contexts;
    if (context === undefined) throw new Error("the calling actor did not start");
    return context;
  }

  function invite<D extends Definitions>(
    context: ActorContext<typeof callerProtocol.messages>,
    actors: Readonly<Record<string, Actor<D>>>,
  ) {
    return Object.entries(actors).map(([node, actor]) => {
      const address = systems.get(node)?.spawn(actor).address ?? "";
      return { member: node, ref: context.ref(actor.protocol, address) };
    });
  }

  /** Votes and bids for itself, and first, when there are any, in the names of `others`. */
  function agent(own: string, cost: number, others: readonly string[] = []): Actor<Agent> {
    return defineActor(agentProtocol, (context) => ({
      callForBallots: ({ vote: { id, round, digest }, teller }) => {
        for (const member of [...others, own]) {
          const choice = member === own ? "yes" : "no";
          const ballot = { vote: id, round, digest, member, choice, reason: "" };
          context.ref(tellerProtocol, teller).tell("ballot", ballot);
        }
      },
      announce: ({ auction, auctioneer }) => {
        for (const bidder of [...others, own]) {
          const offer = { cost: bidder === own ? cost : 1e6, durationMs: 1, quality: 1 };
          const bid = { auction, bidder, ...offer, confidence: 1 };
          context.ref(auctioneerProtocol, auctioneer).tell("bid", bid);
        }
      },
      award: () => ({ accepted: true }),
      reject: () => {},
    }));
  }

  const question = { question: "?", options: ["yes", "no"], deadlineMs: 10_000, graceMs: 10_000 };
  const work = { capability: "c", task: {}, deadlineMs: 10_000 };

  test("a node keeps journal, results and goals, and a publisher's request is answered to it alone", async () => {
    for (const user of ["n1", "n2"]) {
      const connection = of(user);
      await ensureStreams(connection, { prefix });
      const journal = natsJournal(connection, { prefix });
      const subject = `journal.thing.${user}`;
      for (let record = 0; record < 12; record += 1)
        await journal.append(subject, bytes(`${record}`));
      expect(await journal.read(subject)).toHaveLength(12);
      expect(await journal.purge(subject, { before: 1e6 })).toBe(11);
      const results = natsResultStore(connection, { prefix });
      expect(await results.put(user, bytes("found"), { tags: ["t"] })).toBe(true);
      expect(text((await results.get(user))?.bytes ?? bytes(""))).toBe("found");
      expect(await results.list("t")).toContain(user);
      await results.delete(user);
    }
    const queue = natsWorkQueue(of("n1"), { prefix, leaseMs: 30_000 });
    const { promise: taken, resolve } = Promise.withResolvers<string>();
    const stop = await queue.consume(
      async (delivery) => {
        await delivery.ack();
        resolve(text(delivery.payload));
      },
      { concurrency: 1 },
    );
    const node = natsTransport(of("n1"));
    node.subscribe(
      "troupe.goals",
      ({ reply }) => {
        if (reply !== undefined) node.publish(reply, bytes("receipt"));
      },
      { queue: "nodes" },
    );
    await node.flush();
    const answer = await of("pub").nats.request("troupe.goals", bytes("goal"), { timeout: 10_000 });
    expect(text(answer.data)).toBe("receipt");
    expect(await taken).toBe("goal");
    await stop();
    for (const user of ["n1", "n2", "pub"]) expect(await refusedTo(user)).toEqual([]);
  });

  test("an observer sees events and reads what is stored, and changes nothing", async () => {
    const connection = of("obs");
    const { promise: seen, resolve } = Promise.withResolvers<string>();
    natsTransport(connection).subscribe("troupe.events.>", ({ payload }) => resolve(text(payload)));
    await connection.nats.flush();
    await natsJournal(of("n1"), { prefix }).append("journal.goal.g1", bytes("accepted"));
    expect(await seen).toBe("accepted");
    const last = await natsJournal(connection, { prefix }).last("journal.goal.g1");
    expect(text(last?.payload ?? bytes(""))).toBe("accepted");
    expect(await refusedTo("obs")).toEqual([]);
    const writes = ["journal.goal.g1", "goals", "command.cancel.g1", "results.g1", "dead.goals"];
    for (const subject of writes) connection.nats.publish(`troupe.${subject}`, bytes("!"));
    expect(await refusedTo("obs")).toHaveLength(writes.length);
  });

  test("a console finds nodes, asks them, and reads traces; publishers and observers cannot ask nodes", async () => {
    const answer = async () => bytes('{"done":true}');
    const subject = "troupe.node.n1.operate";
    const stop = serveService({
      transport: natsTransport(of("n1")),
      clock: systemClock,
      name: "troupe-node",
      id: "n1",
      version: "1.0.0",
      description: "a node",
      endpoints: [{ name: "operate", subject, answer }],
    });
    await of("n1").nats.flush();
    const { inboxes } = of("con");
    const ports = { transport: natsTransport(of("con")), clock: systemClock, random: systemRandom };
    const found = await findServices({ ...ports, name: "troupe-node", inbox: inboxes });
    expect(found.map(({ id }) => id)).toEqual(["n1"]);
    expect(await request(ports, inboxes, subject, {}, 10_000)).toEqual({ done: true });
    await natsJournal(of("n1"), { prefix }).append("spans.t1", bytes("span"));
    const spans = await natsJournal(of("con"), { prefix }).read("spans.t1");
    expect(spans.map(({ payload }) => text(payload))).toEqual(["span"]);
    for (const user of ["n1", "con"]) expect(await refusedTo(user)).toEqual([]);
    for (const user of ["pub", "obs", "a1"]) {
      of(user).nats.publish(subject, bytes("{}"));
      expect(await refusedTo(user), user).toHaveLength(1);
    }
    stop();
  });

  test("publishers and consoles speak to no actor, and nobody but nodes writes what is stored", async () => {
    const subjects = [
      "troupe.main.actor.n1.n2.x",
      "troupe.main.cluster.n2",
      "troupe.journal.goal.g1",
    ];
    for (const user of ["pub", "obs", "con", "a1"]) {
      for (const subject of subjects) of(user).nats.publish(subject, bytes("!"));
      expect(await refusedTo(user), user).toHaveLength(subjects.length);
      const api = `$JS.API.CONSUMER.CREATE.TROUPE_GOALS`;
      of(user).nats.publish(api, bytes("{}"), { reply: `${of(user).inboxes}.1` });
      expect(await refusedTo(user), user).toHaveLength(1);
    }
    expect(await refusedTo("n1")).toEqual([]);
  });

  test("agents vote and bid from nodes that can do nothing else", async () => {
    const context = caller();
    const actors = { a1: agent("a1", 20), a2: agent("a2", 10), eve: agent("eve", 30) };
    const members = invite(context, actors);
    const vote = await holdVote(context, { id: "v1", ...question }, members);
    expect(vote).toMatchObject({ decided: "yes", counts: { yes: 3 }, refused: [] });
    const auction = await holdAuction(context, { id: "x1", ...work }, members);
    expect(auction).toMatchObject({ awarded: true, winner: "a2", price: 10, refused: [] });
    for (const user of ["n1", "a1", "a2", "eve"]) expect(await refusedTo(user)).toEqual([]);
    // Eve may speak to n1 only.
    of("eve").nats.publish("troupe.main.actor.n2.eve.x", bytes("!"));
    expect(await refusedTo("eve")).toHaveLength(1);
  });

  test("a spy reads neither bids, nor ballots, nor what is told to others", async () => {
    const heard: string[] = [];
    const spied = [
      "troupe.>",
      ">",
      "troupe.main.actor.>",
      "troupe.main.actor.n1.>",
      "troupe.main.actor.*.a1.>",
      "troupe.main.actor.a1.>",
      "troupe.main.inbox.n1.*",
      "_INBOX_n1.>",
      "_INBOX_pub.>",
      "troupe.goals",
    ];
    const spy = natsTransport(of("eve"));
    for (const subject of spied) spy.subscribe(subject, (got) => heard.push(got.subject));
    expect(await refusedTo("eve")).toHaveLength(spied.length);
    const context = caller();
    const members = invite(context, { a1: agent("a1", 20), a2: agent("a2", 10) });
    await holdVote(context, { id: "v2", ...question }, members);
    await holdAuction(context, { id: "x2", ...work }, members);
    expect(heard).toEqual([]);
  });

  test("a forged ballot and a forged bid are refused and kept as evidence, with who sent them", async () => {
    const context = caller();
    const members = invite(context, { a1: agent("a1", 20), eve: agent("eve", 10, ["a1"]) });
    const sender = expect.stringMatching(/^eve\//);
    const vote = await holdVote(context, { id: "v3", ...question }, members);
    expect(vote).toMatchObject({
      counts: { yes: 2, no: 0 },
      refused: [{ why: "forged", ballot: { member: "a1", choice: "no" }, sender }],
    });
    const auction = await holdAuction(
      context,
      { id: "x3", ...work, weights: { cost: 1, duration: 0, quality: 0 } },
      members,
    );
    expect(auction).toMatchObject({
      winner: "eve",
      bids: [{ bidder: "eve" }, { bidder: "a1", cost: 20 }],
      refused: [{ why: "forged", bid: { bidder: "a1" }, sender }],
    });
  });

  test("a node that lies about itself is stopped by the server, or by who it lies to", async () => {
    const eve = createActorSystem({
      node: "a1",
      prefix: "other",
      ports: { transport: redirected(of("eve"), "other.main", "troupe.main") },
    });
    await refusedTo("eve");
    // As a1 she may not even publish.
    eve.ref(callerProtocol, "n1/nobody").tell("nothing", {});
    await nextTurn();
    expect((await refusedTo("eve")).join()).toContain("troupe.main.actor.n1.a1");
    await eve.stop();
    await refusedTo("eve");
    // On her own subject she may, in a1's name: then the receiver sees it.
    const before = events.length;
    const { promise: forged, resolve } = Promise.withResolvers<SystemEvent>();
    systems.get("n1")?.observe((event) => {
      if (event.kind === "dead-letter" && event.reason === "forged") resolve(event);
    });
    const liar = createActorSystem({
      node: "a1",
      prefix: "other",
      ports: {
        transport: redirected(of("eve"), /^other\.main\.actor\.n1\.a1/, "troupe.main.actor.n1.eve"),
      },
    });
    liar.ref(callerProtocol, "n1/nobody").tell("nothing", {});
    expect(await forged).toMatchObject({
      sender: "a1",
      detail: expect.stringContaining(".n1.eve"),
    });
    await liar.stop();
    expect(events.slice(before).some(({ kind }) => kind === "node-lost")).toBe(false);
  });
});

/** A transport of a node that takes itself for another: its subjects are rewritten on the way out. */
function redirected(connection: Connection, from: string | RegExp, to: string) {
  const transport = natsTransport(connection);
  return {
    ...transport,
    maxPayloadBytes: transport.maxPayloadBytes,
    publish: (subject: string, payload: Uint8Array) =>
      transport.publish(subject.replace(from, to), payload),
    subscribe: () => ({ unsubscribe: () => {} }),
  };
}
