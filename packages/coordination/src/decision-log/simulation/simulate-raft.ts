import type { Random } from "@troupe/actor";
import { between, pick } from "../../simulation/chance.ts";
import { defineRaftGroup, type RaftGroup } from "../raft/group.ts";
import { Agenda } from "./agenda.ts";
import { Chronicle, type Judge, type LogOperation } from "./chronicle.ts";
import { Client } from "./client.ts";
import { Cluster } from "./cluster.ts";

/** Faults and work up to here, milliseconds of virtual time; then the group has to recover. */
const faultyMs = 4000;
/** From here on everything asked is answered: some elections after the last fault. */
const recoveredMs = faultyMs + 1500;
const workMs = recoveredMs + 600;
const endMs = workMs + 2000;
/** More than any simulation needs. */
const eventLimit = 60_000;

/** What came of a simulation, besides violations. */
export interface SimulatedRaft {
  readonly events: number;
  readonly faults: number;
  readonly decisions: number;
  readonly operations: readonly LogOperation[];
}

/**
 * A Raft group of pure replicas, with clients and faults drawn from the randomness, in virtual time.
 * Every step is watched; what does not hold is said to the judge.
 */
export function simulateRaft(random: Random, judge: Judge): SimulatedRaft {
  const agenda = new Agenda();
  const chronicle = new Chronicle(judge);
  const cluster = new Cluster(drawGroup(random), { agenda, random, chronicle, judge });
  const faults = cluster.disturb(faultyMs);
  const ids: string[] = [];
  const clients = ["k", "l", "m"].map((name) => new Client(name, cluster, chronicle, ids));
  for (const client of clients) client.work(workMs);
  const events = agenda.run(endMs, eventLimit);
  judge.require(events < eventLimit, "the group comes to rest", () => `${events} events`);
  const unanswered = clients.reduce((sum, one) => sum + one.unanswered(recoveredMs), 0);
  judge.require(unanswered === 0, "everything asked after the faults is answered", () => {
    return `${unanswered} without an answer`;
  });
  const ends = cluster.machines.map(({ state }) => state?.decided.kept.map(({ id }) => id) ?? []);
  const [end = []] = ends;
  judge.require(
    ends.every((one) => one.join() === end.join()),
    "all replicas come to the same log",
    () => cluster.machines.map(({ name, state }) => `${name}: ${state?.applied}`).join(", "),
  );
  chronicle.end(end);
  return { events, faults, decisions: chronicle.decisions, operations: chronicle.operations };
}

/** Small limits, so that each is met. */
function drawGroup(random: Random): RaftGroup {
  const names = ["a", "b", "c", "d", "e"].slice(0, pick(random, [1, 2, 3, 3, 3, 4, 5, 5]));
  return defineRaftGroup({
    name: "simulated",
    replicas: names.map((name) => ({ name, address: `${name}/raft` })),
    limits: {
      electionMs: 150,
      heartbeatMs: 30,
      batchEntries: pick(random, [1, 1, 2, 4]),
      pipeline: between(random, 1, 4),
      pendingEntries: between(random, 4, 16),
      snapshotEvery: pick(random, [3, 8, 1000]),
    },
  });
}
