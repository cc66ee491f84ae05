import { rm } from "node:fs/promises";
import { type Clock, pause, silentLog } from "@troupe/actor";
import { ensureServer, type RunningServer } from "@troupe/nats";

/** A nats-server that is killed on purpose and started again on the same data and port. */
export class MortalServer {
  readonly #clock: Clock;
  readonly #directory: string;
  readonly #over = new AbortController();
  #running: RunningServer;
  #returning: Promise<void> = Promise.resolve();
  #up = true;

  private constructor(clock: Clock, directory: string, running: RunningServer) {
    this.#clock = clock;
    this.#directory = directory;
    this.#running = running;
  }

  /**
   * Starts one on a free loopback port, with its data in the directory.
   *
   * @throws what `ensureServer` of `@troupe/nats` throws
   */
  static async start(clock: Clock, directory: string): Promise<MortalServer> {
    const running = await ensureServer({ dataDirectory: directory, log: silentLog });
    return new MortalServer(clock, directory, running);
  }

  /** With the credentials; the same over its whole life. */
  get url(): string {
    return this.#running.url;
  }

  get pid(): number | undefined {
    return this.#running.pid;
  }

  get version(): string {
    return this.#running.version;
  }

  /** Whether it runs, as far as is known. */
  get up(): boolean {
    return this.#up;
  }

  /**
   * Kills it as a power cut of its process would, and starts it again after `downMs` milliseconds.
   *
   * @returns resolves when it can be connected to again
   */
  kill(downMs: number): Promise<void> {
    if (this.#up) this.#returning = this.#dieAndReturn(downMs);
    return this.#returning;
  }

  /** Resolves when it can be connected to, after the last kill. */
  heal(): Promise<void> {
    return this.#returning;
  }

  /** Ends it for good and removes its data. */
  async stop(): Promise<void> {
    this.#over.abort();
    await this.#returning.catch(() => {});
    await this.#running.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** Ends it at once, without waiting. */
  endNow(): void {
    if (!this.#up || this.pid === undefined) return;
    try {
      process.kill(this.pid, "SIGKILL");
    } catch {
      // It has ended already, which is what was wanted.
    }
  }

  async #dieAndReturn(downMs: number): Promise<void> {
    this.endNow();
    this.#up = false;
    const port = Number(new URL(this.url).port);
    await this.#running.stop();
    await pause(this.#clock, downMs, this.#over.signal);
    if (this.#over.signal.aborted) return;
    const options = { dataDirectory: this.#directory, port, log: silentLog };
    this.#running = await ensureServer(options);
    this.#up = true;
  }
}
