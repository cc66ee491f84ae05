import type { ActorSystem, Clock, Journal, Random } from "@troupe/actor";

/** What a simulation has to offer: the simulator of `@troupe/testkit` does. */
export interface SimulatedWorld {
  readonly random: Random;
  readonly clock: Clock;
  readonly nodes: readonly SimulatedNode[];
  readonly up: readonly SimulatedNode[];
  readonly trace: { add(kind: string, ...fields: readonly (string | number)[]): void };
  require(holds: boolean, invariant: string, detail: () => string): void;
}

/** A machine whose process comes and goes. */
export interface SimulatedNode {
  readonly name: string;
  readonly life: {
    readonly number: number;
    readonly process: { run(callback: () => void): void; readonly pausedMs: number };
    readonly system: ActorSystem;
    readonly clock: Clock;
    readonly journal: Journal;
    readonly random: Random;
  };
}

type Bouts = { readonly times: number; readonly forMs: readonly [number, number] };

/** The faults of a simulation: some of those that the simulator knows. */
interface SimulatedFaults {
  readonly partition?: Bouts;
  readonly oneWay?: Bouts;
  readonly links?: Bouts & {
    readonly drop?: number;
    readonly duplicate?: number;
    readonly reorder?: number;
    readonly delayMs?: number;
  };
  readonly pause?: Bouts;
  readonly crash?: Bouts;
  readonly leave?: Bouts;
  readonly failOver?: Bouts;
  readonly lostAcks?: Bouts & { readonly lost: number };
  readonly twoWinners?: Bouts & { readonly accepted: number };
  readonly staleReads?: Bouts & { readonly stale: number; readonly lagMs: number };
  readonly clocks?: { readonly skewMs: number; readonly drift: number };
  readonly journalLatencyMs?: number;
}

/** A scenario for the simulator of `@troupe/testkit`, which knows nothing of this package. */
export interface SimulatedScenario {
  readonly name: string;
  readonly description: string;
  /** What it is about, for those who want all scenarios of one protocol. */
  readonly protocol: string;
  /**
   * What it asks too much of the protocol, for example `f + 1 liars`: it has to show a violation, which proves
   * that the invariants would be seen to break.
   */
  readonly beyond?: string;
  readonly nodes: readonly string[];
  readonly faults: SimulatedFaults;
  readonly faultyMs: number;
  readonly calmMs: number;
  readonly actions: number;
  begin(world: SimulatedWorld): SimulatedCourse;
}

/** One run of it. */
export interface SimulatedCourse {
  boot(node: SimulatedNode): void;
  act(): void;
  calm(): void;
  isOver?(): boolean;
  readonly faults?: number;
  end(): Promise<void>;
}
