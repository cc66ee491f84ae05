import {
  type ActorSystem,
  type Clock,
  type Journal,
  type Log,
  type Random,
  systemRandom,
} from "@troupe/actor";
import { alertActor, type Seen } from "../alerts/alert-actor.ts";
import { alertsIn, emptyBook } from "../alerts/alert-book.ts";
import { alertProtocol } from "../alerts/alert-messages.ts";
import type { AlertHandler } from "../alerts/handlers/handler.ts";
import { type AlertOrder, type AlertOrdered, noOrders } from "../alerts/orders.ts";
import type { AlertRule } from "../alerts/rule.ts";
import { SeriesHistory } from "../alerts/series-history.ts";
import { SharedOrders } from "../alerts/shared-orders.ts";
import { assess, type Health, type HealthReading, takesPart } from "../health/assess.ts";
import { healthActor, healthProtocol } from "../health/health-actor.ts";
import type { RecoveryAction, RecoveryLimits } from "../health/recovery.ts";
import { StuckWatch } from "../health/stuck-watch.ts";
import type { Probe } from "../health/telemetry-server.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { type ProcessLimits, ProcessMeter, type ProcessUsage } from "../metrics/process-usage.ts";
import { fullestMailbox, measureSystem } from "../metrics/system-metrics.ts";
import { actorsOf, fitStatus, type NodeStatus } from "./node-status.ts";
import { performanceOf } from "./performance.ts";

/** How far back performance is told, milliseconds, and the same time before. */
const performanceWindowMs = 15 * 60_000;
/** Changes of alerts in a status. */
const changesShown = 100;
/** How long the health actor has to answer, milliseconds. */
const askWithinMs = 2000;
/** How long the alert actor has to store what people ask, and to look at its rules again, milliseconds. */
const orderWithinMs = 10_000;
/** Readings of health that may be missing until the process counts as hanging, and the least time for that. */
const missedReadings = 6;
const hangingMs = 60_000;

/** Alerts about health itself: if they lowered the score, they would keep themselves alive. */
const aboutHealth: ReadonlySet<string> = new Set(["NodeUnhealthy", "HealthUnknown"]);

/** The node that is watched, and what may be done about its troubles. */
export interface ObservedNode {
  readonly system: ActorSystem;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Log;
  /** Where what people say about alerts is kept, by all nodes together. */
  readonly journal: Journal;
  /** Default the system's. */
  readonly random?: Random;
  readonly version: string;
  /** What its process may use. */
  readonly limits: ProcessLimits;
  readonly rules: readonly AlertRule[];
  readonly handlers: readonly AlertHandler[];
  /** Seconds between two looks at the rules. */
  readonly alertsEvery: number;
  /** Time between two readings of health, milliseconds. */
  readonly healthEveryMs: number;
  readonly recovery: RecoveryLimits;
  /** Whether the node takes part: it has started and does not leave. */
  readonly active: () => boolean;
  /** Looks whether what the node depends on answers. */
  readonly probe: () => Promise<Pick<HealthReading, "nats" | "journalMs">>;
  /** Does what recovery decides, but for restarts of actors, which happen here. */
  readonly act: (action: Exclude<RecoveryAction, { do: "restart" }>) => Promise<void>;
}

/** A node that is watched, until that is stopped. */
export interface NodeObservation {
  /**
   * The node as it is now. What does not fit is left out, and counted in `leftOut`.
   *
   * @param maxPayloadBytes largest payload of a message, of which the status is one
   */
  status(maxPayloadBytes: number): Promise<NodeStatus>;
  /** Does what people ask about alerts. */
  order(order: AlertOrder): Promise<AlertOrdered>;
  /** Whether its process should be left running. */
  alive(): Probe;
  /** Whether it can take goals. */
  ready(): Probe;
  /** Where it serves its metrics, once it does. */
  servedAt(url: string): void;
  stop(): void;
}

/**
 * Watches over one node: measures its runtime and its process, keeps its health and its alerts in two
 * actors, `health` and `alerts`, and has something done about trouble.
 */
export function observeNode(node: ObservedNode): NodeObservation {
  return new Observation(node);
}

class Observation implements NodeObservation {
  readonly #node: ObservedNode;
  readonly #process: ProcessMeter;
  readonly #ends: (() => void)[];
  readonly #startedAt: number;
  readonly #stuck = new StuckWatch();
  #metricsUrl: string | undefined;
  #usage: ProcessUsage;
  #reading: HealthReading | undefined;
  #health: Health = assess([]);
  #shedding = false;
  #checkedAt: number;
  #seen: Seen = { book: emptyBook, orders: noOrders, history: new SeriesHistory(0) };

  constructor(node: ObservedNode) {
    const { system, metrics, clock, limits } = node;
    this.#node = node;
    this.#startedAt = clock.now();
    this.#checkedAt = clock.monotonic();
    this.#process = new ProcessMeter(limits, clock);
    this.#usage = this.#process.usage();
    this.#ends = [
      measureSystem(system, metrics.meter),
      this.#process.measure(metrics.meter),
      ...this.#gauges(),
    ];
    this.#spawnHealth();
    this.#spawnAlerts();
  }

  #gauges(): readonly (() => void)[] {
    const { meter } = this.#node.metrics;
    const gauge = (
      name: string,
      unit: string,
      description: string,
      read: () => number | undefined,
    ) =>
      meter.observe(name, { description, ...(unit === "" ? {} : { unit }) }, () => {
        const value = read();
        return value === undefined ? [] : [{ value }];
      });
    return [
      gauge(
        "process.cpu.utilization",
        "1",
        "Share of its processors that the process uses",
        () => this.#usage.cpu,
      ),
      gauge(
        "troupe.process.memory.utilization",
        "1",
        "Share of its memory that the process uses",
        () => this.#usage.memory,
      ),
      gauge(
        "troupe.eventloop.lag",
        "s",
        "How late callbacks ran lately, 99 of 100",
        () => this.#usage.lagSeconds,
      ),
      gauge("troupe.health.score", "", "Health of the node, 0 to 100", () =>
        this.#reading === undefined || this.#isStale() ? undefined : this.#health.score,
      ),
      gauge("troupe.node.ready", "", "1 when the node takes goals, else 0", () =>
        this.ready().ok ? 1 : 0,
      ),
      gauge(
        "troupe.alerts.firing",
        "{alert}",
        "Alerts that fire on this node",
        () => this.#firing().length,
      ),
    ];
  }

  #spawnHealth(): void {
    const { system, recovery, healthEveryMs } = this.#node;
    const actor = healthActor({
      read: () => this.#read(),
      act: (action) => this.#act(action),
      limits: recovery,
      everyMs: healthEveryMs,
      checked: (health, shedding) => {
        this.#health = health;
        this.#shedding = shedding;
        this.#checkedAt = this.#node.clock.monotonic();
      },
    });
    system.spawn(actor, { name: "health", restart: "permanent" });
  }

  #spawnAlerts(): void {
    const { system, metrics, rules, handlers, alertsEvery: every } = this.#node;
    const { journal, clock, log, random = systemRandom } = this.#node;
    const actor = alertActor({
      rules,
      handlers,
      orders: new SharedOrders({ journal, clock, random, log }),
      every,
      collect: () => metrics.collect(),
      leads: () => system.cluster.nodes()[0] === system.node,
      looked: (seen) => {
        this.#seen = seen;
      },
    });
    system.spawn(actor, { name: "alerts", restart: "permanent" });
  }

  async #read(): Promise<HealthReading> {
    const { system, clock, probe, active, recovery } = this.#node;
    this.#usage = this.#process.usage();
    const { cpu, memory, lagSeconds } = this.#usage;
    const fullest = fullestMailbox(system);
    this.#reading = {
      active: active(),
      cpu,
      memory,
      lagSeconds,
      ...(await probe()),
      mailbox: { share: fullest?.share ?? 0, actor: fullest?.address },
      stuck: this.#stuck.look(system.actors(), clock.monotonic(), recovery.stuckMs),
      alerts: this.#firing().filter(({ rule, silenced }) => !silenced && !aboutHealth.has(rule))
        .length,
    };
    return this.#reading;
  }

  async #act(action: RecoveryAction): Promise<void> {
    if (action.do !== "restart") return this.#node.act(action);
    const { actor: address, why } = action;
    this.#node.system.restart({ address }, new Error(`it was stuck: ${why}`));
  }

  #firing() {
    return alertsIn(this.#seen.book).filter(({ state }) => state === "firing");
  }

  async status(maxPayloadBytes: number): Promise<NodeStatus> {
    const { system, clock, version, metrics } = this.#node;
    const { book, orders, history } = this.#seen;
    const { recovered } = await system
      .ref(healthProtocol, `${system.node}/health`)
      .ask("state", {}, { withinMs: askWithinMs });
    const samples = await metrics.collect();
    const goals = samples.filter(({ metric }) => metric === "troupe_goals");
    const status = {
      node: system.node,
      version,
      at: clock.now(),
      startedAt: this.#startedAt,
      ...(this.#metricsUrl === undefined ? {} : { metricsUrl: this.#metricsUrl }),
      health: this.#health,
      shedding: this.#shedding,
      recovered,
      resources: this.#usage,
      cluster: [...system.cluster.nodes()],
      goals: Object.fromEntries(goals.map(({ labels, value }) => [labels["state"] ?? "", value])),
      actors: actorsOf(system),
      quarantine: system.quarantine.list().length,
      alerts: [...alertsIn(book)],
      alertHistory: book.history.slice(-changesShown),
      silences: [...orders.silences],
      alertOrders: orders.given.slice(-changesShown),
      performance: {
        windowMs: performanceWindowMs,
        indicators: [...performanceOf(history, clock.now(), performanceWindowMs)],
      },
      leftOut: {},
    };
    return fitStatus(status, maxPayloadBytes);
  }

  order(order: AlertOrder): Promise<AlertOrdered> {
    const { system } = this.#node;
    const alerts = system.ref(alertProtocol, `${system.node}/alerts`);
    return alerts.ask("order", order, { withinMs: orderWithinMs });
  }

  alive(): Probe {
    const ok = !this.#isStale();
    return { ok, body: { node: this.#node.system.node, alive: ok, ...this.#health } };
  }

  ready(): Probe {
    const reading = this.#reading;
    const why =
      reading === undefined
        ? "it is starting"
        : !this.#node.active() || !takesPart(reading)
          ? "it takes no part"
          : this.#shedding
            ? "it takes no goals until it has room again"
            : this.#isStale()
              ? "its health is not known"
              : undefined;
    const ok = why === undefined;
    const { node } = this.#node.system;
    return { ok, body: { node, ready: ok, ...(ok ? {} : { why }), score: this.#health.score } };
  }

  servedAt(url: string): void {
    this.#metricsUrl = url;
  }

  stop(): void {
    for (const end of this.#ends) end();
  }

  #isStale(): boolean {
    const { clock, healthEveryMs } = this.#node;
    const patienceMs = Math.max(hangingMs, missedReadings * healthEveryMs);
    return clock.monotonic() - this.#checkedAt > patienceMs;
  }
}
