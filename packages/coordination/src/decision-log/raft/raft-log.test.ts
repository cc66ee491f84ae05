import { type ActorSystem, createActorSystem, silentLog } from "@troupe/actor";
import {
  InMemoryJournal,
  InMemoryNetwork,
  RecordingMeter,
  seededRandom,
  VirtualClock,
} from "@troupe/testkit";
import { expect, test } from "vitest";
import {
  CompactedError,
  EntryTooLargeError,
  InvalidSpecError,
  LogUnavailableError,
  NotLeaderError,
} from "../../errors.ts";
import type { Decision } from "../decision-log.ts";
import { defineRaftGroup, type RaftLimits } from "./group.ts";
import { raftLog } from "./raft-log.ts";
import { startRaftReplica } from "./replica.ts";

const names = ["a", "b", "c"];

/** A group of three on a network without faults, and a node beside it. */
class Deployment {
  readonly clock = new VirtualClock();
  readonly random = seededRandom(5);
  readonly network = new InMemoryNetwork({ clock: this.clock, random: this.random });
  readonly journal = new InMemoryJournal(this.clock);
  readonly systems = new Map<string, ActorSystem>();
  readonly meter = new RecordingMeter();
  readonly group;

  constructor(limits: Partial<RaftLimits> = {}) {
    const replicas = names.map((name) => ({ name, address: `${name}/raft` }));
    this.group = defineRaftGroup({ name: "g", replicas, limits });
    for (const name of names) this.start(name);
  }

  system(node: string): ActorSystem {
    const { clock, random, meter } = this;
    const transport = this.network.connect(node);
    const ports = { transport, clock, random, meter, log: silentLog };
    const system = createActorSystem({ node, ports });
    this.systems.set(node, system);
    return system;
  }

  start(name: string): void {
    const { group, journal } = this;
    startRaftReplica(this.system(name), { group, name, journal });
  }

  log(node = "k") {
    const { group, clock, random } = this;
    const system = this.systems.get(node) ?? this.system(node);
    return raftLog({ group, system, clock, random });
  }

  async after<T>(ms: number, work: Promise<T>): Promise<T> {
    const [outcome] = await Promise.all([Promise.allSettled([work]), this.clock.advance(ms)]);
    const [settled] = outcome;
    if (settled.status === "rejected") throw settled.reason;
    return settled.value;
  }
}

test("a proposal from any node is decided, known again by its id, and read from any other", async () => {
  const deployment = new Deployment();
  const [one, other] = [deployment.log("k"), deployment.log("b")];
  const [first, second] = await deployment.after(
    10_000,
    Promise.all([one.propose({ x: 1 }, { id: "a" }), other.propose({ x: 2 }, { id: "b" })]),
  );
  expect([first.index, second.index].sort()).toEqual([1, 2]);
  expect(await deployment.after(1000, other.propose({ x: 3 }, { id: "a" }))).toEqual(first);
  const read = await deployment.after(1000, other.read(1));
  expect(read).toHaveLength(2);
  expect(read[first.index - 1]).toEqual({ index: first.index, id: "a", entry: { x: 1 } });
  expect(await deployment.after(1000, one.read(2, { limit: 1 }))).toEqual([read[1]]);
});

test("another leads when the leader's node is gone, with nothing lost; it comes back and catches up", async () => {
  const deployment = new Deployment({ snapshotEvery: 2 });
  const log = deployment.log();
  await deployment.after(10_000, log.propose(1, { id: "a" }));
  const before = await deployment.after(1000, log.leader());
  expect(names).toContain(before?.name);
  const leader = before?.name ?? "";
  await deployment.after(1000, deployment.systems.get(leader)?.stop() ?? Promise.resolve());
  expect(await deployment.after(15_000, log.propose(2, { id: "b" }))).toEqual({ index: 2 });
  for (const id of ["c", "d", "e"]) await deployment.after(1000, log.propose(3, { id }));
  const now = await deployment.after(3000, log.leader());
  expect(now?.name).not.toBe(leader);
  expect(now?.term).toBeGreaterThan(before?.term ?? 0);

  deployment.start(leader);
  await deployment.clock.advance(2000);
  await deployment.after(5000, log.transferLeadership(leader));
  await deployment.clock.advance(1000);
  expect((await deployment.after(1000, log.leader()))?.name).toBe(leader);
  const ids = (await deployment.after(2000, log.read(1))).map(({ id }) => id);
  expect(ids).toEqual(["a", "b", "c", "d", "e"]);
});

test("without a majority nothing is decided, and the error says so, with what a replica said", async () => {
  const deployment = new Deployment({ askMs: 200 });
  const log = deployment.log();
  await deployment.after(10_000, log.propose(1, { id: "a" }));
  const leader = (await deployment.after(1000, log.leader()))?.name;
  for (const name of names) if (name !== leader) deployment.network.isolate(name);
  const lost = deployment.after(20_000, log.propose(2, { id: "b", withinMs: 5000 }));
  const error = await lost.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(LogUnavailableError);
  expect((error as Error).cause).toBeInstanceOf(Error);
  deployment.network.heal();
  expect(await deployment.after(20_000, log.propose(2, { id: "b" }))).toEqual({ index: 2 });
});

test("a follower hears of every decision once, in order", async () => {
  const deployment = new Deployment();
  const log = deployment.log();
  const heard: Decision[] = [];
  const stop = deployment.log("n").follow(1, {
    decided: (decision) => heard.push(decision),
    failed: (error) => expect.fail(error.message),
  });
  for (const id of ["a", "b", "c"]) await deployment.after(10_000, log.propose(id, { id }));
  stop();
  await deployment.after(5000, log.propose("d", { id: "d" }));
  expect(heard.map(({ index, id }) => `${index} ${id}`)).toEqual(["1 a", "2 b", "3 c"]);
});

test("a read of many bytes comes in pages, and of what is not kept it is refused", async () => {
  const deployment = new Deployment({
    batchBytes: 100,
    entryBytes: 200,
    retainBytes: 700,
    pendingBytes: 400,
  });
  const log = deployment.log();
  for (let at = 1; at <= 12; at += 1) {
    await deployment.after(10_000, log.propose("x".repeat(80), { id: `d${at}` }));
  }
  const error = await deployment.after(1000, log.read(1)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CompactedError);
  const { first } = error as CompactedError;
  expect(first).toBeGreaterThan(1);
  const read = await deployment.after(1000, log.read(first));
  expect(read.map(({ index }) => index).at(-1)).toBe(12);
  expect(read).toHaveLength(13 - first);
});

test("what cannot be is refused before anybody is asked", async () => {
  const deployment = new Deployment({ entryBytes: 100 });
  const log = deployment.log();
  await expect(log.propose("x".repeat(200), { id: "a" })).rejects.toThrow(EntryTooLargeError);
  await expect(log.transferLeadership("z")).rejects.toThrow("choose one of a, b, c");
  const { group, journal } = deployment;
  const system = deployment.system("elsewhere");
  expect(() => startRaftReplica(system, { group, name: "a", journal })).toThrow(InvalidSpecError);
  const replicas = [...group.replicas, ...group.replicas];
  expect(() => defineRaftGroup({ name: "g", replicas })).toThrow("'a' is named twice");
  expect(() => defineRaftGroup({ name: "g", replicas: [], limits: {} })).toThrow(InvalidSpecError);
});

test("who asks a replica that does not lead is told who does", () => {
  expect(new NotLeaderError("a", "b").message).toContain("ask 'b'");
  expect(new NotLeaderError("a", undefined)).toMatchObject({ hint: undefined, retryable: true });
});

test("elections, decisions and how long they take are measured", async () => {
  const deployment = new Deployment();
  const { meter } = deployment;
  await deployment.after(10_000, deployment.log().propose({ x: 1 }, { id: "a" }));
  const noticed = (notice: string) =>
    meter.sum("troupe.coordination.notices", {
      "troupe.coordination.kind": "decision-log",
      "troupe.coordination.notice": notice,
    });
  expect(noticed("elected")).toBeGreaterThan(0);
  expect(noticed("decided")).toBe(names.length);
  const [{ attributes } = { attributes: {} }, ...more] = meter.of("troupe.coordination.duration");
  expect(attributes).toMatchObject({ "troupe.coordination.result": "success" });
  expect(more).toEqual([]);
});
