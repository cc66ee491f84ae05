import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createActorSystem, type Ports, silentLog, systemClock, systemRandom } from "@troupe/actor";
import { openEngine } from "@troupe/data";
import {
  flowKind,
  flowTaskTypes,
  GoalClient,
  Intake,
  nodeAgents,
  ReceiptDesk,
  resultDesk,
  subjectsOf,
  type Workshop,
} from "@troupe/goals";
import {
  connect,
  ensureStreams,
  natsJournal,
  natsResultStore,
  natsTransport,
  natsWorkQueue,
  streamName,
} from "@troupe/nats";
import { startTestServer } from "@troupe/nats/testing";
import { ResultCache } from "@troupe/orchestration";
import {
  createMetrics,
  createTelemetry,
  defaultRules,
  encodeSpans,
  measuredJournal,
  observeNode,
  recoverySchema,
} from "@troupe/telemetry";
import { meter as stopwatch } from "./meter.ts";

/** Goals in one round, tasks in each, and pairs of rounds. */
const goals = 24;
const tasks = 20;
const pairs = Number(process.argv[2] ?? 15);
/** How often the page of metrics is read, milliseconds. */
const pageEveryMs = 15_000;
/** Most that metrics may cost: a share of the throughput of goals, and of the processor time of each. */
const limit = 0.05;

/**
 * Goals with and without metrics, in turns, in one process and on one server: flows whose tasks do nothing,
 * so that all there is is the runtime's own work. Both trace every span, as nodes do; with metrics, the
 * page is also read every 15 s, as Prometheus does. Prints the medians over pairs of neighbouring rounds.
 */
async function main(): Promise<void> {
  const server = await startTestServer();
  const directory = mkdtempSync(join(tmpdir(), "troupe-bench-"));
  const without = await startNode(server.url, "plain", directory, false);
  const measured = await startNode(server.url, "measured", directory, true);
  for (const node of [without, measured]) await node.round();
  const cpu: number[] = [];
  const speed: number[] = [];
  const rates: number[][] = [[], []];
  for (let pair = 0; pair < pairs; pair += 1) {
    // Whoever goes first pays for what the process was at.
    const order = pair % 2 === 0 ? [without, measured] : [measured, without];
    const results = new Map<typeof without, Awaited<ReturnType<typeof without.round>>>();
    for (const node of order) results.set(node, await node.round());
    const [off, on] = [results.get(without), results.get(measured)];
    if (off === undefined || on === undefined) continue;
    cpu.push(on.cpuMicros / off.cpuMicros - 1);
    speed.push(1 - on.perSecond / off.perSecond);
    rates[0]?.push(off.perSecond);
    rates[1]?.push(on.perSecond);
  }
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  console.log(`goals/s without metrics: ${median(rates[0] ?? []).toFixed(1)}`);
  console.log(`goals/s with metrics:    ${median(rates[1] ?? []).toFixed(1)}`);
  console.log(`throughput lost: ${percent(median(speed))} (at most ${percent(limit)})`);
  console.log(`processor time more: ${percent(median(cpu))} (at most ${percent(limit)})`);
  for (const node of [without, measured]) await node.stop();
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
  // On a busy machine either can be off by chance; what really costs shows in both.
  process.exitCode = median(speed) > limit && median(cpu) > limit ? 1 : 0;
}

async function startNode(url: string, prefix: string, directory: string, isMeasured: boolean) {
  const connection = await connect({ url, name: prefix });
  await ensureStreams(connection, { prefix });
  const transport = natsTransport(connection);
  const plain = natsJournal(connection, { prefix });
  const about = { service: "troupe", node: "n1", clock: systemClock, log: silentLog };
  const metrics = createMetrics(about);
  const journal = isMeasured ? measuredJournal(plain, metrics.meter, systemClock) : plain;
  const telemetry = createTelemetry({
    ...about,
    random: systemRandom,
    store: async (traceId, spans) => {
      await journal.append(`spans.${traceId}`, encodeSpans(spans));
    },
  });
  const ports: Ports = {
    transport,
    clock: systemClock,
    random: systemRandom,
    tracer: telemetry.tracer,
    log: silentLog,
    ...(isMeasured ? { meter: metrics.meter } : {}),
  };
  const system = createActorSystem({ prefix, node: "n1", ports });
  const folders = ["work", "datasets"].map((name) => join(directory, prefix, name));
  for (const folder of folders) mkdirSync(folder, { recursive: true });
  const [workspace = "", datasets = ""] = folders;
  const engine = await openEngine({
    readable: [datasets],
    workspace: join(directory, prefix),
    memoryLimitMb: 128,
    threads: 1,
  });
  const cache = new ResultCache({
    store: natsResultStore(connection, { prefix }),
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    notices: { transport, subject: `${prefix}.cache.notices` },
  });
  const workshop: Workshop = {
    node: "bench",
    engine,
    readable: [datasets],
    workspace,
    datasets,
    clock: systemClock,
    seed: 1,
    concurrency: 4,
    results: resultDesk(cache),
    plugins: [],
    world: { node: "n1", journal, clock: systemClock, tracer: telemetry.tracer },
  };
  for (const { name, actor, capabilities } of nodeAgents(workshop)) {
    system.spawn(actor, { name, capabilities });
  }
  const subjects = subjectsOf(prefix);
  const kinds = [flowKind({ types: flowTaskTypes(workshop) })];
  const stream = streamName(prefix, "goals");
  const receipts = new ReceiptDesk({ ports, journal, subjects, kinds, stream });
  const queue = natsWorkQueue(connection, { prefix });
  const intake = new Intake({ system, ports, journal, queue, subjects, kinds });
  await intake.start();
  const observation = isMeasured
    ? observeNode({
        system,
        metrics,
        clock: systemClock,
        log: silentLog,
        version: "0.0.0",
        limits: { cpus: 2, memoryBytes: 2 ** 33 },
        rules: defaultRules,
        handlers: [],
        alertsEvery: 15,
        healthEveryMs: 10_000,
        recovery: recoverySchema.parse({}),
        active: () => true,
        probe: async () => ({ nats: { connected: true, roundTripMs: 1 }, journalMs: 1 }),
        act: async () => {},
      })
    : undefined;
  const client = new GoalClient({
    ports: { transport, clock: systemClock, random: systemRandom },
    prefix,
  });
  let rounds = 0;
  let readAt = systemClock.monotonic();
  return {
    round: async () => {
      rounds += 1;
      let left = goals;
      const { promise: ended, resolve } = Promise.withResolvers<void>();
      const results = transport.subscribe(subjects.result("*"), () => {
        left -= 1;
        if (left === 0) resolve();
      });
      await transport.flush();
      const rate = stopwatch();
      await Promise.all(
        Array.from({ length: goals }, (_, index) =>
          client.submit({ id: `g${rounds}-${index}`, kind: "flow", tasks: passes() }),
        ),
      );
      await ended;
      if (isMeasured && systemClock.monotonic() - readAt >= pageEveryMs) {
        readAt = systemClock.monotonic();
        await metrics.page();
      }
      await telemetry.flush();
      const result = rate(goals);
      results.unsubscribe();
      return result;
    },
    stop: async () => {
      await intake.close();
      receipts.close();
      observation?.stop();
      await system.stop();
      cache.close();
      await Promise.all([telemetry.shutdown(), metrics.shutdown()]);
      await engine.close();
      await transport.close();
      await connection.close();
    },
  };
}

/** A chain of four stages of tasks side by side, so that there is something to wait for. */
function passes(): readonly unknown[] {
  const wide = tasks / 4;
  return Array.from({ length: tasks }, (_, index) => {
    const before = index - wide;
    return {
      id: `t${index}`,
      type: "pass",
      input: { index },
      ...(before < 0 ? {} : { dependsOn: [`t${before}`] }),
    };
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN;
}

await main();
