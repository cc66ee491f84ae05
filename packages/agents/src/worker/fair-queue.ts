interface Waiting<Item> {
  readonly rank: number;
  readonly cost: number;
  readonly order: number;
  readonly item: Item;
}

/**
 * Work that waits, shared out fairly: the goal that has had the least comes next, and of its own
 * work what has the longest way to the end of the goal. A goal that comes back has saved nothing up
 * (start-time fair queueing, Goyal, Vin and Cheng, SIGCOMM 1996).
 */
export class FairQueue<Item> {
  /** By goal, sorted: what comes next is last. */
  readonly #waiting = new Map<string, Waiting<Item>[]>();
  readonly #served = new Map<string, number>();
  #virtualTime = 0;
  #order = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @param cost what taking it counts against its goal, for example expected milliseconds */
  add(goal: string, item: Item, { rank, cost }: { rank: number; cost: number }): void {
    let queue = this.#waiting.get(goal);
    if (queue === undefined) {
      queue = [];
      this.#waiting.set(goal, queue);
      this.#served.set(goal, Math.max(this.#virtualTime, this.#served.get(goal) ?? 0));
    }
    this.#order += 1;
    const entry = { rank, cost, order: this.#order, item };
    let at = queue.length;
    while (at > 0 && comesAfter(queue[at - 1], entry)) at -= 1;
    queue.splice(at, 0, entry);
    this.#size += 1;
  }

  take(): Item | undefined {
    const goal = this.#neediest();
    const next = goal === undefined ? undefined : this.#waiting.get(goal)?.pop();
    if (goal === undefined || next === undefined) return undefined;
    const served = this.#served.get(goal) ?? 0;
    this.#virtualTime = Math.max(this.#virtualTime, served);
    this.#served.set(goal, served + next.cost);
    this.#size -= 1;
    this.#forgetIdle(goal);
    return next.item;
  }

  /** Takes out what nobody wants any more. */
  remove(isUnwanted: (item: Item) => boolean): void {
    for (const [goal, queue] of this.#waiting) {
      const wanted = queue.filter(({ item }) => !isUnwanted(item));
      this.#size -= queue.length - wanted.length;
      this.#waiting.set(goal, wanted);
      this.#forgetIdle(goal);
    }
  }

  #neediest(): string | undefined {
    let best: string | undefined;
    for (const goal of this.#waiting.keys()) {
      const isNeedier =
        best === undefined || (this.#served.get(goal) ?? 0) < (this.#served.get(best) ?? 0);
      if (isNeedier) best = goal;
    }
    return best;
  }

  /** What a goal has had matters only while it is ahead of the others. */
  #forgetIdle(goal: string): void {
    if (this.#waiting.get(goal)?.length !== 0) return;
    this.#waiting.delete(goal);
    for (const [other, served] of this.#served) {
      if (!this.#waiting.has(other) && served <= this.#virtualTime) this.#served.delete(other);
    }
  }
}

/** Whether `first`, which is nearer the front, must make way for `second`. */
function comesAfter<Item>(first: Waiting<Item> | undefined, second: Waiting<Item>): boolean {
  if (first === undefined) return false;
  return first.rank > second.rank || (first.rank === second.rank && first.order < second.order);
}
