import {
  type ActorSystem,
  createActorSystem,
  type Journal,
  pause,
  type Ref,
  silentLog,
  type Transport,
} from "@troupe/actor";
import {
  FailOver,
  InMemoryJournal,
  InMemoryNetwork,
  RecordingMeter,
  seededRandom,
  VirtualClock,
} from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { InvalidSpecError, OperationFailedError, UndecidedError } from "../errors.ts";
import { agree, startAgreementClient, startReplica } from "./agree.ts";
import { defineReplicaGroup, type ReplicaGroup } from "./group.ts";
import { type AgreementClientMessages, replicaProtocol } from "./protocol.ts";
import { ed25519Signatures, newKeyPair } from "./signatures.ts";

const names = ["a", "b", "c", "d"];
const keys = new Map([...names, "k"].map((name) => [name, newKeyPair()]));
const publicKeys = Object.fromEntries([...keys].map(([name, { publicKey }]) => [name, publicKey]));
const signaturesOf = (name: string) =>
  ed25519Signatures(keys.get(name)?.privateKey ?? "", publicKeys);

/** An account that does not go below nothing. */
const group = defineReplicaGroup<number>({
  name: "account",
  replicas: names.map((name) => ({ name, address: `${name}/replica` })),
  clients: [{ name: "k", address: "k/client" }],
  machine: {
    initial: 0,
    apply: (cents, by) => {
      if (cents + Number(by) < 0) throw new RangeError(`only ${cents} cents are there`);
      return { state: cents + Number(by), result: cents + Number(by) };
    },
  },
  limits: { checkpointEvery: 4, logWindow: 8 },
}) as ReplicaGroup;

let clock: VirtualClock;
let network: InMemoryNetwork;
let journal: InMemoryJournal;
let meter: RecordingMeter;
let client: Ref<AgreementClientMessages>;
let systems: Map<string, ActorSystem>;

beforeEach(() => {
  clock = new VirtualClock();
  network = new InMemoryNetwork({ clock, random: seededRandom(7), delayMs: 1 });
  journal = new InMemoryJournal(clock);
  meter = new RecordingMeter();
  systems = new Map();
  for (const name of names) start(name);
  client = startAgreementClient(system("k"), { group, name: "k", signatures: signaturesOf("k") });
});

function system(node: string, wrap = (transport: Transport) => transport): ActorSystem {
  const ports = {
    transport: wrap(network.connect(node)),
    clock,
    random: seededRandom(node.charCodeAt(0)),
    log: silentLog,
    meter,
  };
  const started = createActorSystem({ node, ports });
  systems.set(node, started);
  return started;
}

function start(name: string): void {
  startReplica(system(name), { group, name, signatures: signaturesOf(name), journal });
}

/** What comes of a promise when time passes. */
async function after<T>(ms: number, promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  await clock.advance(ms);
  return promise;
}

async function standing(name: string) {
  const asked = systems.get(name)?.ref(replicaProtocol, `${name}/replica`);
  if (asked === undefined) throw new RangeError(`there is no node ${name}`);
  return after(10, asked.ask("standing", {}, { withinMs: 100 }));
}

test("an operation is agreed on, executed, and answered", async () => {
  const first = await after(100, agree(client, 500, { withinMs: 1000 }));
  expect(first).toEqual({ sequence: 1, result: 500 });
  const refused = agree(client, -700, { withinMs: 1000 });
  await expect(after(100, refused)).rejects.toThrow(OperationFailedError);
  await expect(refused).rejects.toThrow(/only 500 cents are there/);
  expect(await after(100, agree(client, -500, { withinMs: 1000 }))).toMatchObject({ result: 0 });
  const digests = await Promise.all(names.map((name) => standing(name)));
  expect(new Set(digests.map(({ digest, executed }) => `${executed} ${digest}`)).size).toBe(1);
});

test("what is submitted in one turn is agreed on in one batch", async () => {
  const all = Array.from({ length: 20 }, () => agree(client, 1, { withinMs: 1000 }));
  const agreed = await after(100, Promise.all(all));
  expect(agreed.map(({ result }) => result)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  expect(new Set(agreed.map(({ sequence }) => sequence)).size).toBe(1);
});

test("the group goes on when its leader is cut off, and the leader catches up", async () => {
  await after(100, agree(client, 1, { withinMs: 1000 }));
  network.isolate("a");
  const agreed = agree(client, 2, { withinMs: 20_000 });
  expect(await after(10_000, agreed)).toMatchObject({ result: 3 });
  expect(await standing("b")).toMatchObject({ view: 1, executed: 2 });
  network.heal();
  await clock.advance(2000);
  expect(await standing("a")).toMatchObject({ view: 1, executed: 2 });
});

test("with two of four cut off nothing is agreed on, and the caller is told", async () => {
  network.isolate("c");
  network.isolate("d");
  const agreed = agree(client, 1, { withinMs: 5000 });
  await expect(after(5000, agreed)).rejects.toThrow(UndecidedError);
  expect(await standing("a")).toMatchObject({ executed: 0 });
});

test("all replicas start again and know what they had agreed on", async () => {
  for (const amount of [1, 2, 3, 4, 5, 6]) {
    await after(100, agree(client, amount, { withinMs: 1000 }));
  }
  const before = await standing("a");
  for (const name of names) await after(100, systems.get(name)?.stop() ?? Promise.resolve());
  for (const name of names) start(name);
  await clock.advance(2000);
  expect(await standing("b")).toMatchObject({ executed: 6, digest: before.digest });
  expect(await after(100, agree(client, 1, { withinMs: 1000 }))).toMatchObject({ result: 22 });
});

test("nothing leaves a replica before it is stored", async () => {
  const published: string[] = [];
  let isStored = false;
  const slow: Journal = {
    append: async (...all) => {
      await pause(clock, 700);
      isStored = true;
      return journal.append(...all);
    },
    read: (...all) => journal.read(...all),
    last: (...all) => journal.last(...all),
    purge: (...all) => journal.purge(...all),
  };
  await after(100, systems.get("a")?.stop() ?? Promise.resolve());
  const leader = system("a", (transport) => ({
    ...transport,
    publish: (subject, payload, options) => {
      if (new TextDecoder().decode(payload).includes("pre-prepare") && !isStored) {
        published.push(subject);
      }
      transport.publish(subject, payload, options);
    },
  }));
  startReplica(leader, { group, name: "a", signatures: signaturesOf("a"), journal: slow });
  await after(5000, agree(client, 1, { withinMs: 10_000 }));
  expect(isStored).toBe(true);
  expect(published).toEqual([]);
});

test("a replica whose journal fails starts again from it, and goes on", async () => {
  const failOver = new FailOver(clock);
  await after(100, systems.get("d")?.stop() ?? Promise.resolve());
  const signatures = signaturesOf("d");
  startReplica(system("d"), { group, name: "d", signatures, journal: failOver.over(journal) });
  await after(100, agree(client, 1, { withinMs: 1000 }));
  failOver.begin(3000);
  expect(await after(100, agree(client, 1, { withinMs: 1000 }))).toMatchObject({ result: 2 });
  await clock.advance(20_000);
  expect(await standing("d")).toMatchObject({ executed: 2 });
  expect(await after(100, agree(client, 1, { withinMs: 1000 }))).toMatchObject({ result: 3 });
  await clock.advance(1000);
  expect(await standing("d")).toMatchObject({ executed: 3 });
});

test("a replica starts only where and as what its group names it", () => {
  const elsewhere = system("z");
  const options = { group, signatures: signaturesOf("a") };
  expect(() => startReplica(elsewhere, { ...options, name: "a" })).toThrow(InvalidSpecError);
  expect(() => startReplica(elsewhere, { ...options, name: "z" })).toThrow(/no member 'z'/);
});

test("how long agreements take, and what replicas notice, is measured", async () => {
  const kind = { "troupe.coordination.kind": "agreement" };
  await after(100, agree(client, 5, { withinMs: 1000 }));
  await after(100, agree(client, -100, { withinMs: 1000 })).catch(() => {});
  const results = meter
    .of("troupe.coordination.duration")
    .map(({ attributes }) => attributes["troupe.coordination.result"]);
  expect(results).toEqual(["success", "failure"]);
  await clock.advance(100);
  const decided = { ...kind, "troupe.coordination.notice": "decided" };
  expect(meter.sum("troupe.coordination.notices", decided)).toBe(2 * names.length);
  expect(meter.sum("troupe.coordination.notices", { "troupe.coordination.notice": "view" })).toBe(
    0,
  );
  systems.get("a")?.stop();
  await after(20_000, agree(client, 1, { withinMs: 20_000 }));
  const views = meter.sum("troupe.coordination.notices", { "troupe.coordination.notice": "view" });
  expect(views).toBeGreaterThan(0);
});
