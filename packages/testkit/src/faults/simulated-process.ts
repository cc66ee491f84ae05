import type { Clock } from "@troupe/actor";

/**
 * Whether a node's process runs, sleeps or is dead. All that reaches a process from outside (timers,
 * deliveries, answers) goes through {@link SimulatedProcess.run}; `processPorts` sees to that.
 */
export class SimulatedProcess {
  readonly #clock: Clock;
  readonly #onKill = new Set<() => void>();
  #held: (() => void)[] = [];
  #state: "running" | "paused" | "killed" = "running";
  #pausedAt = 0;
  #pausedMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get state(): "running" | "paused" | "killed" {
    return this.#state;
  }

  /** How long it has slept in all, milliseconds. */
  get pausedMs(): number {
    const now = this.#state === "paused" ? this.#clock.monotonic() - this.#pausedAt : 0;
    return this.#pausedMs + now;
  }

  /** Stops it as SIGSTOP does: others see silence, and it does not notice itself. */
  pause(): void {
    if (this.#state !== "running") return;
    this.#state = "paused";
    this.#pausedAt = this.#clock.monotonic();
  }

  /** Goes on: what came due or arrived meanwhile happens now, in its order. */
  resume(): void {
    if (this.#state !== "paused") return;
    this.#pausedMs = this.pausedMs;
    this.#state = "running";
    const held = this.#held;
    this.#held = [];
    for (const callback of held) this.run(callback);
  }

  /** Ends it as SIGKILL does: nothing of it runs any more. */
  kill(): void {
    this.#state = "killed";
    this.#held = [];
    for (const tell of this.#onKill) tell();
  }

  /** Tells the outside when it is killed, as the system does by closing its connections. */
  onKill(tell: () => void): void {
    this.#onKill.add(tell);
  }

  /** Lets something reach the process: now, when it wakes, or never. */
  run(callback: () => void): void {
    if (this.#state === "running") callback();
    else if (this.#state === "paused") this.#held.push(callback);
  }

  /** A request the process makes, with its answer; a dead process makes none and hears none. */
  request<T>(send: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#state === "killed") return;
      send().then(
        (value) => this.run(() => resolve(value)),
        (error) => this.run(() => reject(error)),
      );
    });
  }
}
