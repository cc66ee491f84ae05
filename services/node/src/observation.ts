import { readFile } from "node:fs/promises";
import {
  type ActorSystem,
  type Clock,
  type Journal,
  type Log,
  systemClock,
  type Transport,
} from "@troupe/actor";
import { readRequest } from "@troupe/goals";
import { type Connection, serveService } from "@troupe/nats";
import { capacityOfThisMachine } from "@troupe/orchestration";
import {
  type Alerting,
  alertOrderSchema,
  defaultAlerting,
  type HealthReading,
  handlerOf,
  Incidents,
  type Metrics,
  type NodeObservation,
  nodeOperationSchema,
  observeNode,
  operate,
  type RecoveryAction,
  readAlerting,
  recoverySchema,
  startTelemetryServer,
  type Telemetry,
} from "@troupe/telemetry";
import type { NodeConfig } from "./config.ts";
import { version } from "./version.ts";

/** How long NATS and the journal have to answer when the node's health is read, milliseconds. */
const answerMs = 5000;

export interface ObservationOptions {
  readonly config: NodeConfig;
  readonly system: ActorSystem;
  readonly connection: Connection;
  readonly transport: Transport;
  readonly journal: Journal;
  readonly telemetry: Telemetry;
  readonly metrics: Metrics;
  readonly log: Log;
  /** The node's part in goals. */
  readonly intake: { pause(): Promise<void>; resume(): Promise<void> };
  /** Asks that the node leave and end, to be started anew. */
  readonly drain: (why: string) => void;
}

export interface Observation {
  /** Says that the node does not take part from here on. */
  leaving(): void;
  stop(): Promise<void>;
}

/** The alert rules that a node is told of; without a file, the default ones. */
export async function alertingOf({ alerts }: NodeConfig): Promise<Alerting> {
  return alerts === undefined
    ? defaultAlerting
    : readAlerting(await readFile(alerts, "utf8"), alerts);
}

/** Watches over a node, shows it to NATS tools and to Prometheus, and cures what it can. */
export async function startObservation(
  options: ObservationOptions,
  alerting: Alerting,
): Promise<Observation> {
  const { config, system, connection, transport, journal, metrics, log } = options;
  let isActive = true;
  const capacity = capacityOfThisMachine(config.resources).capacity;
  const node = observeNode({
    system,
    metrics,
    clock: systemClock,
    log,
    journal,
    version,
    limits: { cpus: (capacity["cpu"] ?? 1000) / 1000, memoryBytes: capacity["memory"] ?? 2 ** 33 },
    rules: alerting.rules,
    handlers: alerting.handlers.map((handler) =>
      handlerOf(handler, { log, transport, prefix: config.prefix }),
    ),
    alertsEvery: alerting.every,
    healthEveryMs: config.healthMs,
    recovery: recoverySchema.parse({ stuckMs: config.stuckMs }),
    active: () => isActive,
    probe: () => probe(connection, journal, systemClock),
    act: (action) => act(action, options),
  });
  const stopMeasuring = measureConnection(options);
  const server =
    config.metricsPort === undefined
      ? undefined
      : await startTelemetryServer({
          host: config.metricsHost,
          port: config.metricsPort,
          page: () => metrics.page(),
          alive: () => node.alive(),
          ready: () => node.ready(),
          log,
        });
  if (server !== undefined) {
    node.servedAt(server.url);
    log("info", "metrics and health are served", { url: server.url });
  }
  const stopService = serveNode(options, node, server?.url);
  return {
    leaving: () => {
      isActive = false;
    },
    stop: async () => {
      stopService();
      stopMeasuring();
      node.stop();
      await server?.close();
    },
  };
}

/** Looks whether NATS and the journal answer. */
async function probe(
  connection: Connection,
  journal: Journal,
  clock: Clock,
): Promise<Pick<HealthReading, "nats" | "journalMs">> {
  const { connected } = connection;
  if (!connected) return { nats: { connected, roundTripMs: undefined }, journalMs: undefined };
  const [roundTripMs, journalMs] = await Promise.all([
    timed(clock, connection.nats.rtt()),
    timed(clock, journal.last("journal.health.probe")),
  ]);
  return { nats: { connected: connection.connected, roundTripMs }, journalMs };
}

/** How long an answer takes, milliseconds; undefined when it fails or does not come in time. */
function timed(clock: Clock, answer: Promise<unknown>): Promise<number | undefined> {
  const begun = clock.monotonic();
  return new Promise((resolve) => {
    const cancel = clock.schedule(answerMs, () => resolve(undefined));
    const end = (ms: number | undefined): void => {
      cancel();
      resolve(ms);
    };
    answer.then(
      () => end(clock.monotonic() - begun),
      () => end(undefined),
    );
  });
}

async function act(
  action: Exclude<RecoveryAction, { do: "restart" }>,
  { intake, connection, drain }: ObservationOptions,
): Promise<void> {
  switch (action.do) {
    case "shed":
      return intake.pause();
    case "take":
      return intake.resume();
    case "reconnect":
      return connection.nats.reconnect();
    case "drain":
      return drain(action.why);
  }
}

function measureConnection({ connection, metrics, telemetry }: ObservationOptions): () => void {
  const { meter } = metrics;
  let reconnects = 0;
  const ends = [
    connection.onReconnect(() => {
      reconnects += 1;
    }),
    meter.observe(
      "troupe.nats.connected",
      { description: "1 with a connection to NATS, else 0" },
      () => [{ value: connection.connected ? 1 : 0 }],
    ),
    meter.observe(
      "troupe.nats.reconnects",
      { description: "Connections to NATS made anew", growing: true },
      () => [{ value: reconnects }],
    ),
    meter.observe(
      "troupe.nats.messages",
      { description: "Messages to and from NATS", unit: "{message}", growing: true },
      () => {
        const { inMsgs, outMsgs } = connection.nats.stats();
        return [
          { value: inMsgs, attributes: { direction: "in" } },
          { value: outMsgs, attributes: { direction: "out" } },
        ];
      },
    ),
    meter.observe(
      "troupe.telemetry.spans_lost",
      { description: "Spans that reached no store or receiver", unit: "{span}", growing: true },
      () => [{ value: telemetry.dropped() }],
    ),
    meter.observe(
      "troupe.traces.unsampled",
      {
        description: "Goals not traced because more began than TROUPE_TRACES_PER_SECOND",
        unit: "{trace}",
        growing: true,
      },
      () => [{ value: telemetry.unsampled() }],
    ),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** Shows the node to `nats service`, to `troupe report` and to the console, and does what operators ask. */
function serveNode(
  { config, system, transport, log }: ObservationOptions,
  node: NodeObservation,
  metricsUrl: string | undefined,
): () => void {
  const incidents = new Incidents(system, systemClock);
  const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  const subject = (endpoint: string): string => `${config.prefix}.node.${config.node}.${endpoint}`;
  const stop = serveService({
    transport,
    clock: systemClock,
    name: "troupe-node",
    id: config.node,
    version,
    description: "An actor node of Troupe",
    metadata: {
      prefix: config.prefix,
      node: config.node,
      ...(metricsUrl === undefined ? {} : { metrics: metricsUrl }),
    },
    endpoints: [
      {
        name: "status",
        subject: subject("status"),
        answer: async () => encode(await node.status(transport.maxPayloadBytes)),
      },
      { name: "ready", subject: subject("ready"), answer: async () => encode(node.ready().body) },
      {
        name: "incidents",
        subject: subject("incidents"),
        answer: async () => encode(incidents.list(transport.maxPayloadBytes)),
      },
      {
        name: "operate",
        subject: subject("operate"),
        answer: async (payload) => {
          const asked = { subject: subject("operate"), payload };
          const operation = readRequest(nodeOperationSchema, asked);
          const { done } = await operate(system, operation);
          incidents.asked(operation, done);
          log("info", "an operator asked for something", { ...operation, done });
          return encode({ done });
        },
      },
      {
        name: "alerts",
        subject: subject("alerts"),
        answer: async (payload) => {
          const asked = { subject: subject("alerts"), payload };
          return encode(await node.order(readRequest(alertOrderSchema, asked)));
        },
      },
    ],
  });
  return () => {
    stop();
    incidents.close();
  };
}
