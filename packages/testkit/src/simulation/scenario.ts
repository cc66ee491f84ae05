import type { FaultPlan } from "./fault-plan.ts";
import type { SimulatedNode } from "./node.ts";
import type { World } from "./world.ts";

/**
 * Something that could go wrong, tried under faults: nodes, what they do, and what must hold.
 *
 * A simulation has two phases. First faults and actions come at times drawn from the seed; then
 * everything is healed, and what is owed has to be delivered within `calmMs`.
 */
export interface Scenario {
  /** For the command line: lower case, words joined by `-`. */
  readonly name: string;
  /** What it tries, in a line. */
  readonly description: string;
  /** What it is about, for those who want all scenarios of one protocol. */
  readonly protocol: string;
  /**
   * What it asks too much of the protocol, for example `f + 1 liars`: it has to show a violation, which proves
   * that the invariants would be seen to break. Default: nothing; there may be none.
   */
  readonly beyond?: string;
  readonly nodes: readonly string[];
  readonly faults: FaultPlan;
  /** Length of the first phase, milliseconds of virtual time. */
  readonly faultyMs: number;
  /** Length of the second, at most: see {@link Course.isOver}. */
  readonly calmMs: number;
  /** How many actions there are in the first. */
  readonly actions: number;
  /** Sets up one run. Nothing may be kept between runs. */
  begin(world: World): Course;
}

/** One run of a scenario. */
export interface Course {
  /** Starts what belongs on a node. Called at each start of its process. */
  boot(node: SimulatedNode): void;
  /** Does one thing, drawn from the world's randomness. */
  act(): void;
  /** Looks whether anything is wrong by now. */
  afterStep?(): void;
  /** Faults are over: asks for what then has to work. */
  calm?(): void;
  /**
   * Whether nothing more is owed, in the second phase: what it asked for has been answered, and time has
   * passed in which something wrong would have shown. Default: never before the phase is over.
   */
  isOver?(): boolean;
  /** Faults that it has brought itself, besides those of the plan. Default 0. */
  readonly faults?: number;
  /** Looks at the whole. */
  end(): void | Promise<void>;
}

/** An invariant that did not hold. */
export interface Violation {
  readonly invariant: string;
  readonly detail: string;
  /** Virtual milliseconds since the start. */
  readonly at: number;
}
