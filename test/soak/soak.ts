import type { ChildProcess } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { pause, silentLog, systemClock } from "@troupe/actor";
import { type Connection, connect, serverReport } from "@troupe/nats";
import { Deployment } from "../deployment/deployment.ts";
import { type Growth, growth, type Reading } from "./growth.ts";
import { type Vitals, vitals } from "./vitals.ts";
import { SteadyWork } from "./work.ts";

/** Time between two readings, milliseconds. */
const readMs = 10_000;
/** Time between two deaths of the third node, and between two of the server, milliseconds. */
const nodeDiesMs = 60_000;
const serverDiesMs = 240_000;
/** How long a node has to tell how it is, milliseconds. */
const tellMs = 20_000;
/** How long goals that are open at the end may take, milliseconds. */
const graceMs = 90_000;
/** The part of the time that counts as warming up. */
const warmUpPart = 1 / 3;
/** Nodes that live throughout, and are watched; the third is the one that is killed. */
const watched = ["n1", "n2"] as const;
const mortal = "n3";

const mib = 2 ** 20;
/**
 * Every process remembers its metrics for a while, to look back at, and what has ended, up to a number; and code is
 * still compiled when it is first needed. For an hour this may grow, so many MiB a minute: of that about a half is
 * code, as snapshots of the heap show. A leak of more is found in twenty minutes; a smaller one by a run of several
 * hours, when that hour is over.
 */
const memories = { minutes: 60, perMinute: 0.35 } as const;
/** What is watched of each process, and how much of it may come without being a leak, for `minutes` that count. */
const ofProcesses: Readonly<
  Record<keyof Vitals, { unit: string; per: number; tolerance: (minutes: number) => number }>
> = {
  // The allocator gives pages back late or never: only more than what it keeps by itself is a leak.
  rss: { unit: "MiB", per: mib, tolerance: (minutes) => 48 + memories.perMinute * minutes },
  // Up to twelve goals are open, more on a busy machine than on one that keeps up, and each holds what it reads.
  heap: { unit: "MiB", per: mib, tolerance: (minutes) => 3 + memories.perMinute * minutes },
  external: { unit: "MiB", per: mib, tolerance: () => 2 },
  handles: { unit: "", per: 1, tolerance: () => 3 },
  files: { unit: "", per: 1, tolerance: () => 3 },
};
/** How much more of a stream a goal may take at the end than in the beginning, as a part of it. */
const bytesTolerance = 0.15;
/** Fewer goals than this are no mixture of all kinds: what each leaves in a stream says nothing. */
const leastGoals = 200;
/** How many records go into one message depends on how much there is to do at that moment. */
const messagesTolerance = 0.5;
/** Files that may be in the work folder at the end beside those of goals that are under way. */
const workFilesTolerance = 20;

/** One quantity over the whole time. */
interface Watched {
  readonly name: string;
  readonly unit: string;
  readonly readings: Reading[];
  /** How much may come, by the median and by the minutes that count. */
  readonly tolerance: (level: number, minutes: number) => number;
}

export interface SoakReport {
  readonly minutes: number;
  readonly warmUp: number;
  readonly goals: {
    readonly published: number;
    readonly refused: number;
    readonly ended: Readonly<Record<string, number>>;
    /** Goals that had not ended when everything had been quiet for a while. */
    readonly lost: readonly string[];
  };
  readonly deaths: { readonly nodes: number; readonly server: number };
  readonly watched: readonly (Watched & { readonly growth: Growth })[];
}

/** Lets a deployment of real processes work for so many minutes, kills parts of it, and watches what it holds. */
export async function soak(minutes: number, tell: (line: string) => void): Promise<SoakReport> {
  const preload = pathToFileURL(join(import.meta.dirname, "told.ts")).href;
  const deployment = await Deployment.start({
    nodes: 3,
    environment: {
      NODE_OPTIONS: `${process.env["NODE_OPTIONS"] ?? ""} --import=${preload}`.trim(),
      TROUPE_LOG: "error",
    },
  });
  const connection = await connect({ url: deployment.server.url, name: "soak", log: silentLog });
  try {
    return await run(deployment, connection, minutes, tell);
  } finally {
    await connection.close();
    await deployment.stop();
  }
}

async function run(
  deployment: Deployment,
  connection: Connection,
  minutes: number,
  tell: (line: string) => void,
): Promise<SoakReport> {
  const work = new SteadyWork(deployment.client, deployment.inbox);
  const book = new Map<string, Watched>();
  const deaths = { nodes: 0, server: 0 };
  const [enough, over] = [new AbortController(), new AbortController()];
  const begun = systemClock.monotonic();
  const minute = (): number => (systemClock.monotonic() - begun) / 60_000;
  const ended = Promise.all([
    work.publish(enough.signal),
    work.follow(over.signal),
    everyFrom(nodeDiesMs, enough.signal, async () => {
      await deployment.kill(mortal);
      await deployment.startNode(mortal);
      deaths.nodes += 1;
    }),
    everyFrom(serverDiesMs, enough.signal, async () => {
      await deployment.restartServer();
      deaths.server += 1;
    }),
    everyFrom(readMs, enough.signal, async () => {
      const at = minute();
      for (const [name, value, kind] of await readings(deployment, connection, work)) {
        const found = book.get(name) ?? { name, readings: [], ...kind };
        book.set(name, found);
        found.readings.push({ at, value });
      }
      tell(`minute ${at.toFixed(1)}: ${work.endedInAll} goals ended, ${work.open.length} open`);
    }),
  ]);
  await Promise.race([pause(systemClock, minutes * 60_000), ended]);
  enough.abort();
  const patience = systemClock.monotonic() + graceMs;
  while (work.open.length > 0 && systemClock.monotonic() < patience) await pause(systemClock, 1000);
  over.abort();
  await ended;
  const warmUp = minutes * warmUpPart;
  return {
    minutes,
    warmUp,
    goals: {
      published: work.published,
      refused: work.refused,
      ended: Object.fromEntries(work.ended),
      lost: work.open,
    },
    deaths,
    watched: [...book.values()].map((one) => ({ ...one, growth: judged(one, warmUp, minutes) })),
  };
}

function judged({ readings, tolerance }: Watched, warmUp: number, minutes: number): Growth {
  const { level } = growth(readings, { warmUp, tolerance: 0 });
  const counted = Math.max(0, Math.min(minutes, memories.minutes) - warmUp);
  return growth(readings, { warmUp, tolerance: tolerance(level, counted) });
}

type Kind = Pick<Watched, "unit" | "tolerance">;

/** Everything at this moment. */
async function readings(
  deployment: Deployment,
  connection: Connection,
  work: SteadyWork,
): Promise<readonly (readonly [name: string, value: number, kind: Kind])[]> {
  const all: (readonly [string, number, Kind])[] = [];
  const told = await Promise.all(
    watched.map(async (node) => [node, await vitalsOf(deployment.nodes.get(node))] as const),
  );
  for (const [name, each] of [...told, ["client", vitals()] as const]) {
    for (const [what, { unit, per, tolerance }] of Object.entries(ofProcesses)) {
      const value = each?.[what as keyof Vitals];
      if (value !== undefined) {
        const allowed = (_level: number, minutes: number): number => tolerance(minutes);
        all.push([`${name} ${what}`, value / per, { unit, tolerance: allowed }]);
      }
    }
  }
  const files = readdirSync(join(deployment.directory, "data", "work"), { recursive: true }).length;
  all.push(["files in the work folder", files, { unit: "", tolerance: () => workFilesTolerance }]);
  const share = (part: number) => (level: number) => level * part;
  for (const { name, messages, bytes } of await streams(connection)) {
    const goals = work.endedInAll;
    if (goals < leastGoals) continue;
    all.push([
      `${name} per goal`,
      bytes / goals,
      { unit: "bytes", tolerance: share(bytesTolerance) },
    ]);
    all.push([
      `${name} messages per goal`,
      messages / goals,
      { unit: "", tolerance: share(messagesTolerance) },
    ]);
  }
  return all;
}

/** Nothing while the server is away. */
async function streams(connection: Connection) {
  try {
    return (await serverReport(connection)).streams;
  } catch {
    return [];
  }
}

/** Nothing when it is not told in time: the machine may be busy. */
function vitalsOf(node: ChildProcess | undefined): Promise<Vitals | undefined> {
  return new Promise((resolve) => {
    const late = systemClock.schedule(tellMs, () => {
      node?.off("message", hear);
      resolve(undefined);
    });
    const hear = (message: unknown): void => {
      if (typeof message !== "object" || message === null || !("vitals" in message)) return;
      late();
      node?.off("message", hear);
      resolve(message.vitals as Vitals);
    };
    node?.on("message", hear);
    node?.send("vitals");
  });
}

/** Acts every so often, one at a time, until it is enough. */
async function everyFrom(ms: number, enough: AbortSignal, act: () => Promise<void>): Promise<void> {
  for (;;) {
    await pause(systemClock, ms, enough);
    if (enough.aborted) return;
    await act();
  }
}
