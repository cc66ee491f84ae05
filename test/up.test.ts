import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { silentLog, systemClock, systemRandom } from "@troupe/actor";
import { GoalClient } from "@troupe/goals";
import { connect, natsTransport } from "@troupe/nats";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const troupe = join(root, "services", "cli", "src", "main.ts");

interface News {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A `troupe up --json` of its own process, told line by line. */
class Up {
  readonly news: News[] = [];
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly #observers = new Set<() => void>();

  constructor(folder: string, args: readonly string[]) {
    const { NATS_URL: _server, TROUPE_DATA: _data, ...environment } = process.env;
    const command = ["--conditions=troupe:source", troupe, "up", "--json", ...args];
    this.child = spawn(process.execPath, command, {
      cwd: folder,
      env: environment,
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (this.child.stdout === null) throw new Error("no output to read");
    createInterface({ input: this.child.stdout }).on("line", (line) => {
      this.news.push(JSON.parse(line));
      for (const look of [...this.#observers]) look();
    });
    this.ended = once(this.child, "close").then(([code]) => code);
  }

  until(type: string): Promise<News> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.news.find((each) => each.type === type);
        if (found === undefined) return;
        this.#observers.delete(look);
        resolve(found);
      };
      this.#observers.add(look);
      look();
    });
  }

  /** Process ids of the nodes, as they were told. */
  get nodes(): readonly number[] {
    return this.news.flatMap(({ type, pid }) =>
      type === "node" && typeof pid === "number" ? [pid] : [],
    );
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function reach(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = createConnection({ host: hostname, port: Number(port) });
  await once(socket, "connect").finally(() => socket.destroy());
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "troupe-up-"));
});
/** A command that a failed test left running. */
let running: Up | undefined;
afterEach(async () => {
  running?.child.kill("SIGTERM");
  await running?.ended;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("one command starts a server and three nodes, runs the sample, ends with 0 and leaves nothing running", async () => {
  const up = new Up(folder, ["--once"]);
  running = up;
  expect(await up.ended).toBe(0);
  const types = up.news.map(({ type }) => type);
  expect(types.filter((type) => type === "published")).toHaveLength(1);
  const ended = up.news.find(({ type }) => type === "result");
  expect(JSON.stringify(ended)).toContain('"repaired":22');
  expect(up.nodes).toHaveLength(3);
  expect(up.nodes.filter(isAlive)).toEqual([]);
  const url = String(up.news.find(({ type }) => type === "server")?.["url"]);
  await expect(reach(url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

test("a second start finds what was there, takes goals of other clients, and an interrupt stops it all", async () => {
  const up = new Up(folder, ["--no-sample"]);
  running = up;
  await up.until("up");
  const url = readFileSync(join(folder, ".troupe", "nats-url"), "utf8").trim();
  const connection = await connect({ url, name: "test", log: silentLog });
  const client = new GoalClient({
    ports: { transport: natsTransport(connection), clock: systemClock, random: systemRandom },
  });
  const before = await client.list();
  expect(before.map(({ phase }) => phase)).toEqual(["succeeded"]);
  const source = join(folder, "mine.csv");
  writeFileSync(source, "city,people\nBern,134000\nThun,44000\n");
  expect(await client.submit({ id: "mine", kind: "clean", source })).toMatchObject({
    goal: "mine",
  });
  const outcome = await new Promise<string>((resolve) => {
    void client.watch("mine", ({ record: { type } }) => {
      if (type === "finished" || type === "failed") resolve(type);
    });
  });
  expect(outcome).toBe("finished");
  await connection.close();
  up.child.kill("SIGINT");
  expect([0, 130]).toContain(await up.ended);
  expect(up.nodes.filter(isAlive)).toEqual([]);
  expect(existsSync(join(folder, ".troupe", "nats-url"))).toBe(false);
});
