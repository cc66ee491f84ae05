import type { TraceContext } from "@troupe/actor";
import type { EndedTasks, LotName, TaskOutcome, WorkOrder } from "./protocol.ts";

/** Most ended lots whose outcomes are kept for whoever asks again. */
const endedLimit = 1000;

/** A task that waits or runs. */
interface OpenTask {
  readonly abort: AbortController;
  /** Undefined while it waits. */
  startedAt?: number;
}

/** One order that an agent took on. */
export interface Lot {
  readonly order: WorkOrder;
  /** The auction it was won in. */
  readonly auction: string;
  /** Where the award belongs in its trace: there the tasks belong too, whenever they begin. */
  readonly trace: TraceContext | undefined;
  /** Who wants to know how it ends. */
  customer: string;
  /** What one of its tasks is expected to take, milliseconds. */
  readonly expectedMs: number;
  /** Tasks that have neither ended nor been let go of. */
  readonly open: Map<string, OpenTask>;
  readonly ended: Map<string, TaskOutcome>;
  /** Tasks whose end the customer has not been told. */
  untold: string[];
  /** Set when the agent must let go of all of it: it may yet be given the lot again. */
  withdrawn: boolean;
}

/** What an agent is doing and has done, by lot. */
export class Lots {
  readonly #open = new Map<string, Lot>();
  readonly #ended = new Map<string, Lot>();

  get open(): IterableIterator<Lot> {
    return this.#open.values();
  }

  get openCount(): number {
    return this.#open.size;
  }

  find(name: LotName): Lot | undefined {
    const key = keyOf(name);
    return this.#open.get(key) ?? this.#ended.get(key);
  }

  wonIn(auction: string): Lot | undefined {
    return [...this.#open.values()].find((lot) => lot.auction === auction);
  }

  begin(lot: Lot): void {
    this.#open.set(keyOf(lot.order), lot);
  }

  /**
   * Moves a lot to the ended ones, without what its tasks were given: inputs may be large, and nobody asks for
   * them again. The oldest of these is forgotten beyond the limit.
   */
  end(lot: Lot): void {
    const key = keyOf(lot.order);
    if (!this.#open.delete(key) || lot.withdrawn) return;
    this.#ended.set(key, { ...lot, order: { ...lot.order, tasks: [] } });
    if (this.#ended.size > endedLimit) {
      const oldest = this.#ended.keys().next();
      if (oldest.done !== true) this.#ended.delete(oldest.value);
    }
  }

  /** Milliseconds of work that is expected to be left. */
  backlogMs(now: number): number {
    let sum = 0;
    for (const { open, expectedMs } of this.#open.values()) {
      for (const { startedAt = now } of open.values()) {
        sum += Math.max(0, startedAt + expectedMs - now);
      }
    }
    return sum;
  }
}

/** All that has ended of a lot. */
export function endedOf(lot: Lot, tasks: Iterable<string> = lot.ended.keys()): EndedTasks {
  return [...tasks].flatMap((task) => {
    const outcome = lot.ended.get(task);
    return outcome === undefined ? [] : [{ task, outcome }];
  });
}

function keyOf({ goal, lot }: LotName): string {
  return `${goal}/${lot}`;
}
