import { createActorSystem, noTracer } from "@troupe/actor";
import {
  InMemoryNetwork,
  processClock,
  processTransport,
  SimulatedProcess,
  seededRandom,
  VirtualClock,
} from "@troupe/testkit";
import { expect, test } from "vitest";
import { z } from "zod";
import { DelegationError } from "../errors.ts";
import { clusterTeam } from "./cluster-team.ts";
import type { PerformPiece, Team } from "./team.ts";

/** Nodes that share the work, in virtual time. */
class Nodes {
  readonly clock = new VirtualClock();
  readonly #network = new InMemoryNetwork({
    clock: this.clock,
    random: seededRandom(1),
    delayMs: 1,
  });
  readonly #processes = new Map<string, SimulatedProcess>();

  start(name: string, perform: PerformPiece): Team {
    const process = new SimulatedProcess(this.clock);
    this.#processes.set(name, process);
    const ports = {
      transport: processTransport(this.#network.connect(name), process),
      clock: processClock(this.clock, process),
      random: seededRandom(name.charCodeAt(1)),
    };
    return clusterTeam(createActorSystem({ node: name, ports }), { perform, hands: 2 });
  }

  kill(name: string): void {
    this.#processes.get(name)?.kill();
  }

  /** Takes so long, and ends early when it is not wanted any more. */
  async work(ms: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.clock.schedule(ms, resolve);
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  }
}

const jobOf = (pieces: number, signal = new AbortController().signal) => ({
  id: "g/stage",
  pieces: Array.from({ length: pieces }, (_, piece) => piece),
  result: z.number(),
  signal,
  span: noTracer.start("stage"),
});

test("pieces are done by the hands of all nodes, and their results come in order", async () => {
  const nodes = new Nodes();
  const at = new Map<string, number>();
  const [team] = ["n1", "n2", "n3"].map((name) =>
    nodes.start(name, async (piece, signal) => {
      at.set(name, (at.get(name) ?? 0) + 1);
      await nodes.work(1000, signal);
      return Number(piece) * 10;
    }),
  );
  await nodes.clock.advance(3000);
  const outcome = team?.perform(jobOf(12));
  await nodes.clock.advance(20_000);
  const { results, delegation } = (await outcome) ?? expect.fail();
  expect(results).toEqual(Array.from({ length: 12 }, (_, piece) => piece * 10));
  expect(delegation).toMatchObject({ lead: "n1", pieces: 12, nodes: ["n1", "n2", "n3"], lost: [] });
  expect([...at.values()]).toEqual([4, 4, 4]);
  const levels = Map.groupBy(delegation.map, ({ depth }) => depth);
  expect(levels.get(1)?.every(({ worker }) => worker.endsWith("/foreman"))).toBe(true);
  expect(levels.get(2)?.flatMap(({ leaves }) => leaves)).toHaveLength(12);
  expect(levels.get(1)?.every(({ ended }) => ended === "done")).toBe(true);
});

test("what a lost node had is done by others, and nothing else is done again", async () => {
  const nodes = new Nodes();
  const begun: string[] = [];
  const [team] = ["n1", "n2", "n3"].map((name) =>
    nodes.start(name, async (piece, signal) => {
      begun.push(`${name} ${piece}`);
      await nodes.work(1000, signal);
      return Number(piece);
    }),
  );
  await nodes.clock.advance(3000);
  const outcome = team?.perform(jobOf(12));
  await nodes.clock.advance(1500);
  nodes.kill("n3");
  await nodes.clock.advance(60_000);
  const { results, delegation } = (await outcome) ?? expect.fail();
  expect(results).toHaveLength(12);
  expect(delegation.lost).toEqual(["n3/foreman"]);
  const times = Map.groupBy(begun, (line) => line.split(" ")[1]);
  const again = [...times.values()].filter((lines) => lines.length > 1);
  expect(again).toHaveLength(2);
  for (const [first] of again) expect(first).toMatch(/^n3 /);
});

test("pieces of which two do not fit into one message go in one each", async () => {
  const nodes = new Nodes();
  const [team] = ["n1", "n2"].map((name) =>
    nodes.start(name, async (piece, signal) => {
      await nodes.work(1000, signal);
      return String(piece).length;
    }),
  );
  await nodes.clock.advance(3000);
  const bytes = 600 * 1024;
  const pieces = Array.from({ length: 6 }, () => "x".repeat(bytes));
  const outcome = team?.perform({ ...jobOf(6), pieces });
  await nodes.clock.advance(20_000);
  expect((await outcome)?.results).toEqual(pieces.map(() => bytes));
});

test("a piece that fails everywhere ends the job with its reason", async () => {
  const nodes = new Nodes();
  const tried: string[] = [];
  const [team] = ["n1", "n2"].map((name) =>
    nodes.start(name, async (piece) => {
      tried.push(`${name} ${piece}`);
      throw new Error("the disk is full");
    }),
  );
  await nodes.clock.advance(3000);
  const outcome = expect(team?.perform(jobOf(2))).rejects.toThrow(
    new DelegationError("g/stage", "given-up", 2, "the disk is full"),
  );
  await nodes.clock.advance(60_000);
  await outcome;
  expect(tried.filter((line) => line.endsWith(" 0"))).toHaveLength(3);
  expect(new Set(tried)).toEqual(new Set(["n1 0", "n1 1", "n2 0", "n2 1"]));
});

test("workers let go of what nobody wants any more", async () => {
  const nodes = new Nodes();
  let released = 0;
  const [team] = ["n1", "n2"].map((name) =>
    nodes.start(name, async (_, signal) => {
      await nodes.work(600_000, signal).finally(() => {
        released += 1;
      });
    }),
  );
  await nodes.clock.advance(3000);
  const abort = new AbortController();
  const outcome = expect(team?.perform(jobOf(4, abort.signal))).rejects.toThrow("not wanted");
  await nodes.clock.advance(1000);
  abort.abort(new Error("not wanted"));
  await nodes.clock.advance(1000);
  await outcome;
  expect(released).toBe(4);
});
