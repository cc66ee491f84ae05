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
    readonly process: { run(callback: () => void): void };
    readonly system: ActorSystem;
    readonly clock: Clock;
    readonly journal: Journal;
    readonly random: Random;
  };
}

type Bouts = { readonly times: number; readonly forMs: readonly [number, number] };

/** The faults of an agreement's simulation. */
interface AgreementFaults {
  readonly partition?: Bouts;
  readonly oneWay?: Bouts;
  readonly links?: Bouts & {
    readonly drop: number;
    readonly duplicate: number;
    readonly reorder: number;
    readonly delayMs: number;
  };
  readonly pause?: Bouts;
  readonly crash?: Bouts;
  readonly clocks?: { readonly skewMs: number; readonly drift: number };
}

/** A scenario for the simulator of `@troupe/testkit`, which knows nothing of this package. */
export interface AgreementScenario {
  readonly name: string;
  readonly description: string;
  /** What it is about, for those who want all scenarios of one protocol. */
  readonly protocol: string;
  readonly nodes: readonly string[];
  readonly faults: AgreementFaults;
  readonly faultyMs: number;
  readonly calmMs: number;
  readonly actions: number;
  begin(world: SimulatedWorld): AgreementCourse;
}

/** One run of it. */
export interface AgreementCourse {
  boot(node: SimulatedNode): void;
  act(): void;
  calm(): void;
  end(): Promise<void>;
}

/** A whole number from `least` to `most`. */
export function between({ next }: Random, least: number, most: number): number {
  return least + Math.floor(next() * (most - least + 1));
}

/** One of several. */
export function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[between(random, 0, items.length - 1)];
  if (item === undefined) throw new RangeError("there is nothing to pick from");
  return item;
}

/** True with a probability. */
export function happens({ next }: Random, probability: number): boolean {
  return next() < probability;
}
