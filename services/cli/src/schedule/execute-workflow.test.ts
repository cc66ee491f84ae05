import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canStartServer } from "@troupe/nats/testing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { InterruptedError } from "../errors.ts";
import { processIo } from "../io.ts";
import { type ExecutionNews, executeWorkflow } from "./execute-workflow.ts";
import { diamond, flow } from "./flows.test-data.ts";

const hasServer = await canStartServer("executing workflows");
const real = processIo();

/** Tells all that happens, in order, and lets a test act on it. */
function listener(act: (news: ExecutionNews) => void = () => {}) {
  const all: ExecutionNews[] = [];
  const pids = new Map<string, number>();
  const observe = (news: ExecutionNews): void => {
    all.push(news);
    if (news.type === "node" && news.pid !== undefined) pids.set(news.node, news.pid);
    act(news);
  };
  return { all, pids, observe };
}

/** The node of an actor's address. */
const nodeOf = (address: string): string => address.split("/")[0] ?? "";

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Where temporary folders are made during a test. */
let temporary: string;
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), "troupe-execute-"));
  vi.stubEnv("TMPDIR", temporary);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(temporary, { recursive: true });
});

describe.skipIf(!hasServer)("over processes joined by a nats-server", { timeout: 60_000 }, () => {
  test("each task is run once, in order, and nothing is left behind", async () => {
    const { all, pids, observe } = listener();
    const execution = await executeWorkflow(real, diamond, {
      workers: 3,
      nodes: 2,
      timeScale: 0.01,
      observe,
    });
    expect(execution).toMatchObject({
      outcome: "succeeded",
      nodes: 2,
      runs: 4,
      repeatedRuns: 0,
      lostRunners: 0,
    });
    expect(execution.wallSeconds).toBeCloseTo(execution.makespanSeconds * 0.01, 9);
    const lines = all.flatMap((one) =>
      one.type === "started" || one.type === "finished" ? [`${one.type} ${one.task}`] : [],
    );
    expect(lines.slice(0, 2)).toEqual(["started load", "finished load"]);
    expect(lines.slice(-2)).toEqual(["started join", "finished join"]);
    expect(lines.slice(2, -2).toSorted()).toEqual(
      ["left", "right"].flatMap((task) => [`finished ${task}`, `started ${task}`]).toSorted(),
    );
    expect(pids.size).toBe(2);
    expect([...pids.values()].filter(isAlive)).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test("when a node's process is killed its runs are done again elsewhere", async () => {
    const { all, pids, observe } = listener((news) => {
      if (news.type !== "started" || news.task !== "victim" || news.attempt > 1) return;
      process.kill(pids.get(nodeOf(news.runner)) ?? 0, "SIGKILL");
    });
    const workflow = flow(["victim", 1], ["bystander", 1], ["last", 0.1, "victim", "bystander"]);
    const execution = await executeWorkflow(real, workflow, {
      workers: 2,
      nodes: 2,
      timeScale: 1,
      observe,
    });
    expect(execution).toMatchObject({
      outcome: "succeeded",
      runs: 3,
      repeatedRuns: 1,
      lostRunners: 1,
    });
    const [first, second] = all.flatMap((one) =>
      one.type === "started" && one.task === "victim" ? [nodeOf(one.runner)] : [],
    );
    expect(first).not.toBe(second);
  });

  test("an interrupt ends everything that was started", async () => {
    const interrupt = new AbortController();
    const { pids, observe } = listener(({ type }) => {
      if (type === "started") interrupt.abort();
    });
    const io = { ...real, interrupted: interrupt.signal };
    const execution = executeWorkflow(io, flow(["long", 600]), {
      workers: 1,
      nodes: 1,
      timeScale: 1,
      observe,
    });
    await expect(execution).rejects.toThrow(InterruptedError);
    expect([...pids.values()].filter(isAlive)).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test("a server that is not there is told of, and no process is started for it", async () => {
    const { all, observe } = listener();
    const server = "nats://127.0.0.1:1";
    const options = { workers: 1, nodes: 1, timeScale: 1, server, observe };
    await expect(executeWorkflow(real, diamond, options)).rejects.toMatchObject({
      code: "nats-unreachable",
    });
    expect(all).toEqual([]);
  });
});
