import type { Rate } from "../meter.ts";

/** What one program measured, by name. Rates are per second, times in microseconds, sizes in bytes. */
export type Figures = Partial<
  Record<
    | "tell"
    | "tellCpu"
    | "askMicros"
    | "asks"
    | "spawn"
    | "heapBytes"
    | "restartMicros"
    | "remoteTell"
    | "remoteAskMicros"
    | "remoteAsks"
    | "tellOffCpu"
    | "tellUnsampledCpu"
    | "tellSampledCpu"
    | "bareSpanCpu"
    | "millionHeapBytes"
    | "millionRssMb"
    | "entityActivations"
    | "entityAsks"
    | "entityAppends"
    | "entityHeapBytes"
    | "entityHostRssMb",
    number
  >
>;

/** Hands the figures to whoever runs the benchmarks. */
export function report(figures: Figures): void {
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

export function tellFigures({ perSecond, cpuMicros }: Rate): Figures {
  return { tell: perSecond, tellCpu: cpuMicros };
}
