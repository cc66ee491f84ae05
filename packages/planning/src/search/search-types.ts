import type { Blockage, PlanOrder } from "../plan/problem.ts";
import type { Call } from "./agenda.ts";
import type { Frame } from "./compiled-condition.ts";
import type { CompiledMethod } from "./compiled-problem.ts";

/** What the search did on the way to a node, latest first. */
export type Deed =
  | {
      /** The place of a guard was passed. */
      readonly kind: "pass";
      readonly task: string;
      readonly before: Deed | undefined;
    }
  | { readonly kind: "step"; readonly call: Call; readonly before: Deed | undefined }
  | {
      /** An executed step of an earlier plan stands for the call. */
      readonly kind: "reuse";
      readonly call: Call;
      readonly step: string;
      readonly before: Deed | undefined;
    }
  | {
      readonly kind: "decompose";
      readonly call: Call;
      readonly method: CompiledMethod;
      readonly frame: Frame;
      readonly children: readonly Call[];
      /** How many executed steps lie before the place where this was decided, for a task that was begun. */
      readonly decidedAt?: number;
      readonly before: Deed | undefined;
    };

/** A task of an earlier plan of which steps are executed: how it was decomposed is decided. */
export interface Begun {
  readonly id: string;
  readonly method: string;
  readonly binding: Readonly<Record<string, string>>;
  /** Executed steps before the place where the method was chosen. */
  readonly at: number;
}

export interface SearchOptions {
  readonly order: PlanOrder;
  readonly best: number;
  readonly maxNodes: number;
  readonly expired: () => boolean;
  /** Whether the nodes that lack the fewest goals go on first, instead of the latest. Default: no. */
  readonly guided?: boolean;
  /** The value of a found plan, where it is not a sum. Smaller is better. */
  readonly evaluate?: (deeds: readonly Deed[]) => number;
  /** Actions that may not be used at all. */
  readonly banned?: (action: string, args: readonly string[]) => boolean;
  /** An action that may only be used again after a new one has changed the facts. */
  readonly barred?: { readonly action: string; readonly args: readonly string[] };
  /** Executed steps that may stand for actions again, by action with arguments. */
  readonly executed?: ReadonlyMap<string, readonly string[]>;
  /** Tasks that may go on as they were begun, by task with arguments. */
  readonly begun?: ReadonlyMap<string, readonly Begun[]>;
}

export interface SearchCounts {
  readonly nodes: number;
  readonly backtracks: number;
}

/** How a search ended. */
export type SearchOutcome =
  | {
      readonly kind: "found";
      /** Best first. At least one. */
      readonly plans: readonly (readonly Deed[])[];
      readonly optimal: boolean;
      readonly counts: SearchCounts;
    }
  | { readonly kind: "none"; readonly blockage: Blockage; readonly counts: SearchCounts }
  | {
      readonly kind: "limit";
      readonly limit: "nodes" | "time" | "recursion";
      readonly blockage: Blockage | undefined;
      readonly counts: SearchCounts;
    };

/** Work with pauses. What it is told at a pause ends it there, as that limit. */
export type Turns<Result> = Generator<undefined, Result, "nodes" | undefined>;

/** The key of {@link SearchOptions.executed} and {@link SearchOptions.begun}. */
export function callKey(action: string, args: readonly string[]): string {
  return JSON.stringify([action, ...args]);
}
