import { type Clock, type Random, systemClock, systemRandom } from "@troupe/actor";
import { colourPaint, type Paint, plainPaint } from "./output/paint.ts";
import type { Screen } from "./output/screen.ts";

/** A stream that people or programs read. */
export interface Output {
  write(text: string): void;
  /** A terminal that lines can be rewritten in. */
  readonly live: boolean;
  readonly paint: Paint;
  /** Cells per line now; terminals are resized. */
  columns(): number;
  /** Lines of the terminal now. */
  rows(): number;
}

/** Everything a command may touch of the process it runs in. */
export interface Io {
  readonly out: Output;
  readonly err: Output;
  readInput(): Promise<string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute path that relative ones start from. */
  readonly directory: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Aborted by the first Ctrl-C, SIGTERM or SIGHUP. */
  readonly interrupted: AbortSignal;
  /** Runs `act` at the second one, right before the process ends; what came last is done first. Returns the undo. */
  onSecondInterrupt(act: () => void): () => void;
  /** From now on the first signal ends the process at once: for work that never lets the event loop run. */
  leaveSignals(): void;
}

/** Where standard output is not a terminal, lines are this wide. */
const defaultColumns = 100;
const defaultRows = 24;
/** Wider lines are hard to read. */
const widestColumns = 120;

function outputOf(stream: NodeJS.WriteStream): Output {
  const live = stream.isTTY === true && process.env["TERM"] !== "dumb";
  const forced = process.env["FORCE_COLOR"];
  const coloured =
    forced !== undefined && forced !== "" ? forced !== "0" : live && stream.hasColors();
  return {
    write: (text) => void stream.write(text),
    live,
    paint: coloured ? colourPaint : plainPaint,
    // A terminal that does not know its size says 0.
    columns: () => stream.columns || defaultColumns,
    rows: () => stream.rows || defaultRows,
  };
}

/** The screen that a stream is now. */
export function screenOf(output: Output): Screen {
  return { width: Math.min(output.columns(), widestColumns), paint: output.paint };
}

/** The doors of the real process. Call once: it takes over the signals. */
export function processIo(): Io {
  const interrupted = new AbortController();
  const last = new Set<() => void>();
  const onSignal = (): void => {
    if (!interrupted.signal.aborted) {
      interrupted.abort();
      return;
    }
    for (const act of [...last].toReversed()) act();
    process.exit(130);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  // A reader that has seen enough (`| head`) is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") interrupted.abort();
  });
  return {
    out: outputOf(process.stdout),
    err: outputOf(process.stderr),
    readInput: async () => {
      let text = "";
      process.stdin.setEncoding("utf8");
      for await (const chunk of process.stdin) text += chunk;
      return text;
    },
    environment: process.env,
    directory: process.cwd(),
    clock: systemClock,
    random: systemRandom,
    interrupted: interrupted.signal,
    onSecondInterrupt: (act) => {
      last.add(act);
      return () => last.delete(act);
    },
    leaveSignals: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
