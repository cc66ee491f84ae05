import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import {
  createActorSystem,
  defineEntity,
  defineProtocol,
  entityRefs,
  hostEntities,
  query,
} from "@troupe/actor";
import { connect, ensureStreams, natsJournal, natsTransport } from "@troupe/nats";
import { z } from "zod";
import { pipelined } from "../meter.ts";
import { report } from "./report.ts";

const [url = "", prefix = `entities-${process.pid}`, node = "client"] = process.argv.slice(2);
const names = ["a", "b", "c"];
const entities = 10_000;
const asks = 200_000;
const appends = 50_000;
const warm = 2000;
const open = 512;
const withinMs = 30_000;

const counter = defineEntity(
  defineProtocol("counter", {
    add: query(z.object({}), z.number()),
    total: query(z.object({}), z.number()),
  }),
  {
    kind: "counter",
    journal: {
      version: 1,
      record: z.object({ by: z.number() }),
      initial: 0,
      apply: (sum: number, { by }) => sum + by,
    },
    // What was read at activation stays good for the whole run, so that asks measure no journal.
    staleMs: 600_000,
    setup: (_key, _context, state) => ({
      add: () => state.append({ by: 1 }),
      total: () => state.state,
    }),
  },
);

const connection = await connect({ url, name: node });
const system = createActorSystem({ node, ports: { transport: natsTransport(connection) } });

function memory(): { readonly rss: number; readonly heap: number } {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heap: heapUsed };
}

async function memoryOf(host: ChildProcess): Promise<ReturnType<typeof memory>> {
  const answered = once(host, "message");
  host.send("memory");
  const [answer] = await answered;
  return answer;
}

async function sum(hosts: readonly ChildProcess[]): Promise<ReturnType<typeof memory>> {
  const each = await Promise.all(hosts.map(memoryOf));
  const total = (of: (one: ReturnType<typeof memory>) => number) =>
    each.reduce((all, one) => all + of(one), 0);
  return { rss: total(({ rss }) => rss), heap: total(({ heap }) => heap) };
}

if (process.send === undefined) {
  await ensureStreams(connection, { prefix });
  const joined = new Set<string>();
  const all = Promise.withResolvers<void>();
  system.observe((event) => {
    if (event.kind === "node-joined") joined.add(event.node);
    if (joined.size === names.length) all.resolve();
  });
  const hosts = names.map((name) =>
    fork(import.meta.filename, [url, prefix, name], { execArgv: process.execArgv }),
  );
  await all.promise;
  const counters = entityRefs(system, counter);
  const ask = (type: "add" | "total", key: string) => counters.ref(key).ask(type, {}, { withinMs });
  const total = (at: number) => ask("total", `k${at % entities}`);
  const add = (at: number) => ask("add", `k${at % entities}`);
  for (const type of ["total", "add"] as const) {
    await pipelined(warm, open, (at) => ask(type, `warm${at}`));
  }
  const before = await sum(hosts);
  const entityActivations = (await pipelined(entities, open, total)).perSecond;
  const after = await sum(hosts);
  const entityAsks = (await pipelined(asks, open, total)).perSecond;
  const entityAppends = (await pipelined(appends, open, add)).perSecond;
  report({
    entityActivations,
    entityAsks,
    entityAppends,
    entityHeapBytes: (after.heap - before.heap) / entities,
    entityHostRssMb: after.rss / names.length / 2 ** 20,
  });
  for (const host of hosts) host.kill();
  process.exit();
}

process.on("message", () => process.send?.(memory()));
process.on("disconnect", () => process.exit());
hostEntities(system, counter, { journal: natsJournal(connection, { prefix }) });
