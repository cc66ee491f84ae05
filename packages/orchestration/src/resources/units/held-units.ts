import { AskError, type Cancel, type Clock, pause, type Ref } from "@troupe/actor";
import { UnitsLostError } from "../../errors.ts";
import type { Resources } from "../../scheduler/resources.ts";
import type { UnitsMessages } from "./units-protocol.ts";

/** Share of a lease for which its holder relies on it; the rest is for clocks that run unevenly. */
const reliable = 0.9;

/** Cluster-wide units that are held, and kept by renewing their lease, until they are released or lost. */
export interface HeldUnits extends AsyncDisposable {
  readonly group: string;
  readonly holder: string;
  readonly units: Resources;
  /**
   * Higher than that of every earlier grant of the group. Give it to what the units guard, and let that
   * refuse lower ones than it has seen: the only way to keep out a holder that slept beyond its lease.
   */
  readonly token: number;
  /** Aborted with an `UnitsLostError` when the units may be others': stop what needs them. */
  readonly signal: AbortSignal;
  /** How long they are held for sure, if nothing more is heard of the allocator, milliseconds; 0 when they are not. */
  readonly remainingMs: number;
  /**
   * Gives them back. Doing it again does nothing more. Never rejects: where the allocator cannot be
   * reached, they come back when the lease is over, and it resolves then.
   */
  release(): Promise<void>;
}

interface Granted {
  readonly group: string;
  readonly holder: string;
  readonly units: Resources;
  readonly token: number;
  readonly leaseMs: number;
  /** Monotonic time at which was asked for what has been granted. */
  readonly askedAt: number;
}

interface Means {
  readonly allocator: Ref<UnitsMessages>;
  readonly clock: Clock;
  readonly askMs: number;
  readonly pollMs: number;
}

/** Keeps what was granted: renews it at a third of its lease, and again until that is answered. */
export function holdUnits(granted: Granted, means: Means): HeldUnits {
  return new Lease(granted, means);
}

class Lease implements HeldUnits {
  readonly #granted: Granted;
  readonly #means: Means;
  readonly #lost = new AbortController();
  #until = 0;
  #renewal: Cancel = () => {};
  #end: Cancel = () => {};
  #isOver = false;
  #released: Promise<void> | undefined;

  constructor(granted: Granted, means: Means) {
    this.#granted = granted;
    this.#means = means;
    this.#extend(granted.askedAt);
  }

  get group(): string {
    return this.#granted.group;
  }

  get holder(): string {
    return this.#granted.holder;
  }

  get units(): Resources {
    return this.#granted.units;
  }

  get token(): number {
    return this.#granted.token;
  }

  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  get remainingMs(): number {
    return this.#isOver ? 0 : Math.max(0, this.#until - this.#means.clock.monotonic());
  }

  release(): Promise<void> {
    this.#released ??= this.#giveBack();
    return this.#released;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  /** Held since `askedAt`: the allocator counts from when it heard, which was later. */
  #extend(askedAt: number): void {
    const { clock } = this.#means;
    const { leaseMs } = this.#granted;
    this.#end();
    this.#until = askedAt + reliable * leaseMs;
    this.#end = clock.schedule(this.#until - clock.monotonic(), () =>
      this.#lose("the allocator was not heard of for a lease"),
    );
    this.#renewIn(leaseMs / 3);
  }

  #renewIn(delayMs: number): void {
    this.#renewal();
    this.#renewal = this.#means.clock.schedule(delayMs, () => void this.#renew());
  }

  async #renew(): Promise<void> {
    const { allocator, clock, askMs, pollMs } = this.#means;
    const { holder, leaseMs } = this.#granted;
    const askedAt = clock.monotonic();
    try {
      const withinMs = Math.min(askMs, leaseMs / 3);
      const { held } = await allocator.ask("renew", { holder }, { withinMs });
      if (this.#isOver) return;
      if (held) this.#extend(askedAt);
      else this.#lose("the allocator has taken them back");
    } catch (thrown) {
      if (!(thrown instanceof AskError)) throw thrown;
      if (!this.#isOver) this.#renewIn(Math.min(pollMs, leaseMs / 10));
    }
  }

  #lose(why: string): void {
    if (this.#isOver) return;
    this.#stop();
    const { holder, group } = this.#granted;
    this.#lost.abort(new UnitsLostError(holder, group, why));
  }

  #stop(): void {
    this.#isOver = true;
    this.#renewal();
    this.#end();
  }

  async #giveBack(): Promise<void> {
    const { allocator, clock, askMs, pollMs } = this.#means;
    const { holder } = this.#granted;
    if (this.#isOver) return;
    this.#stop();
    while (clock.monotonic() < this.#until) {
      try {
        await allocator.ask("release", { holder }, { withinMs: askMs });
        return;
      } catch (thrown) {
        if (!(thrown instanceof AskError)) throw thrown;
        await pause(clock, pollMs);
      }
    }
  }
}
