import { mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  type Cancel,
  type Clock,
  createActorSystem,
  noTracer,
  type Ports,
  pause,
  silentLog,
  systemClock,
  systemRandom,
} from "@troupe/actor";
import { openEngine } from "@troupe/data";
import {
  cleanKind,
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
import { type Rate, meter as stopwatch } from "../meter.ts";

/** How often the page of metrics is read, milliseconds. */
const pageEveryMs = 15_000;

/** How long a round is still charged for after its goals have ended, milliseconds. */
const settleMs = 100;

/** What is told of a node: nothing, what is by default, or that and the trace of every goal. */
export type Telling = "nothing" | "default" | "everything";

export interface BenchNode {
  /** Publishes goals at once, and resolves with the rate when all have ended. */
  round(goals: readonly object[]): Promise<Rate>;
  /** Goals whose traces were left out so far. */
  untraced(): number;
  stop(): Promise<void>;
}

/**
 * One node in this process, on a deployment of its own.
 *
 * @param telling with traces, metrics, alerts, health, and a page of metrics that is read as Prometheus does;
 *   or with none of it
 */
export async function startBenchNode(
  {
    url,
    prefix,
    directory,
    readable,
  }: {
    readonly url: string;
    readonly prefix: string;
    readonly directory: string;
    readonly readable: readonly string[];
  },
  telling: Telling,
): Promise<BenchNode> {
  const observed = telling !== "nothing";
  const connection = await connect({ url, name: prefix });
  await ensureStreams(connection, { prefix });
  const transport = natsTransport(connection);
  const plain = natsJournal(connection, { prefix });
  const about = { service: "troupe", node: "n1", clock: systemClock, log: silentLog };
  const metrics = createMetrics(about);
  const journal = observed ? measuredJournal(plain, metrics.meter, systemClock) : plain;
  const workingTime = new WorkingTime();
  const telemetry = createTelemetry({
    ...about,
    clock: workingTime,
    random: systemRandom,
    ...(telling === "everything" ? { tracesPerSecond: Number.POSITIVE_INFINITY } : {}),
    store: async (traceId, spans) => {
      await plain.append(`spans.${traceId}`, encodeSpans(spans));
    },
  });
  const tracer = observed ? telemetry.tracer : noTracer;
  const ports: Ports = {
    transport,
    clock: systemClock,
    random: systemRandom,
    tracer,
    log: silentLog,
    ...(observed ? { meter: metrics.meter } : {}),
  };
  const system = createActorSystem({ prefix, node: "n1", ports });
  const folders = ["work", "datasets"].map((name) => join(directory, prefix, name));
  for (const folder of folders) mkdirSync(folder, { recursive: true });
  const [workspace = "", datasets = ""] = folders;
  const engine = await openEngine({
    readable: [...readable, datasets],
    workspace: join(directory, prefix),
    memoryLimitMb: 512,
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
    readable: [...readable, datasets],
    workspace,
    datasets,
    clock: systemClock,
    seed: 1,
    concurrency: 4,
    results: resultDesk(cache),
    plugins: [],
    world: { node: "n1", journal, clock: systemClock, tracer },
  };
  for (const { name, actor, capabilities } of nodeAgents(workshop)) {
    system.spawn(actor, { name, capabilities });
  }
  const subjects = subjectsOf(prefix);
  const kinds = [cleanKind, flowKind({ types: flowTaskTypes(workshop) })];
  const stream = streamName(prefix, "goals");
  const receipts = new ReceiptDesk({ ports, journal, subjects, kinds, stream });
  const queue = natsWorkQueue(connection, { prefix });
  const intake = new Intake({ system, ports, journal, queue, subjects, kinds });
  await intake.start();
  const observation = observed
    ? observeNode({
        system,
        metrics,
        clock: systemClock,
        log: silentLog,
        journal,
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
  let readAt = systemClock.monotonic();
  return {
    untraced: () => telemetry.unsampled(),
    round: async (goals) => {
      workingTime.resume();
      let left = goals.length;
      const { promise: ended, resolve } = Promise.withResolvers<void>();
      const results = transport.subscribe(subjects.result("*"), () => {
        left -= 1;
        if (left === 0) resolve();
      });
      await transport.flush();
      const rate = stopwatch();
      await Promise.all(goals.map((goal) => client.submit(goal)));
      await ended;
      if (observed && systemClock.monotonic() - readAt >= pageEveryMs) {
        readAt = systemClock.monotonic();
        await metrics.page();
      }
      await telemetry.flush();
      const { perSecond } = rate(goals.length);
      workingTime.pause();
      // What their end brings with it is theirs too, and not of whoever goes next.
      await pause(systemClock, settleMs);
      const { cpuMicros } = rate(goals.length);
      results.unsubscribe();
      return { perSecond, cpuMicros };
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

/**
 * Time as it passes in the node's own rounds: the node that it stands for works without a pause. Otherwise it could
 * begin traces in the time of the others.
 */
class WorkingTime implements Clock {
  #pausedMs = 0;
  #pausedSince: number | undefined = systemClock.monotonic();

  now(): number {
    return systemClock.now();
  }

  monotonic(): number {
    return (this.#pausedSince ?? systemClock.monotonic()) - this.#pausedMs;
  }

  schedule(delayMs: number, callback: () => void): Cancel {
    return systemClock.schedule(delayMs, callback);
  }

  pause(): void {
    this.#pausedSince = systemClock.monotonic();
  }

  resume(): void {
    const now = systemClock.monotonic();
    this.#pausedMs += now - (this.#pausedSince ?? now);
    this.#pausedSince = undefined;
  }
}
