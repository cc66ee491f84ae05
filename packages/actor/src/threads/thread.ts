import { once } from "node:events";
import { existsSync } from "node:fs";
import { MessageChannel, type MessagePort, type ResourceLimits, Worker } from "node:worker_threads";
import { HungActorError, ThreadExitedError } from "../errors.ts";
import { systemClock } from "../ports/system-clock.ts";
import { HangWatch } from "./hang-watch.ts";
import type { FromThread, Request, Settled, ThreadData, ToThread } from "./thread-messages.ts";

/** How long a thread may be silent or take to stop, in milliseconds, and what it is run with. */
export interface ThreadLimits {
  readonly hangMs: number;
  readonly startWithinMs: number;
  readonly stopWithinMs: number;
  readonly resourceLimits?: ResourceLimits;
  readonly execArgv?: readonly string[];
}

/** What the thread's incarnations are spoken to through: one for each, the module's actor first. */
export interface Correspondent {
  /** Type of the message at work. */
  readonly atWork: string | undefined;
  /** Nothing is awaited from the thread. */
  readonly idle: boolean;
  settled(message: Settled): void;
  requested(request: Request): void;
  /** The thread is no more. */
  died(error: Error): void;
}

/** A worker thread, its port, and the watch over its signs of life. It serves one incarnation of a thread actor. */
export class Thread {
  readonly address: string;
  readonly stopWithinMs: number;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #watch: HangWatch;
  readonly #alive = new Int32Array(new SharedArrayBuffer(4));
  readonly #correspondents = new Map<number, Correspondent>();
  readonly #gone: Promise<unknown>;
  readonly #living = new Set<number>();
  readonly #vacant = Promise.withResolvers<void>();
  #seenAlive = 0;
  #incarnations = 0;
  #failure: Error | undefined;

  constructor(address: string, limits: ThreadLimits) {
    const { hangMs, startWithinMs, stopWithinMs, resourceLimits, execArgv } = limits;
    this.address = address;
    this.stopWithinMs = stopWithinMs;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const workerData: ThreadData = {
      port: port2,
      alive: this.#alive.buffer as SharedArrayBuffer,
    };
    this.#worker = new Worker(runnable(new URL("./thread-main.ts", import.meta.url)), {
      name: address,
      workerData,
      transferList: [port2],
      resourceLimits: boundedYoung(resourceLimits),
      ...(execArgv === undefined ? {} : { execArgv: [...execArgv] }),
    });
    this.#watch = new HangWatch({
      // Real time, also under a virtual clock: the thread lives in no other.
      clock: systemClock,
      limitMs: startWithinMs,
      ping: () => this.#port.postMessage({ kind: "ping" } satisfies ToThread),
      stirred: () => this.#stirred(),
      hung: (limitMs) => this.#die(new HungActorError(address, limitMs, this.#atWork())),
    });
    port1.on("message", (message: FromThread) => {
      if (this.#failure !== undefined) return;
      this.#watch.heard();
      if (message.kind === "loaded") this.#watch.allow(hangMs);
      else this.#received(message);
    });
    let cause: unknown;
    this.#worker.on("error", (error) => {
      cause = error;
    });
    const exited = Promise.withResolvers<void>();
    this.#worker.on("exit", (exitCode) => {
      const options = cause === undefined ? {} : { cause };
      this.#die(new ThreadExitedError(address, exitCode, options));
      exited.resolve();
    });
    this.#gone = Promise.all([exited.promise, once(port1, "close")]);
  }

  /** Why the thread is no more, if it is so. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Gives an incarnation its number. */
  enter(correspondent: Correspondent): number {
    this.#incarnations += 1;
    this.#correspondents.set(this.#incarnations, correspondent);
    this.#living.add(this.#incarnations);
    return this.#incarnations;
  }

  /** The incarnation's clean-up is done. One with a handler still at work is listened to further. */
  ended(incarnation: number): void {
    this.#living.delete(incarnation);
    if (this.#correspondents.get(incarnation)?.idle === true) {
      this.#correspondents.delete(incarnation);
    }
    if (this.#living.size === 0) this.#vacant.resolve();
  }

  /** @throws the failure of a thread that is no more; `DataCloneError` for what can't cross */
  post(message: ToThread): void {
    if (this.#failure !== undefined) throw this.#failure;
    this.#port.postMessage(message);
  }

  /** Ends the thread when all its incarnations have ended, or it died. Resolves when it is gone. */
  async terminate(): Promise<void> {
    await this.#vacant.promise;
    this.#watch.stop();
    await this.#worker.terminate();
    await this.#gone;
    for (const correspondent of this.#correspondents.values()) {
      if (this.#failure !== undefined) correspondent.died(this.#failure);
    }
  }

  #stirred(): boolean {
    const before = this.#seenAlive;
    this.#seenAlive = Atomics.load(this.#alive, 0);
    return this.#seenAlive !== before;
  }

  #received(message: Exclude<FromThread, { kind: "loaded" }>): void {
    if (message.kind === "pong") return;
    const correspondent = this.#correspondents.get(message.incarnation);
    if (message.kind === "settled") correspondent?.settled(message);
    else correspondent?.requested(message);
  }

  #atWork(): string | undefined {
    return [...this.#correspondents.values()].findLast(({ atWork }) => atWork !== undefined)
      ?.atWork;
  }

  #die(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#watch.stop();
    this.#port.close();
    void this.#worker.terminate();
    this.#vacant.resolve();
    // The others are its descendants: told when it has failed and stopped them, they need not be supervised.
    const [first] = this.#correspondents.values();
    first?.died(error);
  }
}

/** The module as it is: a name ending in `.ts` means the `.js` beside it when only that was published. */
export function runnable(module: URL): URL {
  if (module.protocol !== "file:" || !module.pathname.endsWith(".ts") || existsSync(module)) {
    return module;
  }
  return new URL(module.href.replace(/\.ts(?=$|[?#])/, ".js"));
}

/** Young generation of a thread whose old one is limited, MB. */
const youngMb = 8;

/**
 * A thread at its limit is ended by Node, which leaves it 16 MB to get that far. What survives of a
 * large young generation can be more at once, and would then abort the whole process.
 */
function boundedYoung(limits: ResourceLimits = {}): ResourceLimits {
  if (limits.maxOldGenerationSizeMb === undefined) return { ...limits };
  return { maxYoungGenerationSizeMb: youngMb, ...limits };
}
