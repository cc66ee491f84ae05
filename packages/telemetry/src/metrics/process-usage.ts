import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Cancel, Clock, Meter } from "@troupe/actor";

/** What a process may use: of the machine, or of its container. */
export interface ProcessLimits {
  /** Processors, fractions allowed. */
  readonly cpus: number;
  readonly memoryBytes: number;
}

/** What this process uses of what it may. */
export interface ProcessUsage {
  /** Share of the processors, 0 to 1, since the last look. */
  readonly cpu: number;
  /** Share of the memory, 0 to 1. */
  readonly memory: number;
  readonly memoryBytes: number;
  /** How late callbacks ran, 99 of 100, since the last look, seconds. */
  readonly lagSeconds: number;
}

/** How finely delays of the event loop are looked for, milliseconds. */
const lagResolutionMs = 20;
const nanoseconds = 1e9;

/** Measures the node's own process, not the machine: its processor time, memory and event loop. */
export class ProcessMeter {
  readonly #limits: ProcessLimits;
  readonly #clock: Clock;
  readonly #delay = monitorEventLoopDelay({ resolution: lagResolutionMs });
  /** A second one, so that looks at the usage do not take away what metrics are read from. */
  readonly #recentDelay = monitorEventLoopDelay({ resolution: lagResolutionMs });
  #cpuSeconds: number;
  #lookedAt: number;

  constructor(limits: ProcessLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
    this.#delay.enable();
    this.#recentDelay.enable();
    this.#cpuSeconds = cpuSeconds();
    this.#lookedAt = clock.monotonic();
  }

  /** Since the last call of `usage`, or since the beginning. */
  usage(): ProcessUsage {
    const now = this.#clock.monotonic();
    const spent = cpuSeconds();
    const seconds = Math.max(0.001, (now - this.#lookedAt) / 1000);
    const cpu = (spent - this.#cpuSeconds) / seconds / this.#limits.cpus;
    const lagSeconds = lateness(this.#recentDelay.percentile(99));
    this.#recentDelay.reset();
    this.#cpuSeconds = spent;
    this.#lookedAt = now;
    const memoryBytes = process.memoryUsage.rss();
    const memory = memoryBytes / this.#limits.memoryBytes;
    return { cpu: Math.min(1, cpu), memory, memoryBytes, lagSeconds };
  }

  /** Names by the semantic conventions for processes and for Node. Returns a function that stops. */
  measure(meter: Meter): Cancel {
    const ends = [
      meter.observe(
        "process.cpu.time",
        { description: "Processor time of this process", unit: "s", growing: true },
        () => {
          const { user, system } = process.cpuUsage();
          return [
            { value: user / 1e6, attributes: { "cpu.mode": "user" } },
            { value: system / 1e6, attributes: { "cpu.mode": "system" } },
          ];
        },
      ),
      meter.observe(
        "process.memory.usage",
        { description: "Resident memory of this process", unit: "By" },
        () => [{ value: process.memoryUsage.rss() }],
      ),
      meter.observe(
        "troupe.process.memory.limit",
        { description: "Memory that this process may use", unit: "By" },
        () => [{ value: this.#limits.memoryBytes }],
      ),
      meter.observe(
        "troupe.process.cpu.limit",
        { description: "Processors that this process may use", unit: "{cpu}" },
        () => [{ value: this.#limits.cpus }],
      ),
      meter.observe(
        "v8js.memory.heap.used",
        { description: "Heap in use by JavaScript", unit: "By" },
        () => [{ value: process.memoryUsage().heapUsed }],
      ),
      meter.observe(
        "process.uptime",
        { description: "How long this process has been running", unit: "s" },
        () => [{ value: process.uptime() }],
      ),
      ...(["mean", "p50", "p99", "max"] as const).map((which) =>
        meter.observe(
          `nodejs.eventloop.delay.${which}`,
          { description: `How late callbacks run, ${which} since the start`, unit: "s" },
          () => [{ value: this.#delayOf(which) }],
        ),
      ),
    ];
    return () => {
      for (const end of ends) end();
      this.#delay.disable();
      this.#recentDelay.disable();
    };
  }

  #delayOf(which: "mean" | "p50" | "p99" | "max"): number {
    const delay = this.#delay;
    if (which === "p50") return lateness(delay.percentile(50));
    if (which === "p99") return lateness(delay.percentile(99));
    return lateness(delay[which]);
  }
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** The histogram counts from when its timer was set; what comes after its resolution is late. */
function lateness(delayNs: number): number {
  const seconds = delayNs / nanoseconds - lagResolutionMs / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : 0;
}
