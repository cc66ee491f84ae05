import type { Resources } from "../../scheduler/resources.ts";
import type { PoolState } from "./pool-state.ts";

/** What is held and waited for at a moment. Times are in the unit of the pool's clock. */
export interface PoolUsage {
  readonly capacity: Resources;
  readonly free: Resources;
  /** In the order granted. */
  readonly held: readonly {
    readonly goal: string;
    readonly task: string;
    readonly resources: Resources;
    readonly forMs: number;
    /** Reserved ahead, and not claimed yet. */
    readonly isAhead: boolean;
  }[];
  /** In the order of coming, which is not that of being served. */
  readonly waiting: readonly {
    readonly goal: string;
    readonly task: string;
    readonly resources: Resources;
    readonly priority: number;
    readonly forMs: number;
    /** How often others were granted what it needs while it was next. */
    readonly overtaken: number;
  }[];
}

/** A copy: what happens later does not change it. */
export function usageOf({ settings, free, held, waiting }: PoolState, at: number): PoolUsage {
  return {
    capacity: { ...settings.capacity },
    free: { ...free },
    held: [...held.values()].map(({ goal, task, resources, since, lapsesAt }) => ({
      goal,
      task,
      resources,
      forMs: at - since,
      isAhead: lapsesAt !== undefined,
    })),
    waiting: [...waiting.values()].map(({ goal, task, resources, priority, since, overtaken }) => ({
      goal,
      task,
      resources,
      priority,
      forMs: at - since,
      overtaken,
    })),
  };
}
