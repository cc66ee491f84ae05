import type { OrderPair } from "../domain/ordering.ts";
import type { Facts } from "../plan/facts.ts";
import type { PlanText } from "./plan-text.ts";

/** What the method of a task asks for. */
export interface Requirement {
  /** Pairs of indices of children, the earlier first. */
  readonly order: readonly OrderPair[];
  readonly applies: (facts: Facts) => boolean;
}

/** How far a step or task is. */
interface Progress {
  readonly parent: number | undefined;
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly children: readonly number[];
  /** Those before it, and the task that holds it, that it still waits for. */
  waitsFor: number;
  openChildren: number;
  begun: boolean;
  done: boolean;
  /** Whether a step inside it has come. */
  entered: boolean;
}

/**
 * Finds for each method a moment at which it applies: after the task that holds it has begun and those ordered
 * before it are done, and before its first step. The earliest such moment is taken, which leaves the most to others.
 */
export class MethodMoments {
  readonly #progress = new Map<number, Progress>();
  readonly #requirements: ReadonlyMap<number, Requirement>;
  /** Tasks that could begin but for their method. */
  readonly #waiting = new Set<number>();

  constructor(
    plan: PlanText,
    requirements: ReadonlyMap<number, Requirement>,
    rootOrder: readonly OrderPair[],
  ) {
    this.#requirements = requirements;
    const add = (ids: readonly number[], order: readonly OrderPair[], parent?: number) => {
      ids.forEach((id, i) => {
        const before = order.flatMap(([earlier, later]) => (later === i ? [ids[earlier]] : []));
        const after = order.flatMap(([earlier, later]) => (earlier === i ? [ids[later]] : []));
        const children = plan.tasks.get(id)?.children ?? [];
        this.#progress.set(id, {
          parent,
          before: before.filter((each) => each !== undefined),
          after: after.filter((each) => each !== undefined),
          children,
          waitsFor: before.length + (parent === undefined ? 0 : 1),
          openChildren: children.length,
          begun: plan.steps.has(id),
          done: false,
          entered: false,
        });
      });
    };
    add(plan.roots, rootOrder);
    for (const [id, { children }] of plan.tasks)
      add(children, requirements.get(id)?.order ?? [], id);
    for (const [id, each] of this.#progress) if (each.waitsFor === 0) this.#ready(id);
  }

  /** A step comes next: all methods that must be chosen by now must have applied. */
  before(step: number, facts: Facts, late: (task: number) => void): void {
    this.#begin(facts);
    const above: number[] = [];
    // What lies above a task that a step was found in was seen to with that step.
    for (let id = this.#at(step)?.parent; id !== undefined; id = this.#at(id)?.parent) {
      const item = this.#at(id);
      if (item === undefined || item.entered) break;
      item.entered = true;
      above.push(id);
    }
    for (const id of [...above.reverse(), step]) {
      for (const each of this.#at(id)?.before ?? []) this.#force(each, late);
      if (this.#at(id)?.begun === true) continue;
      late(id);
      this.#start(id);
    }
    this.#begin(facts);
  }

  after(step: number): void {
    this.#finish(step);
  }

  /** No further step comes. */
  atEnd(facts: Facts, late: (task: number) => void): void {
    this.#begin(facts);
    for (const id of this.#waiting) {
      late(id);
      this.#start(id);
      this.#begin(facts);
    }
  }

  /** Begins the tasks at and below one that can only be waiting for their methods. */
  #force(id: number, late: (task: number) => void): void {
    const below = [id];
    for (const each of below) {
      const item = this.#at(each);
      if (item?.done === false) below.push(...item.children);
    }
    for (const each of below) {
      if (!this.#waiting.has(each)) continue;
      late(each);
      this.#start(each);
    }
  }

  #begin(facts: Facts): void {
    for (const id of this.#waiting) {
      if (this.#requirements.get(id)?.applies(facts) !== false) this.#start(id);
    }
  }

  #ready(id: number): void {
    if (this.#at(id)?.begun === false) this.#waiting.add(id);
  }

  #start(id: number): void {
    const task = this.#at(id);
    this.#waiting.delete(id);
    if (task === undefined || task.begun) return;
    task.begun = true;
    for (const each of task.children) this.#release(each);
    if (task.children.length === 0) this.#finish(id);
  }

  #release(id: number): void {
    const waiting = this.#at(id);
    if (waiting !== undefined && --waiting.waitsFor === 0) this.#ready(id);
  }

  #finish(id: number): void {
    for (let at: number | undefined = id; at !== undefined; ) {
      const item: Progress | undefined = this.#at(at);
      if (item === undefined || item.done) return;
      item.done = true;
      for (const each of item.after) this.#release(each);
      const above: Progress | undefined =
        item.parent === undefined ? undefined : this.#at(item.parent);
      at = above !== undefined && --above.openChildren === 0 ? item.parent : undefined;
    }
  }

  #at(id: number): Progress | undefined {
    return this.#progress.get(id);
  }
}
