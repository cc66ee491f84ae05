import type { Clock, Supervision, SystemEvent } from "@troupe/actor";
import type { World } from "../../world.ts";

interface Incarnation {
  number: number;
  ended: boolean;
  cleanedUp: boolean;
  /** Not to begin again before this, by the node's own time. */
  notBefore: number;
}

/** The supervision of the workers, with nothing left to defaults. */
export type WorkerSupervision = Required<Supervision>;

/** Looks whether restarts follow the supervisor's rule. */
export class RestartWatch {
  readonly #world: World;
  readonly #rule: WorkerSupervision;
  readonly #names: readonly string[];
  readonly #clock: () => Clock;
  readonly #incarnations = new Map<string, Incarnation>();
  /** When workers failed, by the node's own time. */
  readonly #failures: number[] = [];
  #endedNow = new Set<string>();
  #affectedNow = new Map<string, Incarnation | undefined>();
  #teamEnds = false;

  constructor(world: World, rule: WorkerSupervision, names: readonly string[], clock: () => Clock) {
    this.#world = world;
    this.#rule = rule;
    this.#names = names;
    this.#clock = clock;
  }

  /** A worker's setup runs. Returns the number of its incarnation. */
  begins(worker: string): number {
    const before = this.#incarnations.get(worker);
    const number = (before?.number ?? 0) + 1;
    this.#world.trace.add("incarnation", worker, number);
    this.#world.require(
      before === undefined || (before.ended && before.cleanedUp),
      "an incarnation ends before the next begins",
      () => `${worker} ${number}`,
    );
    this.#world.require(
      this.#clock().monotonic() >= (before?.notBefore ?? 0),
      "a restart waits for its back-off",
      () => `${worker} ${number} began ${this.#clock().monotonic()}, not ${before?.notBefore}`,
    );
    this.#incarnations.set(worker, { number, ended: false, cleanedUp: false, notBefore: 0 });
    return number;
  }

  ends(worker: string, number: number): void {
    const incarnation = this.#incarnations.get(worker);
    if (incarnation?.number !== number) return;
    incarnation.ended = true;
    this.#endedNow.add(worker);
  }

  /** What the incarnation registered with `onStop` has run to its end. */
  cleanedUp(worker: string, number: number): void {
    const incarnation = this.#incarnations.get(worker);
    this.#world.trace.add("cleaned-up", worker, number);
    if (incarnation?.number === number) incarnation.cleanedUp = true;
  }

  /** Whether this is the incarnation that should be at work. */
  isPresent(worker: string, number: number): boolean {
    const incarnation = this.#incarnations.get(worker);
    return incarnation?.number === number && !incarnation.ended;
  }

  observe(event: SystemEvent): void {
    if (event.kind === "restarted" && event.actor.includes("/team/")) this.#restarted(event);
    if (event.kind === "escalated" && event.actor.endsWith("/team")) this.#escalated();
    if (event.kind === "stopped") {
      const incarnation = this.#incarnations.get(event.actor.split("/").at(-1) ?? "");
      if (incarnation !== undefined) incarnation.notBefore = 0;
    }
    if ("actor" in event && event.actor.endsWith("/team")) this.#teamEnds = true;
  }

  #restarted({ actor, delayMs }: Extract<SystemEvent, { kind: "restarted" }>): void {
    const now = this.#clock().monotonic();
    const { strategy, intensity, backoff } = this.#rule;
    this.#failures.push(now);
    const worker = actor.split("/").at(-1) ?? "";
    const longest = backoff.maxMs * (1 + backoff.jitter);
    this.#world.require(
      this.#recent(now) <= intensity.restarts,
      "too many failures are not answered by restarts",
      () => `${this.#recent(now)} within ${intensity.withinMs} ms`,
    );
    this.#world.require(
      delayMs >= backoff.minMs * (1 - backoff.jitter) && delayMs <= longest,
      "a restart's back-off is within its bounds",
      () => `${delayMs} ms`,
    );
    const incarnation = this.#incarnations.get(worker);
    if (incarnation !== undefined && strategy === "one-for-one") {
      incarnation.notBefore = now + delayMs - 1;
    }
    const from = strategy === "one-for-all" ? 0 : this.#names.indexOf(worker);
    const affected = strategy === "one-for-one" ? [worker] : this.#names.slice(from);
    for (const name of affected) this.#affectedNow.set(name, this.#incarnations.get(name));
  }

  #escalated(): void {
    const now = this.#clock().monotonic();
    this.#failures.push(now);
    this.#world.require(
      this.#recent(now) > this.#rule.intensity.restarts,
      "a supervisor gives up only after too many failures",
      () => `${this.#recent(now)} within ${this.#rule.intensity.withinMs} ms`,
    );
  }

  #recent(now: number): number {
    return this.#failures.filter((at) => now - at < this.#rule.intensity.withinMs).length;
  }

  /** Who ended in this step has to be who shares the failure, and nobody else. */
  afterStep(): void {
    if (this.#endedNow.size === 0 && this.#affectedNow.size === 0) return;
    if (!this.#teamEnds) {
      for (const worker of this.#endedNow) {
        this.#world.require(
          this.#affectedNow.has(worker),
          "only those share a failure whom the strategy names",
          () => worker,
        );
      }
      for (const [worker, incarnation] of this.#affectedNow) {
        this.#world.require(
          incarnation?.ended !== false,
          "all share a failure whom the strategy names",
          () => worker,
        );
      }
    }
    this.#endedNow = new Set();
    this.#affectedNow = new Map();
    this.#teamEnds = false;
  }
}
